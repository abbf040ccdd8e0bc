//! One connection for each thread that reads, with a read transaction that is held from read to
//! read: it is renewed when this process has committed or the snapshot grows old, and ended by
//! the janitor when its thread is idle.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rusqlite::Connection;

use super::plans::Plans;
use crate::config::Config;
use crate::connection::{Purpose, TimeLimit, open};
use crate::error::Failure;
use crate::shared::Shared;

/// What a held transaction sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snapshot {
    pub generation: u64,
    /// No commit was under way when it was taken, so it is exactly this generation.
    pub is_certain: bool,
    epoch: u64,
}

#[derive(Debug)]
pub(crate) struct Reader {
    /// `None` once the store is closed.
    connection: Option<Connection>,
    pub plans: Plans,
    pub time_limit: TimeLimit,
    held: Option<Snapshot>,
    used: u64,
    pub statements: u64,
}

/// All of a store's readers.
#[derive(Debug)]
pub(crate) struct Readers {
    /// Tells this store's readers from others' in a thread.
    store: u64,
    known: Mutex<Vec<Weak<Mutex<Reader>>>>,
}

thread_local! {
    static OF_THREAD: RefCell<Vec<(u64, Arc<Mutex<Reader>>)>> = const { RefCell::new(Vec::new()) };
}

static STORES: AtomicU64 = AtomicU64::new(0);

impl Readers {
    pub(crate) fn new() -> Self {
        Self { store: STORES.fetch_add(1, Ordering::Relaxed), known: Mutex::default() }
    }

    /// The calling thread's reader, opened at the first call.
    pub(crate) fn of_thread(&self, config: &Config) -> Result<Arc<Mutex<Reader>>, crate::error::Error> {
        OF_THREAD.with_borrow_mut(|readers| {
            if let Some((_, reader)) = readers.iter().find(|(store, _)| *store == self.store) {
                return Ok(Arc::clone(reader));
            }
            readers.retain(|(_, reader)| lock(reader).connection.is_some());
            let reader = Arc::new(Mutex::new(Reader::open(config)?));
            readers.push((self.store, Arc::clone(&reader)));
            let mut known = lock(&self.known);
            known.retain(|reader| reader.strong_count() > 0);
            known.push(Arc::downgrade(&reader));
            Ok(reader)
        })
    }

    fn all(&self) -> Vec<Arc<Mutex<Reader>>> {
        lock(&self.known).iter().filter_map(Weak::upgrade).collect()
    }

    /// Ends transactions of readers that have not read for an epoch. Whether any is still held.
    pub(crate) fn end_idle(&self, epoch: u64) -> bool {
        let mut is_held = false;
        for reader in self.all() {
            match reader.try_lock() {
                Ok(mut reader) if reader.used + 1 < epoch => reader.end(),
                Ok(reader) => is_held |= reader.held.is_some(),
                // It is reading just now.
                Err(_) => is_held = true,
            }
        }
        is_held
    }

    /// Ends every transaction that is not in use this moment.
    pub(crate) fn end_all(&self) {
        for reader in self.all() {
            if let Ok(mut reader) = reader.try_lock() {
                reader.end();
            }
        }
    }

    /// Closes the connections; later reads are refused.
    pub(crate) fn close(&self) {
        for reader in self.all() {
            let mut reader = lock(&reader);
            reader.end();
            reader.connection = None;
        }
    }

    pub(crate) fn statements(&self) -> u64 {
        self.all().iter().map(|reader| lock(reader).statements).sum()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panic may have left half done is a transaction, and those are renewed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    fn open(config: &Config) -> Result<Self, crate::error::Error> {
        let mut connection = open(config, Purpose::Read)?;
        let time_limit = TimeLimit::install(&mut connection, config.read_timeout)
            .map_err(|source| crate::error::Error::from_sqlite(config.path.clone(), source))?;
        Ok(Self {
            connection: Some(connection),
            plans: Plans::new(config.cached_statements),
            time_limit,
            held: None,
            used: 0,
            statements: 0,
        })
    }

    /// Makes sure that everything acknowledged so far is seen.
    pub(crate) fn renew(&mut self, shared: &Shared) -> Result<Snapshot, Failure> {
        let epoch = shared.epoch();
        self.used = epoch;
        self.time_limit.reset();
        if let Some(held) = self.held
            && held.generation == shared.versions.generation()
            && epoch - held.epoch < 2
        {
            return Ok(held);
        }
        self.end();
        if shared.is_stopping() {
            return Err(closed());
        }
        shared.awaken();
        let Some(connection) = &self.connection else { return Err(closed()) };
        let generation = shared.versions.generation();
        connection.prepare_cached("BEGIN")?.execute([])?;
        // A transaction sees what is committed when it first reads.
        let pinned = connection.prepare_cached("SELECT 1 FROM sqlite_schema LIMIT 1")?.exists([]);
        let is_certain = generation.is_multiple_of(2) && generation == shared.versions.generation();
        let snapshot = Snapshot { generation, is_certain, epoch };
        self.held = Some(snapshot);
        pinned?;
        Ok(snapshot)
    }

    /// What a read needs, borrowed apart.
    pub(crate) fn parts(&mut self) -> Result<(&Connection, &mut u64), Failure> {
        match &self.connection {
            Some(connection) => Ok((connection, &mut self.statements)),
            None => Err(closed()),
        }
    }

    /// Ends the transaction, if there is one.
    pub(crate) fn end(&mut self) {
        self.held = None;
        if let Some(connection) = self.connection.as_ref().filter(|connection| !connection.is_autocommit()) {
            let ended = connection.prepare_cached("ROLLBACK").and_then(|mut statement| statement.execute([]));
            if let Err(error) = ended {
                tracing::warn!(%error, "a read transaction did not end");
            }
        }
    }
}

fn closed() -> Failure {
    Failure::Core(purlin_core::Error::Unavailable("the database is closed".to_owned()))
}
