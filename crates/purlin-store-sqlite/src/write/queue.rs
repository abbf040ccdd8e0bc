//! Plans waiting for the writer. Bounded: who comes when it is full is told to come back.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use purlin_core::error::Error;
use purlin_core::statement::WritePlan;
use tokio::sync::oneshot;

use super::plan::Written;

#[derive(Debug)]
pub(crate) struct Job {
    pub plan: WritePlan,
    pub answer: oneshot::Sender<Result<Written, Error>>,
}

#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl Queue {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), capacity }
    }

    pub(crate) fn push(&self, job: Job) -> Result<(), Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_closed {
            return Err(Error::Unavailable("the database is closed".to_owned()));
        }
        if state.jobs.len() >= self.capacity {
            return Err(Error::Unavailable("too many writes are waiting; try again".to_owned()));
        }
        state.jobs.push_back(job);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for work and takes up to `most`; nothing more comes once the queue is closed and empty.
    pub(super) fn take(&self, most: usize) -> Vec<Job> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.jobs.is_empty() && !state.is_closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.jobs.len().min(most.max(1));
        state.jobs.drain(..count).collect()
    }

    /// Takes no more; what waits is still done.
    pub(crate) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        self.changed.notify_all();
    }
}
