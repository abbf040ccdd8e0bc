//! Inserts.

use mongodb::Collection;
use mongodb::bson::{Bson, Document, RawDocumentBuf};
use purlin_core::error::Error;
use purlin_core::schema::{Field, FieldId, FieldKind, IndexField, Model};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Insert, ResultRows, WriteValue};
use purlin_core::value::Value;

use super::conflict::{already_exists, explain, required};
use super::counters::{self, counts_up};
use super::defaults::default_value;
use super::plan::PlanContext;
use super::references::lock_targets;
use super::rows::exists;
use crate::error::Failure;
use crate::names::{collection, path, single_key};
use crate::value::{Element, Kind, emit, encode, value_of};

/// Several are of one model, with values for the same columns, and one command.
pub(super) async fn run(
    context: &mut PlanContext<'_>,
    inserts: &[&Insert],
    sink: &mut dyn RowSink,
) -> Result<(), Failure> {
    let Some(first) = inserts.first() else { return Ok(()) };
    let model = context.work.schema().model(first.model);
    if let ([insert], true) = (inserts, first.skips_duplicates) {
        let row = rows_of(context, model, &[insert]).await?;
        // A refused insert would end the transaction.
        if is_taken(context, model, row.first()).await? {
            context.progress.rows = 0;
            return Ok(());
        }
    }
    let wrote = async |context: &mut PlanContext<'_>| {
        let rows = rows_of(context, model, inserts).await?;
        insert_rows(context, model, &rows).await?;
        lock_targets(context, model.id, &rows, |_| true).await?;
        Ok(rows)
    };
    let rows = match wrote(context).await {
        Err(failure) if inserts.len() > 1 && !is_of_the_server(&failure) => return Err(Failure::Together),
        rows => rows?,
    };
    for (insert, row) in inserts.iter().zip(&rows) {
        answer(context, model, insert, row, sink)?;
    }
    context.progress.rows = 1;
    Ok(())
}

/// It says nothing about the rows.
fn is_of_the_server(failure: &Failure) -> bool {
    failure.is_transient() || matches!(failure, Failure::Core(Error::Unavailable(_)))
}

async fn insert_rows(context: &mut PlanContext<'_>, model: &Model, rows: &[Document]) -> Result<(), Failure> {
    let schema = context.work.schema();
    let collection = context.work.collection(&collection(model));
    let [row] = rows else {
        let inserted =
            context.work.run(async |session, _| collection.insert_many(rows).session(session).await).await;
        return inserted.map(|_| ());
    };
    let inserted =
        context.work.run(async |session, _| collection.insert_one(row).session(session).await).await;
    let Err(error) = inserted else { return Ok(()) };
    let error = explain(schema, model.id, error);
    if !matches!(&error, Failure::Core(Error::Conflict { .. })) {
        return Err(error);
    }
    Err(first_taken(model, &collection, row).await.map_or(error, Failure::from))
}

/// What later steps and the answer want of a row.
fn answer(
    context: &mut PlanContext<'_>,
    model: &Model,
    insert: &Insert,
    row: &Document,
    sink: &mut dyn RowSink,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let raw = RawDocumentBuf::try_from(row).map_err(Error::internal)?;
    let stored = |field: FieldId| raw.get(path(model, field)).ok().flatten();
    if let Some(slot) = insert.slot {
        let mut fields: Vec<FieldId> = Vec::new();
        for field in model.key_fields().map(|field| field.id).chain(insert.returning.iter().copied()) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        let value = |field: FieldId| (field, value_of(Kind::of(schema, model.field(field)), stored(field)));
        context.progress.put(slot, fields.into_iter().map(value).collect());
    }
    let result = context.plan.result.as_ref();
    if result.is_some_and(|result| matches!(result.rows, ResultRows::Inserted)) {
        sink.begin_object();
        for field in &insert.shown {
            let described = model.field(*field);
            sink.key(&described.name);
            emit(Kind::of(schema, described), stored(*field), sink);
        }
        sink.end_object();
    }
    Ok(())
}

/// Whether another row has one of its keys.
async fn is_taken(
    context: &mut PlanContext<'_>,
    model: &Model,
    row: Option<&Document>,
) -> Result<bool, Failure> {
    let Some(row) = row else { return Ok(false) };
    for key in keys(model) {
        if let Some(same) = same_key(model, &key, row)
            && exists(context, model, same).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The unique keys without a condition, the primary one first.
fn keys(model: &Model) -> impl Iterator<Item = Vec<&Field>> {
    let uniques = model.uniques.iter().filter(|unique| unique.partial.is_none()).map(|unique| &unique.fields);
    let fields = |key: &Vec<IndexField>| key.iter().map(|part| model.field(part.field)).collect();
    std::iter::once(&model.primary_key.fields).chain(uniques).map(fields)
}

/// Rows with the same key; null is never the same.
fn same_key(model: &Model, key: &[&Field], row: &Document) -> Option<Document> {
    let value = |field: &&Field| {
        let path = path(model, field.id).to_owned();
        let value = row.get(&path).filter(|value| **value != Bson::Null)?;
        Some((path, value.clone()))
    };
    key.iter().map(value).collect()
}

/// Of several keys that are taken the server names any: the first of the schema is named, as everywhere. Asked outside of
/// the transaction, which has failed.
async fn first_taken(model: &Model, rows: &Collection<Document>, row: &Document) -> Option<Error> {
    for fields in keys(model) {
        let Some(same) = same_key(model, &fields, row) else { continue };
        if rows.find_one(same).await.is_ok_and(|found| found.is_some()) {
            return Some(already_exists(model, &fields));
        }
    }
    None
}

/// Whole documents: columns that are not given have their default, or null. Numbers are counted for all rows at once.
async fn rows_of(
    context: &mut PlanContext<'_>,
    model: &Model,
    inserts: &[&Insert],
) -> Result<Vec<Document>, Failure> {
    let mut counted = Vec::new();
    for field in model.columns().filter(|field| counts_up(field)) {
        let values = inserts.iter().filter_map(|insert| given(context, insert, field.id));
        let highest =
            values.filter_map(|value| if let Value::Int(number) = value { Some(*number) } else { None });
        if let Some(highest) = highest.max() {
            counters::given(context, model, field.id, highest).await?;
        } else if inserts.iter().all(|insert| given(context, insert, field.id).is_none()) {
            let count = i64::try_from(inserts.len()).unwrap_or(i64::MAX);
            counted.push((field.id, counters::next(context, model, field.id, count).await?));
        }
    }
    let row = |(insert, number): (&&Insert, i64)| {
        let counted = |field: FieldId| {
            counted.iter().find(|(known, _)| *known == field).map(|(_, first)| Value::Int(first + number))
        };
        row_of(context, model, insert, counted)
    };
    Ok(inserts.iter().zip(0..).map(row).collect::<Result<_, _>>()?)
}

fn row_of(
    context: &PlanContext<'_>,
    model: &Model,
    insert: &Insert,
    counted: impl Fn(FieldId) -> Option<Value>,
) -> Result<Document, Error> {
    let schema = context.work.schema();
    let mut row = Document::new();
    for field in model.columns() {
        if matches!(field.kind, FieldKind::Unsupported(_)) {
            continue;
        }
        let value = given(context, insert, field.id).cloned().or_else(|| counted(field.id));
        let value = value.unwrap_or_else(|| default_value(schema, field));
        if value.is_null() && (field.is_required() || field.is_list()) {
            return Err(required(field));
        }
        row.insert(path(model, field.id), encode(&value, Some(Element::of(schema, field))));
    }
    if single_key(model).is_none() {
        row.insert("_id", compound_id(model, &row));
    }
    Ok(row)
}

fn given<'c>(context: &'c PlanContext<'_>, insert: &'c Insert, field: FieldId) -> Option<&'c Value> {
    let value = insert.values.iter().find(|(known, _)| *known == field).map(|(_, value)| value);
    value.map(|value| written(context, value))
}

pub(super) fn written<'c>(context: &'c PlanContext<'_>, value: &WriteValue) -> &'c Value {
    match value {
        WriteValue::Param(param) => context.sources().param(*param),
        WriteValue::Loaded { slot, field } => context.sources().loaded(*slot, *field),
    }
}

/// The members of the key as one document.
pub(super) fn compound_id(model: &Model, row: &Document) -> Document {
    let parts = model.key_fields().map(|field| {
        let value = row.get(path(model, field.id)).cloned().unwrap_or(Bson::Null);
        (field.column.clone(), value)
    });
    parts.collect()
}
