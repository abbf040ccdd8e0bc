//! The one writer. It takes what is waiting, runs each plan in a savepoint of one transaction,
//! commits once, and only then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use purlin_core::error::Error;
use purlin_core::statement::{Step, WriteOutcome, WritePlan};
use rusqlite::{Connection, ErrorCode};

use super::failure::engine_error;
use super::plan::{PlanContext, Progress, run_plan};
use super::queue::Job;
use crate::config::Config;
use crate::connection::{Purpose, TimeLimit, open};
use crate::read::Plans;
use crate::read::lock;
use crate::shared::Shared;
use purlin_core::changes::Touched;
use purlin_sql::Statements;

#[derive(Debug)]
pub(crate) struct Writer {
    connection: Connection,
    plans: Plans,
    rendered: Statements,
    time_limit: TimeLimit,
    /// Changes when anyone else commits.
    data_version: i64,
    /// Pages in the log after the last commit.
    log_pages: Arc<AtomicU32>,
    /// Pages in the log at which it is next worth trying to empty it.
    checkpoint_at: u32,
    /// Foreign keys that are checked only at the commit cannot be blamed on one of several plans.
    shares_commits: bool,
    /// Triggers may write anywhere.
    has_triggers: bool,
    pub statements: u64,
}

impl Writer {
    pub(crate) fn open(config: &Config) -> Result<Self, crate::error::Error> {
        let mut connection = open(config, Purpose::Write)?;
        Self::set_up(&mut connection, config)
            .map_err(|source| crate::error::Error::from_sqlite(config.path.clone(), source))
            .map(|(time_limit, log_pages, shares_commits, has_triggers, data_version)| Self {
                plans: Plans::new(config.cached_statements),
                rendered: Statements::new(config.cached_statements),
                time_limit,
                data_version,
                log_pages,
                checkpoint_at: config.checkpoint_pages,
                shares_commits,
                has_triggers,
                connection,
                statements: 0,
            })
    }

    fn set_up(
        connection: &mut Connection,
        config: &Config,
    ) -> rusqlite::Result<(TimeLimit, Arc<AtomicU32>, bool, bool, i64)> {
        let log_pages = Arc::new(AtomicU32::new(0));
        let pages = Arc::clone(&log_pages);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count: i32| {
            pages.store(count.unsigned_abs(), Ordering::Relaxed);
            Ok(())
        }))?;
        let time_limit = TimeLimit::install(connection, config.write_timeout)?;
        let has = |text: &str| connection.prepare(text)?.exists([]);
        let is_deferred = has("SELECT 1 FROM sqlite_schema WHERE sql LIKE '%INITIALLY DEFERRED%'")?;
        let has_triggers = has("SELECT 1 FROM sqlite_schema WHERE type = 'trigger'")?;
        let data_version = connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        Ok((time_limit, log_pages, !is_deferred, has_triggers, data_version))
    }

    /// Whether anyone else has committed since the last call.
    pub(crate) fn others_wrote(&mut self) -> bool {
        let version = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)));
        match version {
            Ok(version) => std::mem::replace(&mut self.data_version, version) != version,
            // Better to look again than to miss something.
            Err(_) => true,
        }
    }

    fn command(&self, text: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(text)?.execute([]).map(|_| ())
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.command("ROLLBACK")
        {
            tracing::error!(%error, "a transaction did not roll back");
        }
    }

    /// Waits for other processes up to the limit.
    fn begin(&self, wait: Duration) -> rusqlite::Result<()> {
        let start = Instant::now();
        loop {
            match self.command("BEGIN IMMEDIATE") {
                Err(error) if is_busy(&error) && start.elapsed() < wait => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                result => return result,
            }
        }
    }

    pub(crate) fn finish(&self) {
        // Whoever only reads leaves the file as it was.
        if self.statements == 0 {
            return;
        }
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _ = self.connection.execute_batch("PRAGMA optimize");
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// The writer's life.
pub(crate) fn write_until_closed(shared: &Shared) {
    let most = if lock(&shared.writer).shares_commits { shared.config.write_group } else { 1 };
    loop {
        let jobs = shared.queue.take(most);
        if jobs.is_empty() {
            return;
        }
        let mut writer = lock(&shared.writer);
        write_group(shared, &mut writer, jobs);
        writer.keep_log_short(shared);
    }
}

/// A job and what became of it so far.
struct Try {
    job: Job,
    result: Result<Progress, Error>,
}

fn write_group(shared: &Shared, writer: &mut Writer, mut jobs: Vec<Job>) {
    // Usually one round. A plan that spoils the whole transaction drops out, and the others run again;
    // those that would keep the first ones waiting for long have a commit of their own.
    while !jobs.is_empty() {
        let mut touched = Touched::default();
        if let Err(error) = writer.begin(shared.config.lock_timeout) {
            return refuse(jobs, &error);
        }
        touched.all = writer.others_wrote() || writer.has_triggers;
        match run_all(shared, writer, jobs, &mut touched) {
            Err(rest) => {
                jobs = rest;
                if touched.all {
                    shared.versions.begin();
                    shared.versions.end(&touched);
                }
            }
            Ok((tries, rest)) => {
                shared.versions.begin();
                let committed = writer.command("COMMIT");
                if committed.is_err() {
                    writer.roll_back();
                }
                shared.versions.end(&touched);
                match committed {
                    Ok(()) => tries.into_iter().for_each(|Try { job, result }| {
                        let Job { plan, sink, answer } = job;
                        let done = |Progress { rows, by_step, slots }| WriteOutcome {
                            rows,
                            by_step,
                            loaded: slots,
                            sink,
                        };
                        // Whoever asked may have gone.
                        let _ = answer.send((result.map(done), plan));
                    }),
                    Err(error) => refuse_tries(tries, &error),
                }
                jobs = rest;
            }
        }
    }
}

/// Each plan in its savepoint, as long as there is time; the others are given back. `Err` when the
/// transaction is gone: the jobs to run again, the guilty one answered.
fn run_all(
    shared: &Shared,
    writer: &mut Writer,
    jobs: Vec<Job>,
    touched: &mut Touched,
) -> Result<(Vec<Try>, Vec<Job>), Vec<Job>> {
    let is_alone = jobs.len() == 1;
    let start = Instant::now();
    let mut tries: Vec<Try> = Vec::with_capacity(jobs.len());
    let mut waiting = jobs.into_iter();
    while let Some(mut job) = waiting.next() {
        let result = run_one(shared, writer, &mut job, touched, is_alone);
        if writer.connection.is_autocommit() {
            let error = result.err().unwrap_or_else(|| Error::internal("the transaction ended by itself"));
            let _ = job.answer.send((Err(error), job.plan));
            return Err(tries.into_iter().map(|done| done.job).chain(waiting).collect());
        }
        tries.push(Try { job, result });
        if start.elapsed() >= shared.config.write_group_time {
            break;
        }
    }
    Ok((tries, waiting.collect()))
}

fn run_one(
    shared: &Shared,
    writer: &mut Writer,
    job: &mut Job,
    touched: &mut Touched,
    is_alone: bool,
) -> Result<Progress, Error> {
    let limit = writer.time_limit.limit();
    let fail = |error| engine_error(error, limit);
    // A plan alone needs no savepoint: with it the whole transaction is undone. Neither does one whose last
    // step alone writes: a statement that fails undoes itself, and before it there is nothing to undo.
    let has_savepoint = !is_alone && !writes_last(&job.plan);
    if has_savepoint {
        writer.command("SAVEPOINT plan").map_err(fail)?;
    }
    let changes = writer.connection.total_changes();
    let mut context = PlanContext {
        schema: &shared.schema,
        connection: &writer.connection,
        plans: &mut writer.plans,
        rendered: &mut writer.rendered,
        versions: &shared.versions,
        touched,
        time_limit: &writer.time_limit,
        max_bytes: shared.config.max_answer_bytes,
        statements: &mut writer.statements,
    };
    // It may have run before, in a transaction that a neighbour spoiled.
    job.sink.restart();
    // Rules are other people's code. What a panic leaves behind is undone like any failure.
    let result = catch_unwind(AssertUnwindSafe(|| run_plan(&mut context, &job.plan, &mut *job.sink)))
        .unwrap_or_else(|_| Err(Error::internal("a rule of the plan panicked")));
    writer.time_limit.reset();
    if result.is_err() && !writer.connection.is_autocommit() {
        let is_undone = if has_savepoint {
            writer.command("ROLLBACK TO plan").is_ok()
        } else {
            // Its answer may have failed after it wrote: then everything is undone and the others run again.
            !is_alone && writer.connection.total_changes() == changes
        };
        if !is_undone {
            writer.roll_back();
            return result;
        }
    }
    if has_savepoint && !writer.connection.is_autocommit() {
        writer.command("RELEASE plan").map_err(fail)?;
    }
    result
}

/// Whether nothing but the last step changes rows.
fn writes_last(plan: &WritePlan) -> bool {
    let before = plan.steps.split_last().map_or(&[][..], |(_, before)| before);
    before.iter().all(|step| matches!(step, Step::Load { .. } | Step::Check { .. } | Step::Validate { .. }))
}

fn refuse(jobs: Vec<Job>, error: &rusqlite::Error) {
    let tries = jobs.into_iter().map(|job| Try { job, result: Err(Error::NotFound) }).collect();
    refuse_tries(tries, error);
}

/// Nothing was committed: plans that failed by themselves keep their own error.
fn refuse_tries(tries: Vec<Try>, error: &rusqlite::Error) {
    tracing::error!(%error, "a group of writes was not committed");
    for Try { job, result } in tries {
        let text =
            if is_busy(error) { "the database is busy; try again" } else { "the database cannot be written" };
        let failed = match result {
            Err(own) if !matches!(own, Error::NotFound) => own,
            _ => Error::Unavailable(text.to_owned()),
        };
        let _ = job.answer.send((Err(failed), job.plan));
    }
}

impl Writer {
    /// Moves the log into the database, when it has grown. Readers that hold old snapshots
    /// would keep it from starting over, so those that are not reading this moment are ended:
    /// once so that everything can be moved, and once so that the log is free.
    fn keep_log_short(&mut self, shared: &Shared) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < self.checkpoint_at {
            return;
        }
        shared.readers.end_all();
        let moved = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?)
        });
        shared.readers.end_all();
        let step = shared.config.checkpoint_pages;
        match moved {
            Ok(true) => self.checkpoint_at = step,
            // A long read stands in the way: not at every commit again.
            Ok(false) => self.checkpoint_at = pages.saturating_add(step / 4),
            Err(error) => {
                tracing::warn!(%error, "the log could not be moved into the database");
                self.checkpoint_at = pages.saturating_add(step);
            }
        }
    }
}
