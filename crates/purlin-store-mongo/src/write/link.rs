//! Pairs of join collections.

use mongodb::bson::doc;
use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Link, ModelId};
use purlin_core::statement::WriteValue;

use super::conflict::conflict;
use super::insert::written;
use super::plan::PlanContext;
use super::references::lock_row;
use crate::error::Failure;
use crate::names::path;
use crate::value::{Element, encode};

/// Adding a pair twice is no error, nor is taking away what is not there.
pub(super) async fn run(
    context: &mut PlanContext<'_>,
    (model, relation): (ModelId, FieldId),
    (local, target): (&WriteValue, &WriteValue),
    remove: bool,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let near = schema.model(model);
    let field = near.field(relation);
    let Some((far, Link::Join(table))) = field.relation().map(|it| (schema.model(it.target), &it.link))
    else {
        return Err(Error::internal("a link step names a relation without a join table").into());
    };
    let local_element = Element::of(schema, near.field(table.local_key));
    let target_element = Element::of(schema, far.field(table.target_key));
    let local = encode(written(context, local), Some(local_element));
    let target = encode(written(context, target), Some(target_element));
    let pair = doc! { &table.local_column: local.clone(), &table.target_column: target.clone() };
    let pairs = context.work.collection(&table.table);
    if remove {
        context.work.run(async |session, _| pairs.delete_one(pair).session(session).await).await?;
        return Ok(());
    }
    let ends = [(near, table.local_key, local), (far, table.target_key, target)];
    for (model, key, value) in ends {
        if !lock_row(context, model, doc! { path(model, key): value }).await? {
            let text = "refers to a row that does not exist";
            return Err(conflict("one of the two rows does not exist", [(field.name.as_str(), text)]).into());
        }
    }
    // An insert that collides would end the transaction.
    let insert = doc! { "$setOnInsert": pair.clone() };
    context
        .work
        .run(async |session, _| pairs.update_one(pair, insert).upsert(true).session(session).await)
        .await?;
    Ok(())
}
