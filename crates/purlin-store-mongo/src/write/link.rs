//! Pairs of join collections.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Link, ModelId};
use purlin_core::statement::{Filter, WriteValue};

use super::conflict::conflict;
use super::insert::written;
use super::plan::PlanContext;
use super::references::lock_rows;
use super::rows::{projection, rows_of};
use crate::error::Failure;
use crate::names::path;
use crate::render::{Frame, Renderer};
use crate::value::{Element, encode};

/// Pairs of one relation that are added or taken away.
#[derive(Debug)]
pub(super) struct Links<'p> {
    pub model: ModelId,
    pub relation: FieldId,
    pub remove: bool,
    pub ends: Vec<(&'p WriteValue, &'p WriteValue)>,
}

/// Adding a pair twice is no error, nor is taking away what is not there. However many pairs there are, they are a
/// fixed number of commands.
pub(super) async fn run(context: &mut PlanContext<'_>, links: &Links<'_>) -> Result<(), Failure> {
    let schema = context.work.schema();
    let near = schema.model(links.model);
    let field = near.field(links.relation);
    let Some((far, Link::Join(table))) = field.relation().map(|it| (schema.model(it.target), &it.link))
    else {
        return Err(Error::internal("a link step names a relation without a join table").into());
    };
    let local_element = Element::of(schema, near.field(table.local_key));
    let target_element = Element::of(schema, far.field(table.target_key));
    let encoded = |(local, target): &(&WriteValue, &WriteValue)| {
        let local = encode(written(context, local), Some(local_element));
        (local, encode(written(context, target), Some(target_element)))
    };
    let ends: Vec<(Bson, Bson)> = links.ends.iter().map(encoded).collect();
    if !links.remove {
        let locals = ends.iter().map(|(local, _)| vec![local.clone()]).collect();
        let targets = ends.iter().map(|(_, target)| vec![target.clone()]).collect();
        let are_there = lock_rows(context, near, &[path(near, table.local_key)], locals).await?
            && lock_rows(context, far, &[path(far, table.target_key)], targets).await?;
        if !are_there {
            let text = "refers to a row that does not exist";
            return Err(conflict("one of the two rows does not exist", [(field.name.as_str(), text)]).into());
        }
    }
    let pairs: Vec<Document> = ends
        .into_iter()
        .map(|(local, target)| doc! { &table.local_column: local, &table.target_column: target })
        .collect();
    let changes: Vec<Document> = pairs.into_iter().map(|pair| change(pair, links.remove)).collect();
    let command = if links.remove {
        doc! { "delete": &table.table, "deletes": changes }
    } else {
        doc! { "update": &table.table, "updates": changes }
    };
    context.work.change(command).await
}

/// Takes away the pairs of one row whose other ends satisfy the filter (scope 0).
pub(super) async fn unlink(
    context: &mut PlanContext<'_>,
    (model, relation): (ModelId, FieldId),
    local: &WriteValue,
    filter: &Filter,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let near = schema.model(model);
    let field = near.field(relation);
    let Some((far, Link::Join(table))) = field.relation().map(|it| (schema.model(it.target), &it.link))
    else {
        return Err(Error::internal("an unlink step names a relation without a join table").into());
    };
    let local_element = Element::of(schema, near.field(table.local_key));
    let local = encode(written(context, local), Some(local_element));
    let mut pairs = doc! { &table.local_column: local };
    if *filter != Filter::Always {
        let mut frame = Frame::default();
        Renderer::new(schema, context.sources()).filter_stages(filter, &mut frame);
        frame.push(doc! { "$project": projection(far, [table.target_key]) });
        let key = path(far, table.target_key);
        let rows = rows_of(context, far, frame.stages).await?;
        let keys: Vec<Bson> = rows.iter().filter_map(|row| row.get(key).cloned()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        pairs.insert(&table.target_column, doc! { "$in": keys });
    }
    let command = doc! { "delete": &table.table, "deletes": [{ "q": pairs, "limit": 0 }] };
    context.work.change(command).await
}

/// An insert that collides would end the transaction.
fn change(pair: Document, remove: bool) -> Document {
    if remove {
        doc! { "q": pair, "limit": 1 }
    } else {
        doc! { "q": pair.clone(), "u": { "$setOnInsert": pair }, "upsert": true }
    }
}
