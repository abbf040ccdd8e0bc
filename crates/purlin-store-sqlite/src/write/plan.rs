//! One plan, start to finish, inside the writer's transaction.

use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Schema};
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::statement::{LoadSlot, ReadBack, WritePlan};
use purlin_core::value::Value;
use rusqlite::Connection;

use super::failure::{read_error, too_slow};
use super::recorded::Recorded;
use super::steps::run_step;
use crate::connection::TimeLimit;
use crate::read::{Counting, Plans, ReadContext, execute};
use crate::versions::{Touched, Versions};

/// What a plan did.
#[derive(Debug)]
pub(crate) struct Written {
    pub rows: u64,
    pub loaded: Vec<(LoadSlot, Vec<(FieldId, Value)>)>,
    pub answer: Recorded,
}

/// What plans run on.
#[derive(Debug)]
pub(super) struct PlanContext<'c> {
    pub schema: &'c Schema,
    pub connection: &'c Connection,
    pub plans: &'c mut Plans,
    pub versions: &'c Versions,
    pub touched: &'c mut Touched,
    pub time_limit: &'c TimeLimit,
    pub max_bytes: usize,
    pub statements: &'c mut u64,
}

/// A plan on its way.
#[derive(Debug)]
pub(super) struct Progress {
    pub rows: u64,
    /// Rows that steps have read or written.
    pub slots: Vec<(LoadSlot, Vec<(FieldId, Value)>)>,
    /// Those of them that were inserted.
    pub inserted: Vec<LoadSlot>,
}

pub(super) fn run_plan(context: &mut PlanContext<'_>, plan: &WritePlan) -> Result<Written, Error> {
    let mut progress = Progress { rows: 0, slots: Vec::new(), inserted: Vec::new() };
    context.time_limit.reset();
    for step in &plan.steps {
        // Many short steps take long too, and none of them alone would be stopped.
        if context.time_limit.is_over() {
            return Err(too_slow(context.time_limit.limit()));
        }
        run_step(context, plan, step, &mut progress)?;
    }
    let mut answer = Recorded::default();
    if let Some(result) = &plan.result {
        read_back(context, result, &progress, &mut answer)?;
    }
    let Progress { rows, mut slots, inserted } = progress;
    slots.retain(|(slot, _)| inserted.contains(slot));
    Ok(Written { rows, loaded: slots, answer })
}

fn read_back(
    context: &mut PlanContext<'_>,
    result: &ReadBack,
    progress: &Progress,
    answer: &mut Recorded,
) -> Result<(), Error> {
    let limit = context.time_limit.limit();
    let mut reading =
        ReadContext::new(context.connection, Counting::Fresh, context.max_bytes, context.statements);
    if result.as_list {
        answer.begin_list();
    }
    for read in &result.reads {
        let plan = context.plans.get(context.schema, &read.shape);
        let outcome = execute(&mut reading, &plan.statement, read, &progress.slots, answer)
            .map_err(|failure| read_error(failure, limit))?;
        // Written, but the actor may not see it.
        if outcome.rows == 0 {
            answer.value(ValueRef::Null);
        }
    }
    if result.as_list {
        answer.end_list();
    }
    Ok(())
}
