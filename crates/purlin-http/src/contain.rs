//! Keeps one request's failure to that request: a panic is caught, a deadline ends it.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::error::Error;

/// Runs the future to its end, or to the first of a panic and `limit`.
pub(crate) async fn contain<T>(
    future: impl Future<Output = Result<T, Error>>,
    limit: Duration,
) -> Result<T, Error> {
    let mut future = pin!(future);
    // Most requests are ready at once: they pay for no timer.
    if let Poll::Ready(result) = poll_fn(|context| Poll::Ready(poll_caught(future.as_mut(), context))).await {
        return result;
    }
    let rest = poll_fn(|context| poll_caught(future.as_mut(), context));
    tokio::time::timeout(limit, rest).await.unwrap_or_else(|_| {
        let message = format!("the request took longer than {} s; try again later", limit.as_secs());
        Err(Error::Core(purlin_core::Error::Unavailable(message)))
    })
}

fn poll_caught<T>(
    future: Pin<&mut impl Future<Output = Result<T, Error>>>,
    context: &mut Context<'_>,
) -> Poll<Result<T, Error>> {
    // A future that panicked is dropped and never polled again.
    catch_unwind(AssertUnwindSafe(|| future.poll(context))).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Poll::Ready(Err(Error::Panic(text.unwrap_or_else(|| "without a text".to_owned()))))
    })
}
