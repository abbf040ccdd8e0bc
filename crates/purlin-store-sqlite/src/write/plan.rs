//! One plan, start to finish, inside the writer's transaction.

use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Schema};
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::statement::{LoadSlot, Read, ResultRows, WritePlan};
use purlin_core::value::Value;
use rusqlite::Connection;

use super::failure::{read_error, too_slow};
use super::steps::run_step;
use crate::connection::TimeLimit;
use crate::read::{Counting, Plans, ReadContext, execute};
use purlin_sql::Statements;
use purlin_sql::{Touched, Versions};

/// What plans run on.
#[derive(Debug)]
pub(super) struct PlanContext<'c> {
    pub schema: &'c Schema,
    pub connection: &'c Connection,
    /// Of reads that answer.
    pub plans: &'c mut Plans,
    /// Of steps.
    pub rendered: &'c mut Statements,
    pub versions: &'c Versions,
    pub touched: &'c mut Touched,
    pub time_limit: &'c TimeLimit,
    pub max_bytes: usize,
    pub statements: &'c mut u64,
}

/// A plan on its way, and at its end what it did.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Touched by the last step that wrote.
    pub rows: u64,
    /// Rows that steps have read or written.
    pub slots: Vec<(LoadSlot, Vec<(FieldId, Value)>)>,
}

/// The answer goes into the sink, which is empty.
pub(super) fn run_plan(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    sink: &mut dyn RowSink,
) -> Result<Progress, Error> {
    let mut progress = Progress::default();
    let is_list = plan.result.as_ref().is_some_and(|result| result.as_list);
    if is_list {
        sink.begin_list();
    }
    context.time_limit.reset();
    for step in &plan.steps {
        // Many short steps take long too, and none of them alone would be stopped.
        if context.time_limit.is_over() {
            return Err(too_slow(context.time_limit.limit()));
        }
        run_step(context, plan, step, &mut progress, sink)?;
    }
    match plan.result.as_ref().map(|result| &result.rows) {
        None | Some(ResultRows::Inserted) => {}
        Some(ResultRows::Read(reads)) => read_back(context, reads, &progress, sink)?,
    }
    if is_list {
        sink.end_list();
    }
    Ok(progress)
}

fn read_back(
    context: &mut PlanContext<'_>,
    reads: &[Read],
    progress: &Progress,
    sink: &mut dyn RowSink,
) -> Result<(), Error> {
    let limit = context.time_limit.limit();
    let mut reading =
        ReadContext::new(context.connection, Counting::Fresh, context.max_bytes, context.statements);
    for read in reads {
        let plan = context.plans.get(context.schema, &read.shape);
        let outcome = execute(&mut reading, &plan.statement, read, &progress.slots, sink)
            .map_err(|failure| read_error(failure, limit))?;
        // Written, but the actor may not see it.
        if outcome.rows == 0 {
            sink.value(ValueRef::Null);
        }
    }
    Ok(())
}
