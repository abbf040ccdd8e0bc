//! The driver needs tokio around it; whoever waits for a store need not have it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Polls a future with the runtime at hand that the store was opened in.
#[derive(Debug)]
pub(crate) struct WithRuntime<F> {
    runtime: Handle,
    future: Pin<Box<F>>,
}

impl<F> WithRuntime<F> {
    pub(crate) fn new(runtime: &Handle, future: F) -> Self {
        Self { runtime: runtime.clone(), future: Box::pin(future) }
    }
}

impl<F: Future> Future for WithRuntime<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let runtime = self.runtime.clone();
        let _guard = runtime.enter();
        self.future.as_mut().poll(context)
    }
}
