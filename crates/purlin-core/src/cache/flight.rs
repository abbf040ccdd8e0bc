//! Reads on their way, so that of many who ask the same at the same time one asks the database.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use super::question::Question;

#[derive(Debug, Default)]
pub(super) struct Flights(HashMap<Arc<Question>, Arc<Flight>>);

#[derive(Debug, Default)]
pub(super) struct Flight(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    is_over: bool,
    wakers: Vec<Waker>,
}

impl Flights {
    /// The one that asks already; else whoever called does, and ends it.
    pub(super) fn join(&mut self, question: &Arc<Question>) -> Option<Arc<Flight>> {
        if let Some(flight) = self.0.get(question) {
            return Some(Arc::clone(flight));
        }
        self.0.insert(Arc::clone(question), Arc::default());
        None
    }

    pub(super) fn end(&mut self, question: &Arc<Question>) {
        let Some(flight) = self.0.remove(question) else { return };
        let mut waiting = flight.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_over = true;
        waiting.wakers.drain(..).for_each(Waker::wake);
    }
}

impl Flight {
    pub(super) async fn over(&self) {
        poll_fn(|context| {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.is_over {
                return Poll::Ready(());
            }
            waiting.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
