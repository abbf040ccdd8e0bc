//! A value that can be replaced while it is in use: `dev` swaps the whole app on a reload and
//! no connection notices. Readers keep what they have until its number is old.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock as AsyncRwLock};
use tokio::time::timeout;

/// A request waits so long for a pause to end, and then takes its chance.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Live<T> {
    generation: AtomicU64,
    current: RwLock<Arc<T>>,
    /// Held by every request, where there can be pauses.
    gate: Option<Arc<AsyncRwLock<()>>>,
}

/// Until it is dropped, no request runs that came before it, and those that come wait.
#[derive(Debug)]
pub struct Pause {
    _held: OwnedRwLockWriteGuard<()>,
}

/// One request that runs.
pub(crate) type Running = OwnedRwLockReadGuard<()>;

impl<T> Live<T> {
    pub fn new(value: T) -> Self {
        Self { generation: AtomicU64::new(0), current: RwLock::new(Arc::new(value)), gate: None }
    }

    /// One that can be paused, which costs every request a little.
    #[must_use]
    pub fn with_pauses(mut self) -> Self {
        self.gate = Some(Arc::default());
        self
    }

    /// For changes that no request may see half of. `None` where one runs that does not end soon.
    pub async fn pause(&self, patience: Duration) -> Option<Pause> {
        let gate = Arc::clone(self.gate.as_ref()?);
        timeout(patience, gate.write_owned()).await.ok().map(|held| Pause { _held: held })
    }

    /// `None` where there are no pauses, or when one lasts too long.
    pub(crate) async fn run(&self) -> Option<Running> {
        let gate = Arc::clone(self.gate.as_ref()?);
        timeout(LONGEST_PAUSE, gate.read_owned()).await.ok()
    }

    pub(crate) fn has_pauses(&self) -> bool {
        self.gate.is_some()
    }

    /// Requests that start from now on see `value`; running ones finish with what they began.
    pub fn replace(&self, value: T) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(value);
        self.generation.fetch_add(1, Ordering::Release);
    }

    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A number that changes with every replacement: cheaper to ask for than the value.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}
