//! One plan from begin to commit. Where another transaction was in its way, all of it is undone and tried
//! again, as long as there is time.

use std::time::{Duration, Instant};

use mongodb::ClientSession;
use mongodb::error::UNKNOWN_TRANSACTION_COMMIT_RESULT;
use mongodb::options::ReadConcern;
use purlin_core::error::Error;
use purlin_core::sink::RowSink;
use purlin_core::statement::{WriteOutcome, WritePlan};

use super::need::needs_transaction;
use super::plan::{Inserts, PlanContext, Progress, run_plan};
use crate::error::Failure;
use crate::shared::Shared;
use crate::work::Work;

/// So often is a plan tried again whose way was blocked by somebody who was quicker.
const RACES: u32 = 2;
/// Between two tries, at first and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How long the end of a transaction is waited for beyond its time.
const GRACE: Duration = Duration::from_secs(1);

pub(crate) async fn write(
    shared: &Shared,
    plan: WritePlan,
    mut sink: Box<dyn RowSink>,
) -> Result<WriteOutcome, Error> {
    let is_atomic = needs_transaction(&shared.schema, &plan);
    if is_atomic && !shared.has_transactions {
        return Err(Error::Unsupported(
            "this writes several rows at once, for which MongoDB must run as a replica set".to_owned(),
        ));
    }
    let _noting = shared.changes.noting(&shared.schema, &plan);
    let limit = shared.config.write_timeout;
    let until = Instant::now() + limit;
    let mut session =
        shared.client.start_session().await.map_err(|error| Failure::from(error).into_core(limit))?;
    let mut pause = SHORTEST_PAUSE;
    let mut inserts = Inserts::Together;
    let mut races = 0;
    loop {
        sink.restart();
        let way = (is_atomic, inserts);
        let failure = match try_once(shared, &mut session, &plan, &mut *sink, way, until).await {
            Ok(progress) => {
                let Progress { rows, by_step, slots } = progress;
                return Ok(WriteOutcome { rows, by_step, loaded: slots, sink });
            }
            Err(Failure::Together) if inserts == Inserts::Together => {
                inserts = Inserts::OneByOne;
                continue;
            }
            // Somebody else was quicker; the next try goes the other way.
            Err(Failure::Core(Error::Conflict { .. })) if races < RACES && plan.has_ways() => {
                races += 1;
                continue;
            }
            Err(failure) => failure,
        };
        if !failure.is_transient() || Instant::now() + pause >= until {
            return Err(failure.into_core(limit));
        }
        tokio::time::sleep(jittered(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// So that two who were in each other's way do not meet again.
fn jittered(pause: Duration) -> Duration {
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos());
    pause / 2 + pause * (nanos % 1000) / 1000
}

async fn try_once(
    shared: &Shared,
    session: &mut ClientSession,
    plan: &WritePlan,
    sink: &mut dyn RowSink,
    (is_atomic, inserts): (bool, Inserts),
    until: Instant,
) -> Result<Progress, Failure> {
    if is_atomic {
        session.start_transaction().read_concern(ReadConcern::snapshot()).await?;
    }
    let work = Work::new(shared, session, shared.config.write_timeout).until(until);
    let mut context = PlanContext { work, plan, progress: Progress::default(), is_atomic, inserts };
    let result = Box::pin(run_plan(&mut context, sink)).await;
    let progress = context.progress;
    match result {
        Ok(()) if is_atomic => commit(session, until).await.map(|()| progress),
        Ok(()) => Ok(progress),
        Err(failure) => {
            if is_atomic {
                // Where the server does not hear of it, it does so by itself.
                let _ = tokio::time::timeout(GRACE, session.abort_transaction()).await;
            }
            Err(failure)
        }
    }
}

/// Whether it was committed may stay unknown when the connection breaks: asking again is harmless.
pub(super) async fn commit(session: &mut ClientSession, until: Instant) -> Result<(), Failure> {
    loop {
        let wait = until.saturating_duration_since(Instant::now()) + GRACE;
        let Ok(committed) = tokio::time::timeout(wait, session.commit_transaction()).await else {
            let text = "the database does not answer; whether it has written is not known";
            return Err(Error::Unavailable(text.to_owned()).into());
        };
        match committed {
            Ok(()) => return Ok(()),
            Err(error)
                if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) && Instant::now() < until =>
            {
                tokio::time::sleep(LONGEST_PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
