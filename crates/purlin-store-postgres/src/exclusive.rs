//! Connections for writes and transactions: few, each for one at a time.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use purlin_core::error::Error;
use purlin_sql::server::{Attempts, Refusal};
use tokio::sync::{Mutex as AsyncMutex, OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::session::Session;

#[derive(Debug)]
pub(crate) struct Exclusive {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    idle: Mutex<Vec<Arc<Session>>>,
    attempts: AsyncMutex<Attempts>,
    /// Statements of sessions that are gone or taken.
    statements: AtomicU64,
}

/// A session that is one's own until it is put back; dropped, it is closed.
#[derive(Debug)]
pub(crate) struct Taken {
    pub session: Arc<Session>,
    counted: u64,
    _place: OwnedSemaphorePermit,
}

impl Exclusive {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(most.max(1))),
            waiting: AtomicUsize::new(0),
            idle: Mutex::default(),
            attempts: AsyncMutex::default(),
            statements: AtomicU64::new(0),
        }
    }

    pub(crate) async fn take(&self, config: &Config) -> Result<Taken, Refusal> {
        let place = self.place(config).await?;
        loop {
            let idle = self.idle().pop();
            match idle {
                Some(session) if session.is_closed() => {}
                Some(session) => {
                    let counted = session.statements();
                    return Ok(Taken { session, counted, _place: place });
                }
                None => break,
            }
        }
        let mut attempts = self.attempts.lock().await;
        attempts.check()?;
        match Session::open(config).await {
            Ok(session) => {
                attempts.succeeded();
                Ok(Taken { session: Arc::new(session), counted: 0, _place: place })
            }
            Err(error) => Err(attempts.failed(&error)),
        }
    }

    /// Outside of a transaction, or after the statement that ends it was sent.
    pub(crate) fn put_back(&self, taken: Taken) {
        self.statements.fetch_add(taken.session.statements() - taken.counted, Ordering::Relaxed);
        if !taken.session.is_closed() && !self.places.is_closed() {
            self.idle().push(taken.session);
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
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Session>>> {
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
