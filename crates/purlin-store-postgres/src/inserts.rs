//! Inserts that come at the same time share one transaction, and so one wait for the disk. One that is refused takes its
//! group back; then each of them runs by itself, and hears what it alone did wrong.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use purlin_core::error::Error;
use purlin_core::sink::RowSink;
use purlin_core::statement::{Insert, Step, WriteOutcome, WritePlan};
use purlin_sql::rows::Cells;
use purlin_sql::server::{Connection, EachRow, Finished, Refusal, may_join};
use purlin_sql::{Binding, Sources};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_postgres::error::Severity;

use crate::refusal::refusal;
use crate::session::{Session, is_stale};
use crate::store::Shared;
use crate::value::bound;

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
    pub(crate) fn start(shared: &Arc<Shared>) -> Self {
        let (sender, receiver) = mpsc::channel(shared.config().waiting.max(1));
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..GROUPS {
            tokio::spawn(gather(Arc::clone(shared), Arc::clone(&receiver)));
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
                for (job, Finished { rows, by_step, slots }) in group.into_iter().zip(finished) {
                    let outcome = WriteOutcome { rows, by_step, loaded: slots, sink: job.sink };
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

/// All in one transaction, every statement sent without waiting for the one before.
async fn together(shared: &Shared, group: &mut [Job]) -> Fate {
    // That there is no connection is told to each who asks by itself.
    let Ok(taken) = shared.take().await else { return Fate::Undone };
    let session = Arc::clone(&taken.session);
    let noting: Vec<_> = group.iter().map(|job| shared.noting(&job.plan)).collect();
    group.sort_by_cached_key(|job| shape_of(&job.plan));
    let begin = session.command(BEGIN);
    let runs = joinable(shared, group).into_iter().map(|jobs| run(shared, &session, jobs));
    let (begun, finished) = futures_util::join!(begin, join_all(runs));
    let finished: Result<Vec<Vec<Finished>>, Refusal> = finished.into_iter().collect();
    let fate = match (begun, finished) {
        // Those behind it may have been done each by itself.
        (Err(error), _) => Fate::Lost(refusal(&error)),
        (Ok(()), Err(_)) => {
            let _ = session.command("ROLLBACK").await;
            Fate::Undone
        }
        (Ok(()), Ok(finished)) => match session.command("COMMIT").await {
            Ok(()) => Fate::Committed(finished.into_iter().flatten().collect()),
            Err(error) if is_refused(&error) => Fate::Undone,
            Err(error) => Fate::Lost(refusal(&error)),
        },
    };
    drop(noting);
    drop(session);
    shared.put_back(taken);
    fate
}

/// The server itself says that it did not commit; whoever speaks for it, or a server that stops, cannot know.
fn is_refused(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|server| {
        let code = server.code().code();
        server.parsed_severity() == Some(Severity::Error)
            && !code.starts_with("08")
            && !code.starts_with("57")
    })
}

fn insert_of(plan: &WritePlan) -> Option<&Insert> {
    match plan.steps.as_slice() {
        [Step::Insert(insert)] => Some(insert),
        _ => None,
    }
}

/// Equal for equal inserts.
fn shape_of(plan: &WritePlan) -> u64 {
    let mut hasher = DefaultHasher::new();
    insert_of(plan).hash(&mut hasher);
    hasher.finish()
}

/// Neighbours that may be one statement, in numbers of which there are few, so that there are few statements.
fn joinable<'j>(shared: &Shared, group: &'j mut [Job]) -> Vec<&'j mut [Job]> {
    let mut parts = Vec::new();
    for mut same in group.chunk_by_mut(|left, right| insert_of(&left.plan) == insert_of(&right.plan)) {
        let insert = same.first().and_then(|job| insert_of(&job.plan));
        let may_join = insert.is_some_and(|insert| may_join(shared.database(), insert));
        while !same.is_empty() {
            let rows = if may_join { 1 << same.len().ilog2() } else { 1 };
            let (part, rest) = same.split_at_mut(rows);
            parts.push(part);
            same = rest;
        }
    }
    parts
}

async fn run(shared: &Shared, session: &Arc<Session>, jobs: &mut [Job]) -> Result<Vec<Finished>, Refusal> {
    if let [job] = jobs {
        let mut connection = Grouped(Arc::clone(session));
        return Ok(vec![shared.run(&mut connection, &job.plan, &mut *job.sink).await?]);
    }
    let (plans, sinks): (Vec<&WritePlan>, Vec<_>) =
        jobs.iter_mut().map(|job| (&job.plan, &mut job.sink)).unzip();
    let Some(insert) = plans.first().and_then(|plan| insert_of(plan)) else { return Ok(Vec::new()) };
    let joined = shared.joined(insert, plans.len());
    let values = plans
        .iter()
        .flat_map(|plan| bound(&joined.statement.bindings, Sources::new(&plan.params, &[])))
        .collect::<Vec<_>>();
    let mut waiting = plans.iter().zip(sinks);
    let mut finished = Ok(Vec::with_capacity(plans.len()));
    let mut finish = |row: Option<&dyn Cells>| {
        let Some((plan, sink)) = waiting.next() else { return false };
        match (joined.finish(plan, row, &mut **sink), &mut finished) {
            (Ok(one), Ok(all)) => all.push(one),
            (Err(refusal), _) => finished = Err(refusal),
            (Ok(_), Err(_)) => {}
        }
        true
    };
    session
        .query_with(&joined.statement.text, values, &mut |row| finish(Some(row)))
        .await
        .map_err(|error| refused(session, &error))?;
    while !joined.gives_rows() && finish(None) {}
    finished.and_then(
        |finished| if finished.len() == plans.len() { Ok(finished) } else { Err(Refusal::Conflict) },
    )
}

/// Why shows when each runs by itself.
fn refused(session: &Session, error: &tokio_postgres::Error) -> Refusal {
    if is_stale(error) {
        session.forget();
    }
    Refusal::Conflict
}

/// In the transaction of a group.
struct Grouped(Arc<Session>);

impl Connection for Grouped {
    async fn run(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, Refusal> {
        self.0.query(text, bindings, sources, each).await.map_err(|error| refused(&self.0, &error))
    }

    async fn recover(&mut self) -> Result<(), Refusal> {
        Err(Refusal::Conflict)
    }

    async fn index_columns(&mut self, _table: &str, _index: &str) -> Vec<String> {
        Vec::new()
    }
}
