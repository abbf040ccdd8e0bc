//! Inserts.

use mongodb::Collection;
use mongodb::bson::{Bson, Document, RawDocumentBuf};
use purlin_core::error::Error;
use purlin_core::schema::{Field, FieldId, FieldKind, Model};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Insert, ResultRows, WriteValue};
use purlin_core::value::Value;

use super::conflict::{already_exists, explain, required};
use super::counters::{self, counts_up};
use super::defaults::default_value;
use super::plan::PlanContext;
use super::references::lock_targets;
use crate::error::Failure;
use crate::names::{collection, path, single_key};
use crate::value::{Element, Kind, emit, encode, value_of};

pub(super) async fn run(
    context: &mut PlanContext<'_>,
    insert: &Insert,
    sink: &mut dyn RowSink,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let model = schema.model(insert.model);
    context.progress.touch(insert.model);
    let row = row_of(context, model, insert).await?;
    let rows = context.work.collection(&collection(model));
    let inserted = context.work.run(async |session, _| rows.insert_one(&row).session(session).await).await;
    if let Err(error) = inserted {
        let error = explain(schema, insert.model, error);
        if !matches!(&error, Failure::Core(Error::Conflict { .. })) {
            return Err(error);
        }
        return Err(first_taken(model, &rows, &row).await.map_or(error, Failure::from));
    }
    lock_targets(context, insert.model, &row, |_| true).await?;
    let raw = RawDocumentBuf::try_from(&row).map_err(Error::internal)?;
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
    context.progress.rows = 1;
    Ok(())
}

/// Of several keys that are taken the server names any: the first of the schema is named, as everywhere. Asked outside of
/// the transaction, which has failed.
async fn first_taken(model: &Model, rows: &Collection<Document>, row: &Document) -> Option<Error> {
    let primary = &model.primary_key.fields;
    let uniques = model.uniques.iter().filter(|unique| unique.partial.is_none()).map(|unique| &unique.fields);
    for key in std::iter::once(primary).chain(uniques) {
        let fields: Vec<&Field> = key.iter().map(|part| model.field(part.field)).collect();
        let value = |field: &&Field| {
            let path = path(model, field.id).to_owned();
            let value = row.get(&path).filter(|value| **value != Bson::Null)?;
            Some((path, value.clone()))
        };
        let Some(same) = fields.iter().map(value).collect::<Option<Document>>() else { continue };
        if rows.find_one(same).await.is_ok_and(|found| found.is_some()) {
            return Some(already_exists(model, &fields));
        }
    }
    None
}

/// The whole document: columns that are not given have their default, or null.
async fn row_of(context: &mut PlanContext<'_>, model: &Model, insert: &Insert) -> Result<Document, Failure> {
    let schema = context.work.schema();
    let mut row = Document::new();
    for field in model.columns() {
        if matches!(field.kind, FieldKind::Unsupported(_)) {
            continue;
        }
        let given = insert.values.iter().find(|(known, _)| *known == field.id).map(|(_, value)| value);
        let given = given.map(|value| written(context, value).clone());
        let value = match given {
            Some(value) => {
                if let (true, Value::Int(number)) = (counts_up(field), &value) {
                    counters::given(context, model, field.id, *number).await?;
                }
                value
            }
            None if counts_up(field) => Value::Int(counters::next(context, model, field.id).await?),
            None => default_value(schema, field),
        };
        if value.is_null() && (field.is_required() || field.is_list()) {
            return Err(required(field).into());
        }
        row.insert(path(model, field.id), encode(&value, Some(Element::of(schema, field))));
    }
    if single_key(model).is_none() {
        row.insert("_id", compound_id(model, &row));
    }
    Ok(row)
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
