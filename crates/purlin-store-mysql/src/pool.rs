//! Connections: few, each for one request at a time, made anew when they are lost.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use purlin_core::error::Error;
use purlin_sql::server::{Attempts, Refusal};
use tokio::sync::{Mutex as AsyncMutex, OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::session::Session;

/// A connection that rested for longer is asked whether it is still there: the driver does not watch it.
const RESTED: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Pool {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    idle: Mutex<Vec<(Session, Instant)>>,
    attempts: AsyncMutex<Attempts>,
    statements: AtomicU64,
}

/// A session that is one's own until it is put back; dropped, it is closed.
#[derive(Debug)]
pub(crate) struct Taken {
    pub session: Session,
    counted: u64,
    _place: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn holding(session: Session, most: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(most.max(1))),
            waiting: AtomicUsize::new(0),
            idle: Mutex::new(vec![(session, Instant::now())]),
            attempts: AsyncMutex::default(),
            statements: AtomicU64::new(0),
        }
    }

    pub(crate) async fn take(&self, config: &Config) -> Result<Taken, Refusal> {
        let place = self.place(config).await?;
        loop {
            let rested = self.idle().pop();
            let Some((mut session, since)) = rested else { break };
            if since.elapsed() < RESTED || session.answers().await {
                return Ok(Taken { counted: session.statements(), session, _place: place });
            }
            // What has happened to one has most likely happened to all.
            self.forget();
        }
        let mut attempts = self.attempts.lock().await;
        attempts.check()?;
        match Session::open(config).await {
            Ok(session) => {
                attempts.succeeded();
                Ok(Taken { session, counted: 0, _place: place })
            }
            Err(error) => Err(attempts.failed(&error)),
        }
    }

    /// Outside of a transaction.
    pub(crate) fn put_back(&self, taken: Taken) {
        self.statements.fetch_add(taken.session.statements() - taken.counted, Ordering::Relaxed);
        if taken.session.is_closed() {
            self.forget();
        } else if !self.places.is_closed() {
            self.idle().push((taken.session, Instant::now()));
        }
    }

    async fn place(&self, config: &Config) -> Result<OwnedSemaphorePermit, Refusal> {
        let busy = || {
            Refusal::Core(Error::Unavailable("too many requests wait for the database; try again".to_owned()))
        };
        let closed = || Refusal::Unavailable("the database is closed".to_owned());
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => return Ok(place),
            Err(tokio::sync::TryAcquireError::Closed) => return Err(closed()),
            Err(tokio::sync::TryAcquireError::NoPermits) => {}
        }
        let _waiting = Waiting::enter(&self.waiting, config.waiting).ok_or_else(busy)?;
        match tokio::time::timeout(config.wait_timeout, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(busy()),
        }
    }

    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn close(&self) {
        self.places.close();
        self.forget();
    }

    fn forget(&self) {
        let sessions = std::mem::take(&mut *self.idle());
        drop(sessions);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Session, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of those who wait, until it is dropped.
struct Waiting<'w>(&'w AtomicUsize);

impl<'w> Waiting<'w> {
    fn enter(waiting: &'w AtomicUsize, most: usize) -> Option<Self> {
        let entered = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < most).then_some(entered)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
