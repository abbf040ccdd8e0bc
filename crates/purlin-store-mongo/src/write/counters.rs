//! Keys that count up. The last number of each is kept in a collection of its own. It is counted outside of the
//! plan's transaction, so that plans do not wait for each other: one that fails leaves a gap, as with sequences.

use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;
use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldId, Model};

use super::conflict::DUPLICATE_KEY;
use super::plan::PlanContext;
use crate::error::{Failure, code_of};
use crate::names::{COUNTERS, collection, path, single_key};

/// A column that the database counts up by itself.
pub(super) fn counts_up(field: &Field) -> bool {
    matches!(
        field.default,
        Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
    )
}

/// The first of the next `count` numbers of a column.
pub(super) async fn next(
    context: &mut PlanContext<'_>,
    model: &Model,
    field: FieldId,
    count: i64,
) -> Result<i64, Failure> {
    let (id, counters) = (counter_id(model, field), context.work.collection(COUNTERS));
    let change = doc! { "$inc": { "last": count } };
    let counted = async |context: &mut PlanContext<'_>| {
        context
            .work
            .run(async |_, left| {
                counters
                    .find_one_and_update(doc! { "_id": &id }, change.clone())
                    .return_document(ReturnDocument::After)
                    .max_time(left)
                    .await
            })
            .await
    };
    if let Some(counter) = counted(context).await? {
        return Ok(number(counter.get("last")) - count + 1);
    }
    // Somebody else may begin it at the same time: whoever is second finds it there, and counts on.
    let first = doc! { "_id": &id, "last": highest(context, model, field).await? };
    let begun = context.work.run(async |_, _| counters.insert_one(&first).await.map(|_| ())).await;
    match begun {
        Err(Failure::Mongo(error)) if code_of(&error) != Some(DUPLICATE_KEY) => return Err(error.into()),
        Err(failure @ Failure::Core(_)) => return Err(failure),
        _ => {}
    }
    let counter = counted(context).await?;
    Ok(counter.map_or(1, |counter| number(counter.get("last")) - count + 1))
}

/// A number was given: counting goes on behind it.
pub(super) async fn given(
    context: &mut PlanContext<'_>,
    model: &Model,
    field: FieldId,
    given: i64,
) -> Result<(), Failure> {
    let (id, counters) = (counter_id(model, field), context.work.collection(COUNTERS));
    let raise = async |context: &mut PlanContext<'_>, last: i64, is_first: bool| {
        let change = doc! { "$max": { "last": last } };
        context
            .work
            .run(async |_, _| counters.update_one(doc! { "_id": &id }, change).upsert(is_first).await)
            .await
    };
    if raise(context, given, false).await?.matched_count == 0 {
        let highest = highest(context, model, field).await?;
        raise(context, highest.max(given), true).await?;
    }
    Ok(())
}

/// Of rows that were there before they were counted.
async fn highest(context: &mut PlanContext<'_>, model: &Model, field: FieldId) -> Result<i64, Failure> {
    let (rows, at) = (context.work.collection(&collection(model)), path(model, field));
    let row: Option<Document> = context
        .work
        .run(async |_, left| {
            rows.find_one(doc! { at: { "$type": "number" } })
                .sort(doc! { at: -1 })
                .projection(doc! { at: 1 })
                .max_time(left)
                .await
        })
        .await?;
    Ok(row.map_or(0, |row| number(row.get(at))))
}

fn number(value: Option<&Bson>) -> i64 {
    match value {
        Some(Bson::Int32(number)) => i64::from(*number),
        Some(Bson::Int64(number)) => *number,
        #[expect(clippy::cast_possible_truncation, reason = "keys are whole")]
        Some(Bson::Double(number)) => *number as i64,
        _ => 0,
    }
}

pub(super) fn counter_id(model: &Model, field: FieldId) -> String {
    let name = collection(model);
    if single_key(model) == Some(field) {
        name.into_owned()
    } else {
        format!("{name}.{}", path(model, field))
    }
}
