//! The store: the port's implementation.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use purlin_core::changes::{Changes, STALE_AFTER, Table};
use purlin_core::error::Error as CoreError;
use purlin_core::operation::Count;
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Guarded, Load, LoadOutcome, Read, ReadOutcome, Step, WriteOutcome, WritePlan};
use purlin_core::store::{BoxFuture, Loader, Store};
use purlin_sql::dialect::{Flavour, MySql};
use purlin_sql::server::{
    Database, Finished, Plans, RACES, Refusal, TRIES, is_single, pause, run_load, run_plan, run_read,
};
use purlin_sql::{Dialect as _, ReadStatement, Sources, Statements};

use crate::config::Config;
use crate::error::Error;
use crate::pool::Pool;
use crate::session::Session;
use crate::transaction::{Kind, Transaction};

#[derive(Debug)]
pub struct MySqlStore {
    config: Config,
    schema: Arc<Schema>,
    dialect: MySql,
    pool: Pool,
    plans: Plans,
    statements: Mutex<Statements>,
    changes: Changes,
}

impl MySqlStore {
    /// Connects once, so that a wrong address shows at the start; the tables are the migrations' business.
    pub async fn connect(config: Config, schema: Arc<Schema>) -> Result<Self, Error> {
        let first = Session::open(&config).await?;
        Ok(Self {
            dialect: MySql { flavour: first.flavour() },
            pool: Pool::holding(first, config.connections),
            plans: Plans::new(config.cached_statements),
            statements: Mutex::new(Statements::new(config.cached_statements)),
            changes: Changes::new(&schema, STALE_AFTER),
            config,
            schema,
        })
    }

    /// Statements executed so far, `START TRANSACTION` and its like aside.
    pub fn statements(&self) -> u64 {
        self.pool.statements()
    }

    /// Whose server it is.
    pub fn flavour(&self) -> Flavour {
        self.dialect.flavour
    }

    fn database(&self) -> Database<'_> {
        Database { schema: &self.schema, dialect: &self.dialect, max_bytes: self.config.max_answer_bytes }
    }

    async fn begin(&self, kind: Kind) -> Result<Transaction<'_>, Refusal> {
        let taken = self.pool.take(&self.config).await?;
        Ok(Transaction::new(&self.pool, taken, kind))
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
        let kind = if is_one_statement { Kind::Alone } else { Kind::Snapshot };
        let mut transaction = self.begin(kind).await?;
        let result = run_read(&mut transaction, self.database(), plan, read, sources, sink).await;
        transaction.end().await;
        result
    }

    async fn read_now(&self, read: &Read, sink: &mut dyn RowSink) -> Result<ReadOutcome, CoreError> {
        let plan = self.plans.get(&self.schema, &self.dialect, &read.shape);
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

    async fn write_once(&self, plan: &WritePlan, sink: &mut dyn RowSink) -> Result<Finished, Refusal> {
        // What an insert does not give back is read after it, before others can change it.
        let is_reread = !self.dialect.has_returning() && matches!(plan.steps.as_slice(), [Step::Insert(_)]);
        let kind = if is_single(plan) && !is_reread { Kind::Alone } else { Kind::Write };
        let mut transaction = self.begin(kind).await?;
        let (database, statements) = (self.database(), &self.statements);
        match run_plan(&mut transaction, database, statements, &self.plans, plan, sink).await {
            Ok(finished) => transaction.commit().await.map(|()| finished),
            Err(refusal) => {
                transaction.end().await;
                Err(refusal)
            }
        }
    }

    async fn write_now(
        &self,
        plan: &WritePlan,
        mut sink: Box<dyn RowSink>,
    ) -> Result<WriteOutcome, CoreError> {
        let noting = self.changes.noting(&self.schema, plan);
        let started = Instant::now();
        let mut tries = 1;
        let result = loop {
            match self.write_once(plan, &mut *sink).await {
                // A lock that is never given up is waited for once.
                Err(Refusal::Conflict)
                    if tries < TRIES && started.elapsed() < self.config.statement_timeout =>
                {
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

impl Store for MySqlStore {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, CoreError>> {
        Box::pin(self.read_now(read.get(), sink))
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, CoreError>> {
        Box::pin(async move {
            let plan = plan.into_inner();
            self.write_now(&plan, sink).await
        })
    }

    fn version(&self, model: ModelId) -> u64 {
        self.changes.version(model)
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        self.changes.of(tables)
    }

    fn hears_others(&self, _model: ModelId) -> bool {
        false
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), CoreError>> {
        Box::pin(async move {
            let mut taken = self.pool.take(&self.config).await.map_err(Refusal::into_error)?;
            let answers = taken.session.answers().await;
            self.pool.put_back(taken);
            if answers {
                Ok(())
            } else {
                Err(CoreError::Unavailable("the database does not answer".to_owned()))
            }
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.pool.close() })
    }
}

impl MySqlStore {
    async fn load_once(&self, load: &Load) -> Result<(), Refusal> {
        let mut transaction = self.begin(Kind::Write).await?;
        let loaded = run_load(&mut transaction, self.database(), &self.statements, load).await;
        if loaded.is_ok() && load.outcome == LoadOutcome::Kept {
            return transaction.commit().await;
        }
        transaction.end().await;
        loaded
    }
}

impl Loader for MySqlStore {
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
