//! One plan, start to finish, in the transaction that its connection is in.

use std::sync::Mutex;

use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Schema};
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::statement::{LoadSlot, ResultPart, ResultRows, Step, WritePlan};
use purlin_core::value::Value;

use super::connection::{Connection, Database, Refusal};
use super::plans::Plans;
use super::read::run_read;
use super::steps::{run_step, run_update};
use crate::sources::Sources;
use crate::statements::Statements;

/// What plans run on.
#[derive(Debug)]
pub(super) struct Context<'c, C> {
    pub connection: &'c mut C,
    pub database: Database<'c>,
    pub statements: &'c Mutex<Statements>,
    /// Of reads; loads have none.
    pub plans: Option<&'c Plans>,
}

/// A plan on its way, and at its end what it did.
#[derive(Debug, Default)]
pub struct Finished {
    /// Touched by the last step that wrote.
    pub rows: u64,
    /// Touched by each step, where that is wanted.
    pub by_step: Vec<u64>,
    /// Rows that steps have read or written.
    pub slots: Vec<(LoadSlot, Vec<(FieldId, Value)>)>,
}

/// Why a plan did not come to its end.
pub(super) type Stop = Refusal;

/// Runs all steps; the answer goes into the sink, which is empty. After an `Err` the transaction must be rolled back;
/// `Refusal::Conflict` may be tried again.
pub async fn run_plan<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    statements: &Mutex<Statements>,
    plans: &Plans,
    plan: &WritePlan,
    sink: &mut dyn RowSink,
) -> Result<Finished, Refusal> {
    let mut finished = Finished::default();
    let is_list = plan.result.as_ref().is_some_and(|result| result.as_list);
    if is_list {
        sink.begin_list();
    }
    let keeps_rows = plan.keeps_rows();
    if keeps_rows {
        finished.by_step = vec![0; plan.steps.len()];
    }
    let mut next = 0;
    while let Some(step) = plan.steps.get(next) {
        let mut context = Context { connection: &mut *connection, database, statements, plans: Some(plans) };
        if keeps_rows {
            finished.rows = 0;
        }
        let passed = run_step(&mut context, plan, step, &mut finished, sink).await?;
        if let Some(place) = finished.by_step.get_mut(next) {
            *place = finished.rows;
        }
        next = next.saturating_add(passed).saturating_add(1);
    }
    if let Some(ResultRows::Parts(parts)) = plan.result.as_ref().map(|result| &result.rows) {
        for part in parts {
            let read = match part {
                ResultPart::Row(read) => read,
                ResultPart::Count(steps) => {
                    ResultPart::write_count(steps, &finished.by_step, sink);
                    continue;
                }
                ResultPart::Null => {
                    sink.value(ValueRef::Null);
                    continue;
                }
            };
            let shape = plans.get(database.schema, database.dialect, &read.shape);
            let sources = Sources::new(&read.params, &finished.slots);
            let outcome = run_read(connection, database, &shape, read, sources, sink).await?;
            // Written, but the actor may not see it.
            if outcome.rows == 0 {
                sink.value(ValueRef::Null);
            }
        }
    }
    if is_list {
        sink.end_list();
    }
    if let Some(kept) = &plan.kept {
        let text = sink.text().unwrap_or_default().to_owned();
        finished.slots.push((kept.slot, vec![(kept.field, Value::String(text))]));
        let mut context = Context { connection: &mut *connection, database, statements, plans: Some(plans) };
        run_update(&mut context, plan, &kept.update, &mut finished).await?;
    }
    Ok(finished)
}

/// Whether the plan is one statement that stands or falls by itself, so that it needs no transaction.
pub fn is_single(plan: &WritePlan) -> bool {
    let reads_back = matches!(plan.result.as_ref().map(|result| &result.rows), Some(ResultRows::Parts(_)));
    !reads_back
        && plan.kept.is_none()
        && match plan.steps.as_slice() {
            [Step::Insert(_) | Step::Link { .. }] => true,
            [Step::Update(update)] => !update.filter.looks_elsewhere(),
            [Step::Delete { filter, .. }] => !filter.looks_elsewhere(),
            _ => false,
        }
}

impl<C> Context<'_, C> {
    pub(super) fn schema(&self) -> &Schema {
        self.database.schema
    }
}

/// An error of a step that is told as it is.
pub(super) fn stop<T>(error: Error) -> Result<T, Stop> {
    Err(Refusal::Core(error))
}
