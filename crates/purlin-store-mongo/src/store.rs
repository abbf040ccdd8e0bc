//! The store: the port's implementation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use mongodb::bson::doc;
use mongodb::options::ReadConcern;
use purlin_core::changes::{Changes, Table};
use purlin_core::error::Error as CoreError;
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Guarded, Load, Read, ReadOutcome, WriteOutcome, WritePlan};
use purlin_core::store::{BoxFuture, Loader, Store};

use crate::config::Config;
use crate::connect::{Opened, open};
use crate::error::{Error, Failure};
use crate::read::{execute, needs_snapshot};
use crate::render::Sources;
use crate::shared::Shared;
use crate::structure::{Change, Collection, apply_to};
use crate::work::Work;
use crate::write::{load, write};

pub struct MongoStore {
    shared: Arc<Shared>,
    servers: String,
}

impl MongoStore {
    /// Finds the server and looks what it can do. Collections and indexes are made by [`Self::apply`].
    /// This, and all that the store is asked for afterwards, needs the same tokio runtime around it.
    pub async fn connect(config: Config, schema: Arc<Schema>) -> Result<Self, Error> {
        let Opened { client, database, servers, has_transactions } = open(&config).await?;
        let shared = Shared {
            changes: Changes::new(&schema, config.renew_after),
            statements: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
            schema,
            config,
            client,
            database,
            has_transactions,
        };
        Ok(Self { shared: Arc::new(shared), servers })
    }

    /// Makes the collections and indexes that are missing.
    pub async fn apply(&self, wanted: &[Collection]) -> Result<(), Error> {
        apply_to(&self.shared.database, &self.servers, wanted, Change::Make).await.map(|_| ())
    }

    /// Statements executed so far.
    pub fn statements(&self) -> u64 {
        self.shared.statements.load(Ordering::Relaxed)
    }

    /// Whether writes of more than one row can be done: a server that stands alone has no transactions.
    pub fn has_transactions(&self) -> bool {
        self.shared.has_transactions
    }
}

/// What it holds knows the password.
impl std::fmt::Debug for MongoStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("MongoStore").field("servers", &self.servers).finish_non_exhaustive()
    }
}

/// A snapshot may be gone, or the primary: how often a read is tried.
const TRIES: usize = 3;

async fn read(shared: &Shared, read: &Read, sink: &mut dyn RowSink) -> Result<ReadOutcome, CoreError> {
    let limit = shared.config.read_timeout;
    let begun = sink.len();
    let until = Instant::now() + limit;
    let mut tries = 0;
    loop {
        tries += 1;
        match try_read(shared, read, sink).await {
            Err(failure)
                if failure.is_transient()
                    && tries < TRIES
                    && Instant::now() < until
                    && sink.rewind(begun) => {}
            result => return result.map_err(|failure| failure.into_core(limit)),
        }
    }
}

async fn try_read(shared: &Shared, read: &Read, sink: &mut dyn RowSink) -> Result<ReadOutcome, Failure> {
    let mut session = shared.client.start_session().await?;
    if shared.has_transactions && needs_snapshot(read) {
        session.start_transaction().read_concern(ReadConcern::snapshot()).await?;
    }
    let mut work = Work::new(shared, &mut session, shared.config.read_timeout);
    // Nothing waits for the transaction's end, which the driver sees to when the session goes.
    execute(&mut work, read, Sources::new(&read.params, &[]), sink).await
}

impl Store for MongoStore {
    fn read<'a>(
        &'a self,
        guarded: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, CoreError>> {
        Box::pin(async move {
            if self.shared.is_closed.load(Ordering::Relaxed) {
                return Err(closed());
            }
            read(&self.shared, guarded.get(), sink).await
        })
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, CoreError>> {
        let shared = Arc::clone(&self.shared);
        let work = async move {
            if shared.is_closed.load(Ordering::Relaxed) {
                return Err(closed());
            }
            write(&shared, plan.into_inner(), sink).await
        };
        Box::pin(async move {
            // Its own task: a plan that was begun comes to its end, whether or not anyone waits for it.
            let task = tokio::spawn(work);
            task.await.unwrap_or_else(|_| Err(CoreError::internal("a rule of the plan panicked")))
        })
    }

    fn version(&self, model: ModelId) -> u64 {
        self.shared.changes.version(model)
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        self.shared.changes.of(tables)
    }

    fn hears_others(&self, _model: ModelId) -> bool {
        false
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), CoreError>> {
        Box::pin(async move {
            let pinged = self.shared.database.run_command(doc! { "ping": 1 }).await;
            pinged
                .map(|_| ())
                .map_err(|error| Failure::from(error).into_core(self.shared.config.read_timeout))
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.shared.is_closed.store(true, Ordering::Relaxed);
            self.shared.client.clone().shutdown().await;
        })
    }
}

fn closed() -> CoreError {
    CoreError::Unavailable("the server is shutting down".to_owned())
}

impl Loader for MongoStore {
    fn load(&self, rows: Guarded<Load>) -> BoxFuture<'_, Result<(), CoreError>> {
        Box::pin(load(&self.shared, rows.into_inner()))
    }
}
