//! The store: the port's implementation, and the life of its threads.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use purlin_core::changes::Table;
use purlin_core::error::Error as CoreError;
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Guarded, Read, ReadOutcome, WriteOutcome, WritePlan};
use purlin_core::store::{BoxFuture, Store};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

use crate::config::Config;
use crate::connection::prepare_file;
use crate::error::{Error, Failure};
use crate::read::{Counting, Pace, Place, Plan, ReadContext, Reader, Snapshot, execute, lock};
use crate::shared::Shared;
use crate::write::{Job, Writer, read_error, write_until_closed};

#[derive(Debug)]
pub struct SqliteStore {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the file, which is created if absent; its tables are the migrations' business.
    pub fn open(config: Config, schema: Arc<Schema>) -> Result<Self, Error> {
        prepare_file(&config.path)?;
        let writer = Writer::open(&config)?;
        let shared = Arc::new(Shared::new(schema, config, writer));
        let mut threads = Vec::with_capacity(2);
        for (name, life) in [
            ("purlin-writer", write_until_closed as fn(&Shared)),
            ("purlin-janitor", Shared::keep_house as fn(&Shared)),
        ] {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || life(&shared));
            threads.push(thread.map_err(Error::Thread)?);
        }
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    /// Statements executed so far, all connections together.
    pub fn statements(&self) -> u64 {
        let written = lock(&self.shared.writer).statements;
        written + self.shared.readers.statements()
    }

    /// Runs the read, if it is of the pace that the place is for.
    fn read_now(
        &self,
        read: &Read,
        sink: &mut dyn RowSink,
        place: Option<&Place<'_>>,
    ) -> Result<Tried, CoreError> {
        let shared = &*self.shared;
        let reader = shared.readers.of_thread(&shared.config)?;
        let mut reader = lock(&reader);
        let plan = reader.plans.get_shared(&shared.plans, &shared.schema, &read.shape);
        let pace = place.map_or(Pace::Quick, |place| place.pace);
        let needed = plan.debt.pace();
        if needed > pace {
            return Ok(Tried::Needs(needed));
        }
        let start = sink.len();
        let result = reader.renew(shared).and_then(|snapshot| {
            reader.time_limit.allow(pace.limit(&shared.config));
            let mut work = || run(shared, &mut reader, snapshot, &plan, read, sink);
            if pace == Pace::Quick { work() } else { beside(work) }
        });
        match result {
            Err(Failure::Sqlite(_)) if pace < Pace::Long && reader.time_limit.is_over() => {
                reader.end();
                plan.debt.overran(pace);
                if sink.rewind(start) {
                    return Ok(Tried::Needs(plan.debt.pace().max(pace.next())));
                }
                Err(CoreError::Unavailable("the database needed too long for this".to_owned()))
            }
            Err(failure) => {
                plan.debt.ended(reader.time_limit.spent());
                if let Failure::Sqlite(_) = failure {
                    // Whatever state it left is not built upon.
                    reader.end();
                }
                Err(read_error(failure, shared.config.read_timeout))
            }
            Ok(outcome) => {
                plan.debt.ended(reader.time_limit.spent());
                Ok(Tried::Done(outcome))
            }
        }
    }

    /// Goes on where a quick try ended: at each step in a place of the pace that the read turned out to need.
    async fn read_in_place(
        &self,
        read: &Read,
        sink: &mut dyn RowSink,
        mut pace: Pace,
    ) -> Result<ReadOutcome, CoreError> {
        loop {
            let place = self.shared.places.take(pace).await?;
            match self.read_now(read, sink, place.as_ref())? {
                Tried::Done(outcome) => return Ok(outcome),
                Tried::Needs(needed) => pace = needed,
            }
        }
    }

    fn ping_now(&self) -> Result<(), CoreError> {
        let shared = &*self.shared;
        let reader = shared.readers.of_thread(&shared.config)?;
        let mut reader = lock(&reader);
        reader.end();
        let renewed = reader.renew(shared);
        renewed.map(|_| ()).map_err(|failure| read_error(failure, shared.config.read_timeout))
    }

    fn stop(&self) {
        self.shared.stop();
        for thread in lock(&self.threads).drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
        self.shared.readers.close();
        lock(&self.shared.writer).finish();
    }
}

/// What a try at a read led to.
#[derive(Debug)]
enum Tried {
    Done(ReadOutcome),
    /// Nothing yet: it must be tried again in a place of this pace.
    Needs(Pace),
}

/// Where the runtime can, other tasks of this worker go on elsewhere meanwhile.
pub(crate) fn beside<T>(work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

fn run(
    shared: &Shared,
    reader: &mut Reader,
    snapshot: Snapshot,
    plan: &Plan,
    read: &Read,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Failure> {
    let counting = Counting::Remembered { totals: &shared.totals, versions: &shared.versions, snapshot };
    let (connection, statements) = reader.parts()?;
    let mut context = ReadContext::new(connection, counting, shared.config.max_answer_bytes, statements);
    execute(&mut context, &plan.statement, read, &[], sink)
}

impl Store for SqliteStore {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, CoreError>> {
        Box::pin(async move {
            match self.read_now(read.get(), sink, None)? {
                Tried::Done(outcome) => Ok(outcome),
                // Boxed, so that a quick read's future stays small.
                Tried::Needs(pace) => Box::pin(self.read_in_place(read.get(), sink, pace)).await,
            }
        })
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, CoreError>> {
        Box::pin(async move {
            let (answer, written) = oneshot::channel();
            self.shared.queue.push(Job { plan: plan.into_inner(), sink, answer })?;
            let (outcome, _plan) =
                written.await.map_err(|_| CoreError::internal("the writer ended before it answered"))?;
            outcome
        })
    }

    fn version(&self, model: ModelId) -> u64 {
        self.changes(&[Table::Model(model)])
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        self.shared.awaken();
        self.shared.versions.of(tables)
    }

    fn hears_others(&self, _model: ModelId) -> bool {
        true
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), CoreError>> {
        Box::pin(async move { self.ping_now() })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.stop() })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.stop();
    }
}
