//! A value that can be replaced while it is in use: `dev` swaps the whole app on a reload and
//! no connection notices. Readers keep what they have until its number is old.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

#[derive(Debug)]
pub struct Live<T> {
    generation: AtomicU64,
    current: RwLock<Arc<T>>,
}

impl<T> Live<T> {
    pub fn new(value: T) -> Self {
        Self { generation: AtomicU64::new(0), current: RwLock::new(Arc::new(value)) }
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
