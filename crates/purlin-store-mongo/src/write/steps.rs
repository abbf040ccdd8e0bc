//! The steps of a plan that only look, and the way to those that write.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mongodb::bson::doc;
use purlin_core::error::Error;
use purlin_core::schema::{FieldId, ModelId};
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{CheckFailure, Expect, Filter, Step};
use purlin_core::value::Value;

use super::link::Links;
use super::plan::PlanContext;
use super::together::{inserts, pairs};
use super::{delete, insert, link, update};
use crate::error::Failure;
use crate::names::{COUNTERS, collection, path};
use crate::read::{Cells, execute};
use crate::render::{Frame, Projection, Renderer, Sources, reference};
use crate::value::{Kind, value_of};

/// How far a plan has come.
pub(super) struct Done {
    /// Steps that were one command.
    pub together: usize,
    /// Steps behind them that are passed over.
    pub passed: usize,
}

const ONE: Done = Done { together: 1, passed: 0 };

/// The first of the steps, with those behind it that are one command with it.
pub(super) async fn run_head(
    context: &mut PlanContext<'_>,
    steps: &[Step],
    sink: &mut dyn RowSink,
) -> Result<Done, Failure> {
    let Some(step) = steps.first() else { return Ok(ONE) };
    match step {
        Step::Load { slot, model, fields, filter, expect } => {
            match load(context, *model, fields, filter).await? {
                Some(row) => context.progress.put(*slot, row),
                None => absent(context, *model, expect).await?,
            }
        }
        Step::Check { filter, failure } => {
            if !holds(context, filter).await? {
                return Err(failure.to_error().into());
            }
        }
        Step::Insert(insert) => {
            let inserts = inserts(context, insert, steps);
            insert::run(context, &inserts, sink).await?;
            return Ok(Done { together: inserts.len(), passed: 0 });
        }
        Step::Update(update) => update::run(context, update).await?,
        Step::Delete { model, filter, expect } => delete::run(context, *model, filter, expect).await?,
        &Step::Link { model, relation, remove, .. } => {
            let links = Links { model, relation, remove, ends: pairs((model, relation, remove), steps) };
            link::run(context, &links).await?;
            return Ok(Done { together: links.ends.len(), passed: 0 });
        }
        Step::Validate { slot, rule } => {
            let row = context.progress.slots.iter().find(|(known, _)| known == slot);
            let Some((_, fields)) = row else { return Ok(ONE) };
            // Rules are other people's code.
            catch_unwind(AssertUnwindSafe(|| rule.check(fields)))
                .unwrap_or_else(|_| Err(Error::internal("a rule of the plan panicked")))?;
        }
        Step::Unlink { model, relation, local, filter } => {
            link::unlink(context, (*model, *relation), local, filter).await?;
        }
        Step::Judge { read, rule } => {
            let mut answer = JsonSink::default();
            let sources = Sources::new(&read.params, &context.progress.slots);
            execute(&mut context.work, read, sources, &mut answer).await?;
            let text = answer.text().unwrap_or_default();
            catch_unwind(AssertUnwindSafe(|| rule.check(text)))
                .unwrap_or_else(|_| Err(Error::internal("a rule of the plan panicked")))?;
        }
        Step::Skip { slot, if_loaded, steps } => {
            let is_loaded = context.progress.slots.iter().any(|(known, _)| known == slot);
            if is_loaded == *if_loaded {
                return Ok(Done { together: 1, passed: usize::try_from(*steps).unwrap_or(usize::MAX) });
            }
        }
    }
    Ok(ONE)
}

async fn load(
    context: &mut PlanContext<'_>,
    model: ModelId,
    fields: &[FieldId],
    filter: &Filter,
) -> Result<Option<Vec<(FieldId, Value)>>, Failure> {
    let schema = context.work.schema();
    let described = schema.model(model);
    let mut frame = Frame::default();
    Renderer::new(schema, context.sources()).filter_stages(filter, &mut frame);
    frame.push(doc! { "$limit": 1 });
    let mut projection = Projection::default();
    let places: Vec<usize> =
        fields.iter().map(|field| projection.add(reference(path(described, *field)))).collect();
    frame.push(projection.stage());
    let rows = context.work.rows(&collection(described), frame.stages).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let cells = Cells::of(row);
    let value = |(field, place): (&FieldId, &usize)| {
        (*field, value_of(Kind::of(schema, described.field(*field)), cells.get(*place)))
    };
    Ok(Some(fields.iter().zip(&places).map(value).collect()))
}

/// A condition over no row.
async fn holds(context: &mut PlanContext<'_>, filter: &Filter) -> Result<bool, Failure> {
    match filter {
        Filter::Always => return Ok(true),
        Filter::Never => return Ok(false),
        _ => {}
    }
    let mut frame = Frame::default();
    // One document to ask about, whatever the collection holds.
    frame.push(doc! { "$facet": { "none": [{ "$limit": 1 }] } });
    Renderer::new(context.work.schema(), context.sources()).filter_stages(filter, &mut frame);
    frame.push(doc! { "$project": { "_id": 1 } });
    Ok(!context.work.rows(COUNTERS, frame.stages).await?.is_empty())
}

/// Whether as many rows were touched as must be.
pub(super) async fn expected(
    context: &mut PlanContext<'_>,
    model: ModelId,
    rows: usize,
    expect: &Expect,
) -> Result<(), Failure> {
    match (expect, rows) {
        (Expect::One { .. }, 0) => absent(context, model, expect).await,
        (Expect::Any, _) | (Expect::One { .. }, 1) => Ok(()),
        (Expect::One { .. }, _) => Err(Error::internal("a write of one row touched several").into()),
    }
}

/// No row was found: whether it exists for the actor decides what is said.
async fn absent(context: &mut PlanContext<'_>, model: ModelId, expect: &Expect) -> Result<(), Failure> {
    let Expect::One { readable, denied, absent } = expect else { return Ok(()) };
    let failure: &CheckFailure = match readable {
        Filter::Never => absent,
        readable => match load(context, model, &[], readable).await? {
            Some(_) => denied,
            None => absent,
        },
    };
    Err(failure.to_error().into())
}
