//! Updates: rows are read as they are, their new values calculated here, and written.

use mongodb::bson::{Bson, Document, RawDocumentBuf, doc};
use purlin_core::error::Error;
use purlin_core::schema::{Field, FieldId, Model, Relation};
use purlin_core::statement::{Change, ParamId, Update};
use purlin_core::value::Value;

use super::arithmetic::{Operation, calculate};
use super::change::{Changed, change_rows, set_literally};
use super::conflict::{explain, required};
use super::insert::written;
use super::plan::PlanContext;
use super::references::{lock_targets, referenced};
use super::rows::{id_of, rows_of};
use super::steps::expected;
use crate::error::Failure;
use crate::names::{collection, path};
use crate::render::{Frame, Renderer, reference};
use crate::value::{Element, Kind, encode, value_of};

pub(super) async fn run(context: &mut PlanContext<'_>, update: &Update) -> Result<(), Failure> {
    let model = context.work.schema().model(update.model);
    if let Some((condition, values)) = direct(context, model, update) {
        return run_directly(context, model, update, condition, values).await;
    }
    loop {
        let found = find(context, model, update).await?;
        expected(context, update.model, found.len(), &update.expect).await?;
        context.progress.rows = found.len() as u64;
        let mut rows = Vec::with_capacity(found.len());
        for row in found {
            let values = new_values(context, model, update, &row)?;
            rows.push((row, values));
        }
        if context.is_atomic {
            return carry_out(context, model, update, rows).await;
        }
        // Without a transaction somebody may have been quicker; then the row is looked at again.
        if carry_out_alone(context, model, update, rows).await? {
            return Ok(());
        }
        context.work.left()?;
    }
}

/// Where nothing depends on the rows as they are: which rows, and what they become.
fn direct(context: &PlanContext<'_>, model: &Model, update: &Update) -> Option<(Document, Document)> {
    let schema = context.work.schema();
    let mut frame = Frame::default();
    let condition = Renderer::new(schema, context.sources()).matching(&update.filter, &mut frame);
    if !frame.stages.is_empty() || update.changes.is_empty() {
        return None;
    }
    let others_look_at = referenced(schema, model);
    let mut values = Document::new();
    for (id, change) in &update.changes {
        let (field, Change::Set(value)) = (model.field(*id), change) else { return None };
        let value = written(context, value);
        let may_be_null = !field.is_required() && !field.is_list();
        if field.is_id || others_look_at.contains(id) || (value.is_null() && !may_be_null) {
            return None;
        }
        values.insert(path(model, *id), encode(value, Some(Element::of(schema, field))));
    }
    let is_whole = |relation: &Relation| {
        let mut given = relation.pairs().map(|(own, _)| values.contains_key(path(model, own)));
        let first = given.next();
        given.all(|other| Some(other) == first)
    };
    let mut owning =
        model.fields.iter().filter_map(Field::relation).filter(|it| it.is_owning() && !it.is_split);
    owning.all(is_whole).then_some((condition, values))
}

async fn run_directly(
    context: &mut PlanContext<'_>,
    model: &Model,
    update: &Update,
    condition: Document,
    values: Document,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let rows = context.work.collection(&collection(model));
    let (change, is_atomic) = (set_literally(&values), context.is_atomic);
    let result = context
        .work
        .run(async |session, _| {
            // The driver tries again by itself what is about one row.
            if is_atomic {
                rows.update_many(condition, change).session(session).await
            } else {
                rows.update_one(condition, change).session(session).await
            }
        })
        .await
        .map_err(|error| explain(schema, update.model, error))?;
    expected(
        context,
        update.model,
        usize::try_from(result.matched_count).unwrap_or(usize::MAX),
        &update.expect,
    )
    .await?;
    context.progress.rows = result.matched_count;
    if result.matched_count > 0 {
        let is_written = |field: FieldId| update.changes.iter().any(|(changed, _)| *changed == field);
        lock_targets(context, update.model, &[values], is_written).await?;
    }
    Ok(())
}

async fn carry_out(
    context: &mut PlanContext<'_>,
    model: &Model,
    update: &Update,
    rows: Vec<Changed>,
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let key = |(old, values): &Changed| -> Document {
        let part = |at: &str| values.get(at).or_else(|| old.get(at)).cloned().unwrap_or(Bson::Null);
        reference_paths(model).map(|at| (at.to_owned(), part(at))).collect()
    };
    let keys: Vec<Document> = rows.iter().map(key).collect();
    change_rows(context, model, rows, 0).await?;
    let is_written = |field: FieldId| update.changes.iter().any(|(changed, _)| *changed == field);
    lock_targets(context, update.model, &keys, is_written).await
}

/// Whether the row was still as it was found.
async fn carry_out_alone(
    context: &mut PlanContext<'_>,
    model: &Model,
    update: &Update,
    rows: Vec<Changed>,
) -> Result<bool, Failure> {
    let schema = context.work.schema();
    for (old, values) in rows {
        if values.is_empty() {
            continue;
        }
        let filter = Renderer::new(schema, context.sources()).matching(&update.filter, &mut Frame::default());
        let mut conditions = vec![doc! { "_id": id_of(&old) }, filter];
        for at in values.keys() {
            let before = old.get(at).cloned().unwrap_or(Bson::Null);
            conditions.push(doc! { "$expr": { "$eq": [{ "$ifNull": [reference(at), Bson::Null] },
            { "$literal": before }] } });
        }
        let rows = context.work.collection(&collection(model));
        let change = set_literally(&values);
        let result = context
            .work
            .run(async |session, _| {
                rows.update_one(doc! { "$and": conditions }, change).session(session).await
            })
            .await
            .map_err(|error| explain(schema, update.model, error))?;
        if result.matched_count == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The rows of the filter: their keys, what changes, what others refer to, and whether the conditions of
/// changes hold (at `holds0`, `holds1` and so on).
async fn find(
    context: &mut PlanContext<'_>,
    model: &Model,
    update: &Update,
) -> Result<Vec<Document>, Failure> {
    let schema = context.work.schema();
    let mut frame = Frame::default();
    let mut renderer = Renderer::new(schema, context.sources());
    renderer.filter_stages(&update.filter, &mut frame);
    let mut wanted = doc! { "_id": 1 };
    for field in update.changes.iter().map(|(field, _)| *field).chain(referenced(schema, model)) {
        wanted.insert(path(model, field), 1);
    }
    // The other parts of keys that change in part.
    for at in reference_paths(model) {
        wanted.insert(at, 1);
    }
    for (number, (_, change)) in update.changes.iter().enumerate() {
        if let Change::SetWhere { condition, .. } = change {
            let holds = renderer.expression(condition, &mut frame);
            wanted.insert(
                holds_at(number),
                match holds {
                    Bson::Boolean(truth) => doc! { "$literal": truth }.into(),
                    holds => holds,
                },
            );
        }
    }
    frame.push(doc! { "$project": wanted });
    rows_of(context, model, frame.stages).await
}

/// Columns by which rows refer to others.
fn reference_paths(model: &Model) -> impl Iterator<Item = &str> {
    let owning = model.fields.iter().filter_map(Field::relation).filter(|it| it.is_owning() && !it.is_split);
    owning.flat_map(|relation| relation.pairs().map(|(own, _)| path(model, own)))
}

fn holds_at(number: usize) -> String {
    format!("_purlin_holds{number}")
}

fn new_values(
    context: &PlanContext<'_>,
    model: &Model,
    update: &Update,
    row: &Document,
) -> Result<Document, Failure> {
    let schema = context.work.schema();
    let raw = RawDocumentBuf::try_from(row).map_err(Error::internal)?;
    let mut values = Document::new();
    for (number, (field, change)) in update.changes.iter().enumerate() {
        let field = model.field(*field);
        let at = path(model, field.id);
        let old = || value_of(Kind::of(schema, field), raw.get(at).ok().flatten());
        let param = |param: &ParamId| context.sources().param(*param);
        let calculated = |operation, operand| calculate(operation, field, &old(), param(operand));
        let value = match change {
            Change::Set(value) => written(context, value).clone(),
            Change::SetWhere { value, .. } => {
                if !row.get_bool(holds_at(number)).is_ok_and(|holds| holds) {
                    continue;
                }
                written(context, value).clone()
            }
            Change::Increment(operand) => calculated(Operation::Add, operand)?,
            Change::Decrement(operand) => calculated(Operation::Subtract, operand)?,
            Change::Multiply(operand) => calculated(Operation::Multiply, operand)?,
            Change::Divide(operand) => calculated(Operation::Divide, operand)?,
            Change::Push(operand) => pushed(old(), param(operand)),
        };
        if value.is_null() && (field.is_required() || field.is_list()) {
            return Err(required(field).into());
        }
        values.insert(at, encode(&value, Some(Element::of(schema, field))));
    }
    Ok(values)
}

/// A list with the elements of another at its end.
fn pushed(list: Value, elements: &Value) -> Value {
    let mut items = match list {
        Value::List(items) => items,
        _ => Vec::new(),
    };
    match elements {
        Value::List(elements) => items.extend(elements.iter().cloned()),
        Value::Null => {}
        element => items.push(element.clone()),
    }
    Value::List(items)
}
