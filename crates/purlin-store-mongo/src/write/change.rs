//! Giving rows new values, and what follows for rows that refer to them.

use std::future::Future;
use std::pin::Pin;

use mongodb::bson::{Bson, Document, doc};
use purlin_core::error::Error;
use purlin_core::schema::{Model, ReferentialAction};

use super::conflict::explain;
use super::delete::{leave, left_values};
use super::insert::compound_id;
use super::plan::PlanContext;
use super::references::{joins, referenced, referrers, refusal};
use super::rows::{among, exists, id_of, key_at, rows_with};
use crate::error::Failure;
use crate::names::{collection, path, single_key};

/// A row by its document of old values (its key and what others refer to), and its new values by path.
pub(super) type Changed = (Document, Document);

/// Keys may lead from row to row; a chain as long as this goes in circles.
const DEEPEST: usize = 64;

type Changing<'f> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'f>>;

pub(super) fn change_rows<'f>(
    context: &'f mut PlanContext<'_>,
    model: &'f Model,
    rows: Vec<Changed>,
    depth: usize,
) -> Changing<'f> {
    Box::pin(async move {
        if depth > DEEPEST {
            return Err(Error::internal("keys of rows refer to each other in a circle").into());
        }
        store(context, model, &rows).await?;
        let schema = context.work.schema();
        let is_key_changed = referenced(schema, model)
            .iter()
            .any(|field| rows.iter().any(|(_, values)| values.contains_key(path(model, *field))));
        if is_key_changed { propagate(context, model, &rows, depth).await } else { Ok(()) }
    })
}

async fn store(context: &mut PlanContext<'_>, model: &Model, rows: &[Changed]) -> Result<(), Failure> {
    let schema = context.work.schema();
    let documents = context.work.collection(&collection(model));
    // Usually all rows become the same.
    let mut groups: Vec<(&Document, Vec<Bson>)> = Vec::new();
    for (old, values) in rows {
        if changes_key(model, values) {
            rekey(context, model, old, values).await?;
            continue;
        }
        match groups.iter_mut().find(|(known, _)| *known == values) {
            Some((_, ids)) => ids.push(id_of(old)),
            None => groups.push((values, vec![id_of(old)])),
        }
    }
    for (values, ids) in groups {
        if values.is_empty() {
            continue;
        }
        let condition = match <[Bson; 1]>::try_from(ids) {
            Ok([only]) => doc! { "_id": only },
            Err(ids) => doc! { "_id": { "$in": ids } },
        };
        let change = set_literally(values);
        context
            .work
            .run(async |session, _| documents.update_many(condition, change).session(session).await)
            .await
            .map_err(|error| explain(schema, model.id, error))?;
    }
    Ok(())
}

/// As an expression, a literal is taken as it is, whatever the names of its members.
pub(super) fn set_literally(values: &Document) -> Vec<Document> {
    let literal = |value: &Bson| doc! { "$literal": value.clone() }.into();
    let set: Document = values.iter().map(|(at, value)| (at.clone(), literal(value))).collect();
    vec![doc! { "$set": set }]
}

fn changes_key(model: &Model, values: &Document) -> bool {
    match single_key(model) {
        Some(_) => values.contains_key("_id"),
        None => model.key_fields().any(|field| values.contains_key(&field.column)),
    }
}

/// The key of a document cannot be changed: another takes its place.
async fn rekey(
    context: &mut PlanContext<'_>,
    model: &Model,
    old: &Document,
    values: &Document,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let documents = context.work.collection(&collection(model));
    let condition = doc! { "_id": id_of(old) };
    let found = context
        .work
        .run(async |session, left| {
            documents.find_one(condition.clone()).max_time(left).session(session).await
        })
        .await?;
    let Some(mut row) = found else { return Ok(()) };
    row.extend(values.clone());
    if single_key(model).is_none() {
        row.insert("_id", compound_id(model, &row));
    }
    if row.get("_id") == old.get("_id") {
        let replaced = documents.replace_one(condition, row);
        context
            .work
            .run(async |session, _| replaced.session(session).await)
            .await
            .map_err(|error| explain(schema, model.id, error))?;
        return Ok(());
    }
    context.work.run(async |session, _| documents.delete_one(condition).session(session).await).await?;
    context
        .work
        .run(async |session, _| documents.insert_one(row).session(session).await)
        .await
        .map_err(|error| explain(schema, model.id, error))?;
    Ok(())
}

/// Rows that refer to a key that is no more follow it, or are in its way.
async fn propagate(
    context: &mut PlanContext<'_>,
    model: &Model,
    rows: &[Changed],
    depth: usize,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    for (old, values) in rows {
        for (collection, column, field) in joins(model) {
            let at = path(model, field);
            let (Some(before), Some(after)) = (old.get(at), values.get(at)) else { continue };
            if before != after {
                let pairs = context.work.collection(collection);
                let (condition, change) =
                    (doc! { column: before.clone() }, doc! { "$set": { column: after.clone() } });
                context
                    .work
                    .run(async |session, _| pairs.update_many(condition, change).session(session).await)
                    .await?;
            }
        }
    }
    for referrer in referrers(schema, model) {
        let (own, keys) = (referrer.own_paths(model), referrer.key_paths());
        for (old, values) in rows {
            let after: Vec<Bson> = own
                .iter()
                .map(|at| values.get(at).or_else(|| old.get(at)).cloned().unwrap_or(Bson::Null))
                .collect();
            let Some(before) = key_at(old, &own).filter(|before| *before != after) else { continue };
            let condition = among(&keys, std::slice::from_ref(&before));
            match referrer.on_update {
                ReferentialAction::Cascade => {
                    let fields = referenced(schema, referrer.model);
                    let children = rows_with(context, referrer.model, condition, fields).await?;
                    let key: Document = keys.iter().map(|key| (*key).to_owned()).zip(after).collect();
                    let children = children.into_iter().map(|child| (child, key.clone())).collect();
                    change_rows(context, referrer.model, children, depth + 1).await?;
                }
                ReferentialAction::SetNull | ReferentialAction::SetDefault => {
                    let is_default = referrer.on_update == ReferentialAction::SetDefault;
                    let values = left_values(schema, &referrer, is_default);
                    leave(context, &referrer, &[before], &values, is_default).await?;
                }
                ReferentialAction::Restrict | ReferentialAction::NoAction => {
                    if exists(context, referrer.model, condition).await? {
                        let olds: Vec<Document> = rows.iter().map(|(old, _)| old.clone()).collect();
                        return Err(refusal(context, model, &olds, (model.id, referrer.field)).await);
                    }
                }
            }
        }
    }
    Ok(())
}
