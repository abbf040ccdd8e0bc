//! The places of reads that are not quick. However many clients ask for such reads, no more than this
//! number of threads, with a connection each, works for them; the others wait without holding one.

use std::time::Duration;

use purlin_core::error::Error;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::pace::Pace;
use crate::config::Config;

#[derive(Debug)]
pub(crate) struct Places {
    slow: Kind,
    long: Kind,
}

#[derive(Debug)]
struct Kind {
    free: Semaphore,
    wait: Duration,
}

/// Given back when dropped.
#[derive(Debug)]
pub(crate) struct Place<'p> {
    pub pace: Pace,
    _permit: SemaphorePermit<'p>,
}

impl Places {
    pub(crate) fn new(config: &Config) -> Self {
        let long = config.long_reads.clamp(1, Semaphore::MAX_PERMITS / 2);
        Self {
            // Each is soon free again, so the wait is long: a busy hour is not a reason to refuse.
            slow: Kind { free: Semaphore::new(2 * long), wait: config.read_timeout },
            long: Kind { free: Semaphore::new(long), wait: config.long_read_wait },
        }
    }

    /// A quick read needs none.
    pub(crate) async fn take(&self, pace: Pace) -> Result<Option<Place<'_>>, Error> {
        let kind = match pace {
            Pace::Quick => return Ok(None),
            Pace::Slow => &self.slow,
            Pace::Long => &self.long,
        };
        let permit = match kind.free.try_acquire() {
            Ok(permit) => permit,
            Err(_) => kind.wait().await?,
        };
        Ok(Some(Place { pace, _permit: permit }))
    }

    pub(crate) fn close(&self) {
        self.slow.free.close();
        self.long.free.close();
    }
}

impl Kind {
    async fn wait(&self) -> Result<SemaphorePermit<'_>, Error> {
        let acquire = self.free.acquire();
        // Without a runtime there is no timer; but then each caller has a thread of its own to wait with.
        let acquired = match Handle::try_current() {
            Ok(_) => tokio::time::timeout(self.wait, acquire).await,
            Err(_) => Ok(acquire.await),
        };
        let refused = |text: &str| Error::Unavailable(text.to_owned());
        acquired
            .map_err(|_| refused("too many long reads are running; try again"))?
            .map_err(|_| refused("the database is closed"))
    }
}
