//! Plans waiting for the writer. Bounded: who comes when it is full is told to come back.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use purlin_core::error::Error;
use purlin_core::sink::RowSink;
use purlin_core::statement::{WriteOutcome, WritePlan};
use tokio::sync::oneshot;

pub(crate) struct Job {
    pub plan: WritePlan,
    pub sink: Box<dyn RowSink>,
    pub answer: oneshot::Sender<Answer>,
}

/// What became of a plan, and the plan itself: whoever allocated its many parts frees them, for memory that is
/// freed by another thread is dear.
pub(crate) type Answer = (Result<WriteOutcome, Error>, WritePlan);

#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    /// The writer waits: otherwise waking it would be a system call for nothing.
    is_awaited: bool,
    is_closed: bool,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Job").field("plan", &self.plan).finish_non_exhaustive()
    }
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
        let is_awaited = std::mem::take(&mut state.is_awaited);
        drop(state);
        if is_awaited {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Waits for work and takes up to `most`; nothing more comes once the queue is closed and empty.
    pub(super) fn take(&self, most: usize) -> Vec<Job> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.jobs.is_empty() && !state.is_closed {
            state.is_awaited = true;
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
