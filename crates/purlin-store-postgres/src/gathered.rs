//! Sending together what is asked for together.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Lets the requests that are ready run before each turn of a connection: what they ask for leaves in one call to
/// the system and comes back in one, where otherwise the connection would run at once after the first of them.
pub(crate) struct Gathered<C> {
    connection: C,
    has_waited: bool,
}

impl<C> Gathered<C> {
    pub(crate) fn new(connection: C) -> Self {
        Self { connection, has_waited: false }
    }
}

impl<C: Future + Unpin> Future for Gathered<C> {
    type Output = C::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.has_waited = !self.has_waited;
        if self.has_waited {
            // A task that wakes itself goes behind all that are ready.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Pin::new(&mut self.connection).poll(context)
    }
}
