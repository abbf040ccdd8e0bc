//! One plan, start to finish, inside the writer's transaction.

use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Schema};
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::statement::{LoadSlot, Read, ResultPart, ResultRows, WritePlan};
use purlin_core::value::Value;
use rusqlite::Connection;

use super::failure::{read_error, too_slow};
use super::steps::{run_step, run_update};
use crate::connection::TimeLimit;
use crate::read::{Counting, Plans, ReadContext, execute};
use purlin_core::changes::{Touched, Versions};
use purlin_sql::Statements;

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
    /// Touched by each step, where that is wanted.
    pub by_step: Vec<u64>,
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
    let keeps_rows = plan.keeps_rows();
    if keeps_rows {
        progress.by_step = vec![0; plan.steps.len()];
    }
    let mut next = 0;
    while let Some(step) = plan.steps.get(next) {
        // Many short steps take long too, and none of them alone would be stopped.
        if context.time_limit.is_over() {
            return Err(too_slow(context.time_limit.limit()));
        }
        if keeps_rows {
            progress.rows = 0;
        }
        let passed = run_step(context, plan, step, &mut progress, sink)?;
        if let Some(place) = progress.by_step.get_mut(next) {
            *place = progress.rows;
        }
        next = next.saturating_add(passed).saturating_add(1);
    }
    match plan.result.as_ref().map(|result| &result.rows) {
        None | Some(ResultRows::Inserted) => {}
        Some(ResultRows::Parts(parts)) => read_back(context, parts, &progress, sink)?,
    }
    if is_list {
        sink.end_list();
    }
    if let Some(kept) = &plan.kept {
        let text = sink.text().unwrap_or_default().to_owned();
        progress.slots.push((kept.slot, vec![(kept.field, Value::String(text))]));
        run_update(context, plan, &kept.update, &mut progress)?;
    }
    Ok(progress)
}

fn read_back(
    context: &mut PlanContext<'_>,
    parts: &[ResultPart],
    progress: &Progress,
    sink: &mut dyn RowSink,
) -> Result<(), Error> {
    for part in parts {
        match part {
            ResultPart::Row(read) => {
                // Written, but the actor may not see it.
                if read_row(context, read, progress, sink)? == 0 {
                    sink.value(ValueRef::Null);
                }
            }
            ResultPart::Count(steps) => ResultPart::write_count(steps, &progress.by_step, sink),
            ResultPart::Null => sink.value(ValueRef::Null),
        }
    }
    Ok(())
}

/// How many rows were written to the sink.
pub(super) fn read_row(
    context: &mut PlanContext<'_>,
    read: &Read,
    progress: &Progress,
    sink: &mut dyn RowSink,
) -> Result<usize, Error> {
    let limit = context.time_limit.limit();
    let mut reading =
        ReadContext::new(context.connection, Counting::Fresh, context.max_bytes, context.statements);
    let plan = context.plans.get(context.schema, &read.shape);
    let outcome = execute(&mut reading, &plan.statement, read, &progress.slots, sink);
    outcome.map(|outcome| outcome.rows).map_err(|failure| read_error(failure, limit))
}
