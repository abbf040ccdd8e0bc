//! Ends statements that take too long. The clock is read only once a statement has done some
//! work, so that short ones pay nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 4000;

#[derive(Clone, Debug)]
pub(crate) struct TimeLimit {
    times: Arc<Times>,
    origin: Instant,
}

/// In microseconds on the clock; zero means not started.
#[derive(Debug)]
struct Times {
    started: AtomicU64,
    limit: AtomicU64,
}

impl TimeLimit {
    pub(crate) fn install(connection: &mut Connection, limit: Duration) -> rusqlite::Result<Self> {
        let times = Times { started: AtomicU64::new(0), limit: AtomicU64::new(micros(limit)) };
        let time_limit = Self { times: Arc::new(times), origin: Instant::now() };
        let inner = time_limit.clone();
        connection.progress_handler(STEPS, Some(move || inner.is_over()))?;
        Ok(time_limit)
    }

    /// Starts anew.
    pub(crate) fn reset(&self) {
        self.times.started.store(0, Ordering::Relaxed);
    }

    /// Starts anew, with another limit.
    pub(crate) fn allow(&self, limit: Duration) {
        self.times.limit.store(micros(limit), Ordering::Relaxed);
        self.reset();
    }

    /// Starts at the first call after a reset.
    pub(crate) fn is_over(&self) -> bool {
        if self.times.started.load(Ordering::Relaxed) == 0 {
            self.times.started.store(self.now(), Ordering::Relaxed);
            return false;
        }
        self.spent() >= self.limit()
    }

    /// Since the start; nothing where too little was done to look at the clock.
    pub(crate) fn spent(&self) -> Duration {
        match self.times.started.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            started => Duration::from_micros(self.now().saturating_sub(started)),
        }
    }

    fn now(&self) -> u64 {
        micros(self.origin.elapsed()).max(1)
    }

    pub(crate) fn limit(&self) -> Duration {
        Duration::from_micros(self.times.limit.load(Ordering::Relaxed))
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
