//! Looks at all connections now and then, instead of setting timers for each: which of them only take up a
//! place, and, when the server stops, that all should leave.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::limits::ConnectionLimits;

/// What a connection has done so far, and what is asked of it.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    reads: AtomicU64,
    started: AtomicU64,
    finished: AtomicU64,
    order: AtomicU8,
    waker: Mutex<Option<Waker>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Stay,
    /// Finish what runs, then end.
    Leave,
    /// End now.
    Cut,
}

impl Activity {
    pub(crate) fn note_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// A request runs until the answer is dropped, finished or not.
    pub(crate) fn begin(&self) -> Running<'_> {
        self.started.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    fn counts(&self) -> (u64, u64, u64) {
        let finished = self.finished.load(Ordering::Relaxed);
        (self.reads.load(Ordering::Relaxed), self.started.load(Ordering::Relaxed), finished)
    }

    /// Who is woken by an order. To be called before the order is read, or one could be missed.
    pub(crate) fn wake(&self, waker: &Waker) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    pub(crate) fn order(&self) -> Order {
        match self.order.load(Ordering::Acquire) {
            0 => Order::Stay,
            1 => Order::Leave,
            _ => Order::Cut,
        }
    }

    fn give(&self, order: Order) {
        let before = self.order.fetch_max(order as u8, Ordering::AcqRel);
        if before < order as u8
            && let Some(waker) = &*self.waker.lock().unwrap_or_else(PoisonError::into_inner)
        {
            waker.wake_by_ref();
        }
    }
}

pub(crate) struct Running<'a>(&'a Activity);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.finished.fetch_add(1, Ordering::Relaxed);
    }
}

/// All connections of one server.
#[derive(Debug, Default)]
pub(crate) struct Watchdog {
    connections: Mutex<Vec<(Weak<Activity>, Quiet)>>,
    is_stopping: AtomicBool,
}

/// Since when no request of a connection has begun or run.
#[derive(Debug)]
struct Quiet {
    since: Instant,
    /// The reads and the requests seen then.
    reads: u64,
    started: u64,
}

impl Watchdog {
    /// A new connection.
    pub(crate) fn watch(&self) -> Arc<Activity> {
        let activity = Arc::new(Activity::default());
        let quiet = Quiet { since: Instant::now(), reads: 0, started: 0 };
        self.all(|connections| connections.push((Arc::downgrade(&activity), quiet)));
        if self.is_stopping.load(Ordering::SeqCst) {
            activity.give(Order::Leave);
        }
        activity
    }

    /// Looks at them all until it is dropped.
    pub(crate) async fn keep_looking(&self, limits: &ConnectionLimits) {
        let mut rounds = tokio::time::interval(limits.header_timeout / 2);
        loop {
            rounds.tick().await;
            self.all(|connections| {
                let patience = if connections.len() >= limits.connections / 4 * 3 {
                    limits.idle_timeout.min(limits.header_timeout)
                } else {
                    limits.idle_timeout
                };
                connections.retain_mut(|(activity, quiet)| {
                    let Some(activity) = activity.upgrade() else { return false };
                    match quiet.look(activity.counts(), limits.header_timeout, patience) {
                        Order::Stay => {}
                        // It was asked before, and stays.
                        Order::Leave if activity.order() == Order::Leave => activity.give(Order::Cut),
                        order => activity.give(order),
                    }
                    true
                });
            });
        }
    }

    /// Asks all to leave.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        self.all(|connections| {
            connections.iter().filter_map(|(one, _)| one.upgrade()).for_each(|one| one.give(Order::Leave));
        });
    }

    fn all<T>(&self, look: impl FnOnce(&mut Vec<(Weak<Activity>, Quiet)>) -> T) -> T {
        look(&mut self.connections.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Quiet {
    fn look(
        &mut self,
        (reads, started, finished): (u64, u64, u64),
        header_timeout: Duration,
        idle_timeout: Duration,
    ) -> Order {
        if started != finished || started != self.started {
            *self = Self { since: Instant::now(), reads, started };
            return Order::Stay;
        }
        let quiet_for: Duration = self.since.elapsed();
        let is_half_sent = started == 0 || reads != self.reads;
        if is_half_sent && quiet_for >= header_timeout {
            Order::Cut
        } else if quiet_for >= idle_timeout {
            Order::Leave
        } else {
            Order::Stay
        }
    }
}
