//! What the threads of a store share, and the janitor's rounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use purlin_core::schema::Schema;

use crate::config::Config;
use crate::read::{Places, Plans, Readers};
use crate::totals::Totals;
use crate::write::{Queue, Writer};
use purlin_core::changes::{Touched, Versions};

/// Shared plans for each that a connection keeps ready: they are small beside a prepared statement, and
/// forgetting one is forgetting that it is long.
const PLANS_FOR_ONE: usize = 2;

#[derive(Debug)]
pub(crate) struct Shared {
    pub schema: Arc<Schema>,
    pub config: Config,
    pub versions: Versions,
    pub totals: Totals,
    pub readers: Readers,
    /// What the readers have in common; each keeps those that it uses.
    pub plans: Mutex<Plans>,
    pub places: Places,
    pub queue: Queue,
    /// Held by the writer's thread while it works.
    pub writer: Mutex<Writer>,
    /// Counts the janitor's rounds.
    epoch: AtomicU64,
    /// The janitor is making its rounds.
    is_awake: AtomicBool,
    is_stopping: AtomicBool,
    janitor: OnceLock<std::thread::Thread>,
}

impl Shared {
    pub(crate) fn new(schema: Arc<Schema>, config: Config, writer: Writer) -> Self {
        Self {
            versions: Versions::new(&schema),
            totals: Totals::new(config.cached_totals),
            readers: Readers::new(),
            plans: Mutex::new(Plans::new(PLANS_FOR_ONE * config.cached_statements)),
            places: Places::new(&config),
            queue: Queue::new(config.write_queue),
            writer: Mutex::new(writer),
            epoch: AtomicU64::new(0),
            is_awake: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
            janitor: OnceLock::new(),
            schema,
            config,
        }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Called before a transaction is held. While the janitor sleeps, nobody has looked whether
    /// other processes write, so that is made up for.
    pub(crate) fn awaken(&self) {
        if !self.is_awake.load(Ordering::SeqCst) && !self.is_awake.swap(true, Ordering::SeqCst) {
            self.notice_others();
            if let Some(janitor) = self.janitor.get() {
                janitor.unpark();
            }
        }
    }

    /// Makes known what other processes have committed. While the writer is busy it does so itself.
    fn notice_others(&self) {
        let Ok(mut writer) = self.writer.try_lock() else { return };
        if writer.others_wrote() {
            self.versions.begin();
            self.versions.end(&Touched::everything());
        }
    }

    /// The janitor's life: while anyone reads, a round each half of the time that a snapshot may
    /// grow old; else it sleeps.
    pub(crate) fn keep_house(&self) {
        let _ = self.janitor.set(std::thread::current());
        let round = self.config.renew_after / 2;
        while !self.is_stopping.load(Ordering::SeqCst) {
            if self.is_awake.load(Ordering::SeqCst) {
                std::thread::park_timeout(round);
                self.make_round();
            } else {
                std::thread::park();
            }
        }
    }

    fn make_round(&self) {
        self.notice_others();
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        if self.readers.end_idle(epoch) {
            return;
        }
        self.is_awake.store(false, Ordering::SeqCst);
        // Whoever began in between has seen it awake, and must not be left alone.
        if self.readers.end_idle(epoch) {
            self.is_awake.store(true, Ordering::SeqCst);
        }
    }

    /// No more work is taken.
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        self.queue.close();
        self.places.close();
        if let Some(janitor) = self.janitor.get() {
            janitor.unpark();
        }
    }
}
