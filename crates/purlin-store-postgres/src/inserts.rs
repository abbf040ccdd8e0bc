//! Inserts that come at the same time share one transaction, and so one wait for the disk. One that is refused takes its
//! group back; then each of them runs by itself, and hears what it alone did wrong.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use purlin_core::error::Error;
use purlin_core::sink::RowSink;
use purlin_core::statement::{WriteOutcome, WritePlan};
use purlin_sql::server::{Connection, EachRow, Finished, Refusal};
use purlin_sql::{Binding, Sources};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::refusal::refusal;
use crate::session::{Session, is_stale};
use crate::store::Shared;

/// While one waits for the disk, another does its work.
const GROUPS: usize = 2;
/// Most inserts in one transaction.
const GROUP: usize = 64;
/// A group that takes longer waits for somebody else, and those behind it go on beside it.
const PATIENCE: Duration = Duration::from_millis(50);
/// So long may one insert, by waiting for another transaction, hold up its group.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '100ms'";

/// The way to the tasks that run them.
#[derive(Debug)]
pub(crate) struct Inserts(mpsc::Sender<Job>);

/// One plan that is a single insert.
struct Job {
    plan: WritePlan,
    sink: Box<dyn RowSink>,
    done: oneshot::Sender<Result<WriteOutcome, Error>>,
}

/// How far a group came.
enum Fate {
    Committed(Vec<Finished>),
    /// Nothing of it is kept.
    Undone,
    /// Nobody knows whether it was committed.
    Lost(Refusal),
}

impl Inserts {
    pub(crate) fn start(shared: Arc<Shared>) -> Self {
        let (sender, receiver) = mpsc::channel(shared.config().waiting.max(1));
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..GROUPS {
            tokio::spawn(gather(Arc::clone(&shared), Arc::clone(&receiver)));
        }
        Self(sender)
    }

    pub(crate) async fn run(&self, plan: WritePlan, sink: Box<dyn RowSink>) -> Result<WriteOutcome, Error> {
        let (done, outcome) = oneshot::channel();
        let unavailable = |text: &str| Error::Unavailable(text.to_owned());
        self.0
            .try_send(Job { plan, sink, done })
            .map_err(|_| unavailable("too many requests wait for the database; try again"))?;
        outcome.await.map_err(|_| unavailable("the database is closed"))?
    }
}

/// Ends with the store, after what was taken.
async fn gather(shared: Arc<Shared>, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
    loop {
        let mut group = Vec::new();
        if jobs.lock().await.recv_many(&mut group, GROUP).await == 0 {
            return;
        }
        let running = tokio::spawn(insert(Arc::clone(&shared), group));
        let _ = tokio::time::timeout(PATIENCE, running).await;
    }
}

async fn insert(shared: Arc<Shared>, mut group: Vec<Job>) {
    if group.len() > 1 {
        match together(&shared, &mut group).await {
            Fate::Committed(finished) => {
                for (job, Finished { rows, slots }) in group.into_iter().zip(finished) {
                    let outcome = WriteOutcome { rows, loaded: slots, sink: job.sink };
                    // Whoever went away does not undo it.
                    let _ = job.done.send(Ok(outcome));
                }
                return;
            }
            Fate::Lost(refusal) => {
                let error = refusal.into_error();
                for job in group {
                    let _ = job.done.send(Err(Error::Unavailable(error.to_string())));
                }
                return;
            }
            Fate::Undone => {}
        }
    }
    join_all(group.into_iter().map(|job| alone(&shared, job))).await;
}

async fn alone(shared: &Shared, Job { plan, mut sink, done }: Job) {
    sink.restart();
    let _ = done.send(shared.write(&plan, sink).await);
}

/// All in one transaction, each sent without waiting for the one before.
async fn together(shared: &Shared, group: &mut [Job]) -> Fate {
    // That there is no connection is told to each who asks by itself.
    let Ok(taken) = shared.take().await else { return Fate::Undone };
    let session = Arc::clone(&taken.session);
    let begin = session.client().batch_execute(BEGIN);
    let runs = group.iter_mut().map(|job| {
        let mut connection = Grouped(Arc::clone(&session));
        async move { shared.run(&mut connection, &job.plan, &mut *job.sink).await }
    });
    let (begun, finished) = futures_util::join!(begin, join_all(runs));
    let finished: Result<Vec<Finished>, Refusal> = finished.into_iter().collect();
    let fate = if let (Ok(()), Ok(finished)) = (begun, finished) {
        match session.client().batch_execute("COMMIT").await {
            Ok(()) => Fate::Committed(finished),
            // The server says that it did not.
            Err(error) if error.as_db_error().is_some() => Fate::Undone,
            Err(error) => Fate::Lost(refusal(&error)),
        }
    } else {
        let _ = session.client().batch_execute("ROLLBACK").await;
        Fate::Undone
    };
    for job in group.iter() {
        shared.changed(&job.plan);
    }
    drop(session);
    shared.put_back(taken);
    fate
}

/// In the transaction of a group. Why something was refused shows when it runs by itself.
struct Grouped(Arc<Session>);

impl Connection for Grouped {
    async fn run(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, Refusal> {
        self.0.query(text, bindings, sources, each).await.map_err(|error| {
            if is_stale(&error) {
                self.0.forget();
            }
            Refusal::Conflict
        })
    }

    async fn recover(&mut self) -> Result<(), Refusal> {
        Err(Refusal::Conflict)
    }

    async fn index_columns(&mut self, _table: &str, _index: &str) -> Vec<String> {
        Vec::new()
    }
}
