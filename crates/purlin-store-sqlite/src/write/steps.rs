//! The steps of a plan. Each renders its statement, runs it, and turns what the database
//! refuses into an error that names fields.

use std::borrow::Cow;

use purlin_core::changes::{Table, changes_keys};
use purlin_core::error::Error;
use purlin_core::schema::{FieldId, ModelId};
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{
    CheckFailure, Expect, Filter, Insert, LoadSlot, ResultRows, Step, Update, WritePlan,
};
use purlin_core::value::Value;
use purlin_sql::dialect::Sqlite;
use purlin_sql::{GivenColumn, OutputColumn, Shown, WriteStatement, render_exists, render_link};

use super::conflict::Attempt;
use super::plan::{PlanContext, Progress, read_row};
use crate::value::{Columns, bind_all, cell};
use purlin_sql::Sources;
use purlin_sql::StepShape;
use purlin_sql::rows::{emit_given, value_of, write_columns};

type Fields = Vec<(FieldId, Value)>;

/// How many steps behind it are passed over.
pub(super) fn run_step(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    step: &Step,
    progress: &mut Progress,
    sink: &mut dyn RowSink,
) -> Result<usize, Error> {
    match step {
        Step::Load { slot, model, fields, filter, expect } => {
            let (fields, filter) = (Cow::Borrowed(&**fields), Cow::Borrowed(filter));
            let statement = context.rendered.get(
                context.schema,
                &Sqlite,
                StepShape::Load { model: *model, fields, filter, is_locked: false },
            );
            let row = first_row(context, plan, progress, &statement, &Attempt::Other, None)?;
            match row {
                Some(row) => put(progress, *slot, row),
                None => absent(context, plan, progress, *model, expect)?,
            }
        }
        Step::Check { filter, failure } => {
            let shape = StepShape::Check(Cow::Borrowed(filter));
            let statement = context.rendered.get(context.schema, &Sqlite, shape);
            if first_row(context, plan, progress, &statement, &Attempt::Other, None)?.is_none() {
                return Err(failure.to_error());
            }
        }
        Step::Insert(insert) => run_insert(context, plan, insert, progress, sink)?,
        Step::Update(update) => run_update(context, plan, update, progress)?,
        Step::Delete { model, filter, expect } => {
            context.versions.touch(context.touched, Table::Model(*model), true);
            let shape = StepShape::Delete { model: *model, filter: Cow::Borrowed(filter) };
            let statement = context.rendered.get(context.schema, &Sqlite, shape);
            let attempt = Attempt::Delete { model: *model, filter };
            let rows = run(context, plan, progress, &statement, &attempt)?;
            expected(context, plan, progress, *model, rows, expect)?;
            progress.rows = rows;
        }
        Step::Link { model, relation, local, target, remove } => {
            let Some(statement) =
                render_link(context.schema, &Sqlite, *model, *relation, (local, target), *remove)
            else {
                return Err(Error::internal("a link step names a relation without a join table"));
            };
            context.versions.touch(context.touched, Table::join(context.schema, *model, *relation), false);
            let attempt = Attempt::Link { model: *model, relation: *relation };
            progress.rows = run(context, plan, progress, &statement, &attempt)?;
        }
        Step::Unlink { model, relation, local, filter } => {
            context.versions.touch(context.touched, Table::join(context.schema, *model, *relation), false);
            let (filter, local) = (Cow::Borrowed(filter), local.clone());
            let shape = StepShape::Unlink { model: *model, relation: *relation, local, filter };
            let statement = context.rendered.get(context.schema, &Sqlite, shape);
            let attempt = Attempt::Link { model: *model, relation: *relation };
            progress.rows = run(context, plan, progress, &statement, &attempt)?;
        }
        Step::Judge { read, rule } => {
            let mut answer = JsonSink::default();
            read_row(context, read, progress, &mut answer)?;
            rule.check(answer.text().unwrap_or_default())?;
        }
        Step::Skip { slot, if_loaded, steps } => {
            let is_loaded = progress.slots.iter().any(|(known, _)| known == slot);
            if is_loaded == *if_loaded {
                return Ok(usize::try_from(*steps).unwrap_or(usize::MAX));
            }
        }
        Step::Validate { slot, rule } => {
            if let Some((_, fields)) = progress.slots.iter().find(|(known, _)| known == slot) {
                rule.check(fields)?;
            }
        }
    }
    Ok(0)
}

fn run_insert(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    insert: &Insert,
    progress: &mut Progress,
    sink: &mut dyn RowSink,
) -> Result<(), Error> {
    context.versions.touch(context.touched, Table::Model(insert.model), false);
    let statement = context.rendered.get(context.schema, &Sqlite, StepShape::Insert(Cow::Borrowed(insert)));
    let attempt = Attempt::Insert(insert);
    let is_answer = plan.result.as_ref().is_some_and(|result| matches!(result.rows, ResultRows::Inserted));
    let mut rows = 1;
    let row = match &statement.shown {
        Shown::Returned(columns) if is_answer => {
            first_row(context, plan, progress, &statement, &attempt, Some((columns, sink)))?
        }
        shown => {
            let row = if insert.slot.is_some() {
                first_row(context, plan, progress, &statement, &attempt, None)?
            } else {
                rows = run(context, plan, progress, &statement, &attempt)?;
                None
            };
            if let (Shown::Given(columns), true) = (shown, is_answer) {
                write_given(columns, Sources::new(&plan.params, &progress.slots), sink);
            }
            row
        }
    };
    if let (Some(slot), Some(row)) = (insert.slot, row) {
        put(progress, slot, row);
    }
    progress.rows = rows;
    Ok(())
}

/// As the row would be read.
fn write_given(columns: &[GivenColumn], sources: Sources<'_>, sink: &mut dyn RowSink) {
    sink.begin_object();
    for column in columns {
        sink.key(&column.key);
        emit_given(&column.decode, sources.value(&column.source), sink);
    }
    sink.end_object();
}

pub(super) fn run_update(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    update: &Update,
    progress: &mut Progress,
) -> Result<(), Error> {
    let cascades = changes_keys(context.schema, update.model, &update.changes);
    context.versions.touch(context.touched, Table::Model(update.model), cascades);
    let (changes, filter) = (Cow::Borrowed(&*update.changes), Cow::Borrowed(&update.filter));
    let shape = StepShape::Update { model: update.model, changes, filter };
    let statement = context.rendered.get(context.schema, &Sqlite, shape);
    let rows = run(context, plan, progress, &statement, &Attempt::Update(update))?;
    expected(context, plan, progress, update.model, rows, &update.expect)?;
    progress.rows = rows;
    Ok(())
}

/// Whether as many rows were touched as must be.
fn expected(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    progress: &Progress,
    model: ModelId,
    rows: u64,
    expect: &Expect,
) -> Result<(), Error> {
    match (expect, rows) {
        (Expect::One { .. }, 0) => absent(context, plan, progress, model, expect),
        (Expect::Any, _) | (Expect::One { .. }, 1) => Ok(()),
        (Expect::One { .. }, _) => Err(Error::internal("a write of one row touched several")),
    }
}

/// No row was found: whether it exists for the actor decides what is said.
fn absent(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    progress: &Progress,
    model: ModelId,
    expect: &Expect,
) -> Result<(), Error> {
    let Expect::One { readable, denied, absent } = expect else { return Ok(()) };
    let failure: &CheckFailure = match readable {
        Filter::Never => absent,
        readable => {
            let statement = render_exists(context.schema, &Sqlite, model, readable);
            match first_row(context, plan, progress, &statement, &Attempt::Other, None)? {
                Some(_) => denied,
                None => absent,
            }
        }
    };
    Err(failure.to_error())
}

fn put(progress: &mut Progress, slot: LoadSlot, row: Fields) {
    match progress.slots.iter_mut().find(|(known, _)| *known == slot) {
        Some(entry) => entry.1 = row,
        None => progress.slots.push((slot, row)),
    }
}

/// Runs to the end; the number of rows touched.
fn run(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    progress: &Progress,
    statement: &WriteStatement,
    attempt: &Attempt<'_>,
) -> Result<u64, Error> {
    *context.statements += 1;
    let sources = Sources::new(&plan.params, &progress.slots);
    let result = (|| {
        let mut prepared = context.connection.prepare_cached(&statement.text)?;
        bind_all(&mut prepared, &statement.bindings, sources)?;
        prepared.raw_execute()
    })();
    match result {
        Ok(rows) => Ok(rows as u64),
        Err(error) => Err(attempt.explain(context, sources, error)),
    }
}

/// Runs to the end; the first row that came out, some of whose columns may go into a sink.
fn first_row(
    context: &mut PlanContext<'_>,
    plan: &WritePlan,
    progress: &Progress,
    statement: &WriteStatement,
    attempt: &Attempt<'_>,
    shown: Option<(&[OutputColumn], &mut dyn RowSink)>,
) -> Result<Option<Fields>, Error> {
    *context.statements += 1;
    let sources = Sources::new(&plan.params, &progress.slots);
    let result = (|| {
        let mut prepared = context.connection.prepare_cached(&statement.text)?;
        bind_all(&mut prepared, &statement.bindings, sources)?;
        let mut rows = prepared.raw_query();
        let Some(row) = rows.next()? else { return Ok(None) };
        let mut fields = Vec::with_capacity(statement.returning.len());
        for (position, column) in statement.returning.iter().enumerate() {
            fields.push((column.field, value_of(&column.decode, cell(row.get_ref(position)?))));
        }
        if let Some((columns, sink)) = shown {
            sink.begin_object();
            write_columns(columns, &Columns(row), sink);
            sink.end_object();
        }
        // A statement that writes has done so only when it has come to its end.
        while rows.next()?.is_some() {}
        Ok(Some(fields))
    })();
    result.map_err(|error| attempt.explain(context, sources, error))
}
