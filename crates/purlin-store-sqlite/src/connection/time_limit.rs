//! Ends statements that take too long. The clock is read only once a statement has done some
//! work, so that short ones pay nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 4000;

/// Milliseconds on this clock; zero means not started.
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
        let now = u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let started = self.started.load(Ordering::Relaxed);
        if started == 0 {
            self.started.store(now, Ordering::Relaxed);
            return false;
        }
        u128::from(now - started) >= self.limit.as_millis()
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}
