//! Keys that count up. The last number of each is kept in a collection of its own, and is counted in the
//! plan's transaction.

use std::sync::Arc;

use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;
use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldId, Model, Schema};
use purlin_core::statement::{Step, WritePlan};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::plan::PlanContext;
use crate::error::Failure;
use crate::names::{COUNTERS, collection, path, single_key};

/// Plans of this process that count up the same key wait for each other here, since the server would make
/// all but one of them start over.
#[derive(Debug)]
pub(crate) struct Counters(Vec<Arc<Mutex<()>>>);

impl Counters {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self(schema.models.iter().map(|_| Arc::default()).collect())
    }

    /// Those that the plan counts up, in one order for all.
    pub(super) async fn hold(&self, schema: &Schema, plan: &WritePlan) -> Vec<OwnedMutexGuard<()>> {
        let mut models: Vec<usize> = Vec::new();
        for step in &plan.steps {
            if let Step::Insert(insert) = step
                && counted_key(schema.model(insert.model)).is_some()
            {
                models.push(insert.model.index());
            }
        }
        models.sort_unstable();
        models.dedup();
        let mut held = Vec::with_capacity(models.len());
        for model in models {
            if let Some(counter) = self.0.get(model) {
                held.push(Arc::clone(counter).lock_owned().await);
            }
        }
        held
    }
}

/// The key that the database counts up by itself.
pub(super) fn counted_key(model: &Model) -> Option<FieldId> {
    single_key(model).filter(|key| is_counted(model.field(*key)))
}

fn is_counted(field: &Field) -> bool {
    matches!(
        field.default,
        Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
    )
}

/// Columns besides the key.
pub(super) fn counts_up(field: &Field) -> bool {
    is_counted(field)
}

/// The next number of a column.
pub(super) async fn next(
    context: &mut PlanContext<'_>,
    model: &Model,
    field: FieldId,
) -> Result<i64, Failure> {
    let (id, counters) = (counter_id(model, field), context.work.collection(COUNTERS));
    let found = context
        .work
        .run(async |session, left| {
            counters
                .find_one_and_update(doc! { "_id": &id }, doc! { "$inc": { "last": 1_i64 } })
                .return_document(ReturnDocument::After)
                .max_time(left)
                .session(session)
                .await
        })
        .await?;
    if let Some(counter) = found {
        return Ok(number(counter.get("last")));
    }
    let first = highest(context, model, field).await?.saturating_add(1);
    begin(context, &id, first).await?;
    Ok(first)
}

/// A number was given: counting goes on behind it.
pub(super) async fn given(
    context: &mut PlanContext<'_>,
    model: &Model,
    field: FieldId,
    given: i64,
) -> Result<(), Failure> {
    let (id, counters) = (counter_id(model, field), context.work.collection(COUNTERS));
    let result = context
        .work
        .run(async |session, _| {
            counters
                .update_one(doc! { "_id": &id }, doc! { "$max": { "last": given } })
                .session(session)
                .await
        })
        .await?;
    if result.matched_count == 0 {
        let highest = highest(context, model, field).await?;
        begin(context, &id, highest.max(given)).await?;
    }
    Ok(())
}

async fn begin(context: &mut PlanContext<'_>, id: &str, last: i64) -> Result<(), Failure> {
    let counters = context.work.collection(COUNTERS);
    let counter = doc! { "_id": id, "last": last };
    context.work.run(async |session, _| counters.insert_one(counter).session(session).await).await?;
    Ok(())
}

/// Of rows that were there before they were counted.
async fn highest(context: &mut PlanContext<'_>, model: &Model, field: FieldId) -> Result<i64, Failure> {
    let (rows, at) = (context.work.collection(&collection(model)), path(model, field));
    let row: Option<Document> = context
        .work
        .run(async |session, left| {
            rows.find_one(doc! { at: { "$type": "number" } })
                .sort(doc! { at: -1 })
                .projection(doc! { at: 1 })
                .max_time(left)
                .session(session)
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

fn counter_id(model: &Model, field: FieldId) -> String {
    let name = collection(model);
    if single_key(model) == Some(field) {
        name.into_owned()
    } else {
        format!("{name}.{}", path(model, field))
    }
}
