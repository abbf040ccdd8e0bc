//! The store: the port's implementation.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use purlin_core::changes::{Changes, Noting, STALE_AFTER, Table};
use purlin_core::error::Error as CoreError;
use purlin_core::operation::Count;
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::RowSink;
use purlin_core::statement::{
    Guarded, Insert, Load, LoadOutcome, Read, ReadOutcome, Step, WriteOutcome, WritePlan,
};
use purlin_core::store::{BoxFuture, Loader, Store};
use purlin_sql::dialect::Postgres;
use purlin_sql::server::{
    Connection, Database, Finished, Joined, Plans, RACES, Refusal, TRIES, is_single, joined, pause, run_load,
    run_plan, run_read,
};
use purlin_sql::{ReadStatement, Sources, Statements};

use crate::config::Config;
use crate::error::Error;
use crate::exclusive::{Exclusive, Taken};
use crate::inserts::Inserts;
use crate::lane::Lane;
use crate::session::Session;
use crate::transaction::{Alone, Kind, Transaction};

#[derive(Debug)]
pub struct PostgresStore {
    shared: Arc<Shared>,
    inserts: Inserts,
}

/// What requests, and the tasks that gather inserts, have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    config: Config,
    schema: Arc<Schema>,
    lanes: Vec<Lane>,
    next_lane: AtomicUsize,
    exclusive: Exclusive,
    plans: Plans,
    statements: Mutex<Statements>,
    changes: Changes,
}

impl PostgresStore {
    /// Connects once, so that a wrong address shows at the start; the tables are the migrations' business.
    pub async fn connect(config: Config, schema: Arc<Schema>) -> Result<Self, Error> {
        let first = Session::open(&config).await?;
        let mut lanes = vec![Lane::holding(first)];
        lanes.resize_with(config.shared_connections.max(1), Lane::default);
        let shared = Arc::new(Shared {
            lanes,
            next_lane: AtomicUsize::new(0),
            exclusive: Exclusive::new(config.transactions),
            plans: Plans::new(config.cached_statements),
            statements: Mutex::new(Statements::new(config.cached_statements)),
            changes: Changes::new(&schema, STALE_AFTER),
            config,
            schema,
        });
        Ok(Self { inserts: Inserts::start(&shared), shared })
    }

    /// Statements executed so far, `BEGIN` and its like aside.
    pub fn statements(&self) -> u64 {
        let shared = self.shared.lanes.iter().filter_map(Lane::open).map(|session| session.statements());
        shared.sum::<u64>() + self.shared.exclusive.statements()
    }
}

impl Shared {
    pub(crate) fn database(&self) -> Database<'_> {
        Database { schema: &self.schema, dialect: &Postgres, max_bytes: self.config.max_answer_bytes }
    }

    async fn lane(&self) -> Result<Alone, Refusal> {
        let number = self.next_lane.fetch_add(1, Ordering::Relaxed);
        let lane = self.lanes.get(number % self.lanes.len());
        let lane = lane.ok_or_else(|| Refusal::Unavailable("there is no connection".to_owned()))?;
        Ok(Alone(lane.session(&self.config).await?))
    }

    async fn transaction(&self, kind: Kind) -> Result<Transaction<'_>, Refusal> {
        let taken = self.exclusive.take(&self.config).await?;
        Ok(Transaction::new(&self.exclusive, taken, kind))
    }

    async fn read_once(
        &self,
        plan: &ReadStatement,
        read: &Read,
        sink: &mut dyn RowSink,
    ) -> Result<ReadOutcome, Refusal> {
        let sources = Sources::new(&read.params, &[]);
        let is_one_statement =
            plan.select.children.is_empty() && (plan.count.is_none() || read.count == Count::None);
        if is_one_statement {
            let mut connection = self.lane().await?;
            return run_read(&mut connection, self.database(), plan, read, sources, sink).await;
        }
        let mut transaction = self.transaction(Kind::Snapshot).await?;
        let result = run_read(&mut transaction, self.database(), plan, read, sources, sink).await;
        transaction.end();
        result
    }

    async fn read_now(&self, read: &Read, sink: &mut dyn RowSink) -> Result<ReadOutcome, CoreError> {
        let plan = self.plans.get(&self.schema, &Postgres, &read.shape);
        let start = sink.len();
        let first = self.read_once(&plan, read, sink).await;
        match first {
            // A connection that was lost while nobody looked says so only now.
            Err(Refusal::Unavailable(_) | Refusal::Conflict) if sink.rewind(start) => {
                self.read_once(&plan, read, sink).await.map_err(Refusal::into_error)
            }
            result => result.map_err(Refusal::into_error),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A connection for writes, to be put back.
    pub(crate) async fn take(&self) -> Result<Taken, Refusal> {
        self.exclusive.take(&self.config).await
    }

    pub(crate) fn put_back(&self, taken: Taken) {
        self.exclusive.put_back(taken);
    }

    pub(crate) async fn run<C: Connection>(
        &self,
        connection: &mut C,
        plan: &WritePlan,
        sink: &mut dyn RowSink,
    ) -> Result<Finished, Refusal> {
        run_plan(connection, self.database(), &self.statements, &self.plans, plan, sink).await
    }

    /// So many plans of this insert as one statement.
    pub(crate) fn joined<'i>(&self, insert: &'i Insert, rows: usize) -> Joined<'i> {
        joined(self.database(), &self.statements, insert, rows)
    }

    /// Before a plan, to be held until it has ended.
    pub(crate) fn noting(&self, plan: &WritePlan) -> Noting<'_> {
        self.changes.noting(&self.schema, plan)
    }

    async fn write_once(&self, plan: &WritePlan, sink: &mut dyn RowSink) -> Result<Finished, Refusal> {
        if is_single(plan) {
            // Each waits for the disk, and reads must not wait behind them.
            let taken = self.take().await?;
            let mut connection = Alone(Arc::clone(&taken.session));
            let result = self.run(&mut connection, plan, sink).await;
            drop(connection);
            self.put_back(taken);
            return result;
        }
        let mut transaction = self.transaction(Kind::Write).await?;
        match self.run(&mut transaction, plan, sink).await {
            Ok(finished) => transaction.commit().await.map(|()| finished),
            Err(refusal) => {
                transaction.end();
                Err(refusal)
            }
        }
    }

    pub(crate) async fn write(
        &self,
        plan: &WritePlan,
        mut sink: Box<dyn RowSink>,
    ) -> Result<WriteOutcome, CoreError> {
        let noting = self.noting(plan);
        let mut tries = 1;
        let result = loop {
            match self.write_once(plan, &mut *sink).await {
                Err(Refusal::Conflict) if tries < TRIES => {
                    sink.restart();
                    tokio::time::sleep(pause(tries)).await;
                    tries += 1;
                }
                // Somebody else was quicker; the next try goes the other way.
                Err(Refusal::Core(CoreError::Conflict { .. })) if tries <= RACES && plan.has_ways() => {
                    sink.restart();
                    tries += 1;
                }
                result => break result,
            }
        };
        drop(noting);
        let Finished { rows, by_step, slots } = result.map_err(Refusal::into_error)?;
        Ok(WriteOutcome { rows, by_step, loaded: slots, sink })
    }
}

impl Store for PostgresStore {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, CoreError>> {
        Box::pin(self.shared.read_now(read.get(), sink))
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, CoreError>> {
        Box::pin(async move {
            let plan = plan.into_inner();
            match plan.steps.as_slice() {
                [Step::Insert(_)] if is_single(&plan) && !plan.keeps_rows() => {
                    self.inserts.run(plan, sink).await
                }
                _ => self.shared.write(&plan, sink).await,
            }
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
            let Alone(session) = self.shared.lane().await.map_err(Refusal::into_error)?;
            let answered =
                tokio::time::timeout(Duration::from_secs(2), session.client().batch_execute("")).await;
            match answered {
                Ok(Ok(())) => Ok(()),
                _ => Err(CoreError::Unavailable("the database does not answer".to_owned())),
            }
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.shared.exclusive.close();
            self.shared.lanes.iter().for_each(Lane::close);
        })
    }
}

impl PostgresStore {
    async fn load_once(&self, load: &Load) -> Result<(), Refusal> {
        let mut transaction = self.shared.transaction(Kind::Write).await?;
        let loaded = run_load(&mut transaction, self.shared.database(), &self.shared.statements, load).await;
        if loaded.is_ok() && load.outcome == LoadOutcome::Kept {
            return transaction.commit().await;
        }
        transaction.end();
        loaded
    }
}

impl Loader for PostgresStore {
    fn load(&self, load: Guarded<Load>) -> BoxFuture<'_, Result<(), CoreError>> {
        Box::pin(async move {
            let mut tries = 1;
            loop {
                match self.load_once(load.get()).await {
                    Err(Refusal::Conflict) if tries < TRIES => tokio::time::sleep(pause(tries)).await,
                    loaded => return loaded.map_err(Refusal::into_error),
                }
                tries += 1;
            }
        })
    }
}
