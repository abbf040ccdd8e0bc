//! The steps of a plan. Each renders its statement, runs it, and turns what the server refuses into an error that
//! names fields.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

use purlin_core::error::Error;
use purlin_core::schema::{FieldId, ModelId};
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{
    CheckFailure, Expect, Filter, Insert, LoadSlot, ResultRows, Step, Update, WritePlan,
};
use purlin_core::value::Value;

use super::conflict::{Attempt, explain};
use super::connection::Connection;
use super::plan::{Context, Finished, Stop, stop};
use super::read::run_read;
use crate::decode::OutputColumn;
use crate::render::{render_exists, render_link};
use crate::rows::{Cells, emit_given, value_of, write_columns};
use crate::sources::Sources;
use crate::statements::StepShape;
use crate::write_statement::{GivenColumn, Shown, WriteStatement};

type Fields = Vec<(FieldId, Value)>;

/// How many steps behind it are passed over.
pub(super) async fn run_step<C: Connection>(
    context: &mut Context<'_, C>,
    plan: &WritePlan,
    step: &Step,
    progress: &mut Finished,
    sink: &mut dyn RowSink,
) -> Result<usize, Stop> {
    match step {
        Step::Load { slot, model, fields, filter, expect } => {
            let (fields, filter) = (Cow::Borrowed(&**fields), Cow::Borrowed(filter));
            let is_locked = is_changed(plan, *model);
            let statement = context.statement(StepShape::Load { model: *model, fields, filter, is_locked });
            let row = first_row(context, plan, progress, &statement, &Attempt::Other, None).await?.1;
            match row {
                Some(row) => put(progress, *slot, row),
                None => absent(context, plan, progress, *model, expect).await?,
            }
        }
        Step::Check { filter, failure } => {
            let statement = context.statement(StepShape::Check(Cow::Borrowed(filter)));
            if first_row(context, plan, progress, &statement, &Attempt::Other, None).await?.1.is_none() {
                return stop(failure.to_error());
            }
        }
        Step::Insert(insert) => run_insert(context, plan, insert, progress, sink).await?,
        Step::Update(update) => run_update(context, plan, update, progress).await?,
        Step::Delete { model, filter, expect } => {
            let shape = StepShape::Delete { model: *model, filter: Cow::Borrowed(filter) };
            let statement = context.statement(shape);
            let attempt = Attempt::Delete { model: *model, filter };
            let rows = first_row(context, plan, progress, &statement, &attempt, None).await?.0;
            expected(context, plan, progress, *model, rows, expect).await?;
            progress.rows = rows;
        }
        Step::Link { model, relation, local, target, remove } => {
            let rendered = render_link(
                context.schema(),
                context.database.dialect,
                *model,
                *relation,
                (local, target),
                *remove,
            );
            let Some(statement) = rendered else {
                return stop(Error::internal("a link without a join table"));
            };
            let attempt = Attempt::Link { model: *model, relation: *relation };
            progress.rows = first_row(context, plan, progress, &statement, &attempt, None).await?.0;
        }
        Step::Unlink { model, relation, local, filter } => {
            let (filter, local) = (Cow::Borrowed(filter), local.clone());
            let shape = StepShape::Unlink { model: *model, relation: *relation, local, filter };
            let statement = context.statement(shape);
            let attempt = Attempt::Link { model: *model, relation: *relation };
            progress.rows = first_row(context, plan, progress, &statement, &attempt, None).await?.0;
        }
        Step::Judge { read, rule } => {
            let Some(plans) = context.plans else {
                return stop(Error::internal("a load that looks at a row"));
            };
            let shape = plans.get(context.database.schema, context.database.dialect, &read.shape);
            let sources = Sources::new(&read.params, &progress.slots);
            let mut answer = JsonSink::default();
            run_read(context.connection, context.database, &shape, read, sources, &mut answer).await?;
            let text = answer.text().unwrap_or_default();
            catch_unwind(AssertUnwindSafe(|| rule.check(text)))
                .unwrap_or_else(|_| Err(Error::internal("a rule of the plan panicked")))?;
        }
        Step::Skip { slot, if_loaded, steps } => {
            let is_loaded = progress.slots.iter().any(|(known, _)| known == slot);
            if is_loaded == *if_loaded {
                return Ok(usize::try_from(*steps).unwrap_or(usize::MAX));
            }
        }
        Step::Validate { slot, rule } => {
            let row = progress.slots.iter().find(|(known, _)| known == slot);
            let Some((_, row)) = row else {
                return stop(Error::internal("a rule over a row that was not loaded"));
            };
            // Rules are other people's code.
            catch_unwind(AssertUnwindSafe(|| rule.check(row)))
                .unwrap_or_else(|_| Err(Error::internal("a rule of the plan panicked")))?;
        }
    }
    Ok(0)
}

/// Whether some step of the plan changes rows of the model that are there.
fn is_changed(plan: &WritePlan, model: ModelId) -> bool {
    plan.steps.iter().any(|step| match step {
        Step::Update(update) => update.model == model,
        Step::Delete { model: deleted, .. } => *deleted == model,
        _ => false,
    })
}

async fn run_insert<C: Connection>(
    context: &mut Context<'_, C>,
    plan: &WritePlan,
    insert: &Insert,
    progress: &mut Finished,
    sink: &mut dyn RowSink,
) -> Result<(), Stop> {
    let statement = context.statement(StepShape::Insert(Cow::Borrowed(insert)));
    let attempt = Attempt::Insert(insert);
    let is_answer = plan.result.as_ref().is_some_and(|result| matches!(result.rows, ResultRows::Inserted));
    let (rows, row) = match &statement.shown {
        Shown::Returned(columns) if is_answer => {
            first_row(context, plan, progress, &statement, &attempt, Some((columns, sink))).await?
        }
        shown => {
            let row = first_row(context, plan, progress, &statement, &attempt, None).await?;
            if let (Shown::Given(columns), true) = (shown, is_answer) {
                write_given(columns, Sources::new(&plan.params, &progress.slots), sink);
            }
            row
        }
    };
    if let (Some(slot), Some(row)) = (insert.slot, row) {
        put(progress, slot, row);
    }
    progress.rows = if insert.skips_duplicates { rows } else { 1 };
    Ok(())
}

/// As the row would be read.
pub(super) fn write_given(columns: &[GivenColumn], sources: Sources<'_>, sink: &mut dyn RowSink) {
    sink.begin_object();
    for column in columns {
        sink.key(&column.key);
        emit_given(&column.decode, sources.value(&column.source), sink);
    }
    sink.end_object();
}

pub(super) async fn run_update<C: Connection>(
    context: &mut Context<'_, C>,
    plan: &WritePlan,
    update: &Update,
    progress: &mut Finished,
) -> Result<(), Stop> {
    let (changes, filter) = (Cow::Borrowed(&*update.changes), Cow::Borrowed(&update.filter));
    let statement = context.statement(StepShape::Update { model: update.model, changes, filter });
    let rows = first_row(context, plan, progress, &statement, &Attempt::Update(update), None).await?.0;
    expected(context, plan, progress, update.model, rows, &update.expect).await?;
    progress.rows = rows;
    Ok(())
}

/// Whether as many rows were touched as must be.
async fn expected<C: Connection>(
    context: &mut Context<'_, C>,
    plan: &WritePlan,
    progress: &Finished,
    model: ModelId,
    rows: u64,
    expect: &Expect,
) -> Result<(), Stop> {
    match (expect, rows) {
        (Expect::One { .. }, 0) => absent(context, plan, progress, model, expect).await,
        (Expect::Any, _) | (Expect::One { .. }, 1) => Ok(()),
        (Expect::One { .. }, _) => stop(Error::internal("a write of one row touched several")),
    }
}

/// No row was found: whether it exists for the actor decides what is said.
async fn absent<C: Connection>(
    context: &mut Context<'_, C>,
    plan: &WritePlan,
    progress: &Finished,
    model: ModelId,
    expect: &Expect,
) -> Result<(), Stop> {
    let Expect::One { readable, denied, absent } = expect else { return Ok(()) };
    let failure: &CheckFailure = match readable {
        Filter::Never => absent,
        readable => {
            let statement = render_exists(context.schema(), context.database.dialect, model, readable);
            match first_row(context, plan, progress, &statement, &Attempt::Other, None).await?.1 {
                Some(_) => denied,
                None => absent,
            }
        }
    };
    stop(failure.to_error())
}

fn put(progress: &mut Finished, slot: LoadSlot, row: Fields) {
    match progress.slots.iter_mut().find(|(known, _)| *known == slot) {
        Some(entry) => entry.1 = row,
        None => progress.slots.push((slot, row)),
    }
}

/// Runs to the end: how many rows were touched, and the first row that came out, some of whose columns may go into a sink.
async fn first_row<C: Connection>(
    context: &mut Context<'_, C>,
    plan: &WritePlan,
    progress: &Finished,
    statement: &WriteStatement,
    attempt: &Attempt<'_>,
    mut shown: Option<(&[OutputColumn], &mut dyn RowSink)>,
) -> Result<(u64, Option<Fields>), Stop> {
    let sources = Sources::new(&plan.params, &progress.slots);
    let mut found = None;
    let mut each = |row: &dyn Cells| {
        if found.is_none() {
            let value = |(position, column): (usize, &crate::write_statement::Returned)| {
                (column.field, value_of(&column.decode, row.cell(position)))
            };
            found = Some(statement.returning.iter().enumerate().map(value).collect());
            if let Some((columns, sink)) = &mut shown {
                sink.begin_object();
                write_columns(columns, row, *sink);
                sink.end_object();
            }
        }
        true
    };
    let ran = context.connection.run(&statement.text, &statement.bindings, sources, &mut each).await;
    let rows = match (ran, &statement.reread) {
        (Ok(rows), None) => rows,
        (Ok(rows), Some(reread)) => {
            context.connection.run(&reread.text, &reread.bindings, sources, &mut each).await?;
            rows
        }
        (Err(refusal), _) => return Err(explain(context, sources, attempt, refusal).await),
    };
    if let Some(after) = &statement.after {
        context.connection.run(&after.text, &after.bindings, sources, &mut |_| true).await?;
    }
    Ok((rows, found))
}

impl<C> Context<'_, C> {
    fn statement(&self, shape: StepShape<'_>) -> Arc<WriteStatement> {
        let mut known = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(self.database.schema, self.database.dialect, shape)
    }
}
