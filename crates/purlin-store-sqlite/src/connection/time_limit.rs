//! Ends statements that take too long. The clock is read only once a statement has done some
//! work, so that short ones pay nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 4000;

/// Started is in microseconds on this clock; zero means not started.
#[derive(Clone, Debug)]
pub(crate) struct TimeLimit {
    started: Arc<AtomicU64>,
    origin: Instant,
    limit: Duration,
}

impl TimeLimit {
    pub(crate) fn install(connection: &mut Connection, limit: Duration) -> rusqlite::Result<Self> {
        let time_limit = Self { started: Arc::new(AtomicU64::new(0)), origin: Instant::now(), limit };
        let inner = time_limit.clone();
        connection.progress_handler(STEPS, Some(move || inner.is_over()))?;
        Ok(time_limit)
    }

    /// Starts anew.
    pub(crate) fn reset(&self) {
        self.started.store(0, Ordering::Relaxed);
    }

    /// Starts at the first call after a reset.
    pub(crate) fn is_over(&self) -> bool {
        if self.started.load(Ordering::Relaxed) == 0 {
            self.started.store(self.now(), Ordering::Relaxed);
            return false;
        }
        self.spent() >= self.limit
    }

    /// Since the start; nothing where too little was done to look at the clock.
    pub(crate) fn spent(&self) -> Duration {
        match self.started.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            started => Duration::from_micros(self.now().saturating_sub(started)),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}
