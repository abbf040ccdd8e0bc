//! References between rows, which the database knows nothing of: who refers to whom, and that what is
//! referred to is there and stays.

use std::collections::HashSet;

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{FieldId, Link, Model, ModelId, ReferentialAction, Relation, Schema};

use super::conflict::{dangling, still_referred};
use super::plan::PlanContext;
use super::rows::{among, exists, key_at};
use crate::error::Failure;
use crate::names::{LOCK_FIELD, collection, path};

/// A relation by which rows of another model refer to rows of this one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Referrer<'s> {
    /// The field on this side.
    pub field: FieldId,
    /// The model whose rows hold the key.
    pub model: &'s Model,
    /// (this side's field, the key's field) pairs.
    pub relation: &'s Relation,
    pub on_delete: ReferentialAction,
    pub on_update: ReferentialAction,
}

impl<'s> Referrer<'s> {
    pub(super) fn own_paths(&self, model: &'s Model) -> Vec<&'s str> {
        self.relation.pairs().map(|(own, _)| path(model, own)).collect()
    }

    pub(super) fn key_paths(&self) -> Vec<&'s str> {
        self.relation.pairs().map(|(_, key)| path(self.model, key)).collect()
    }
}

pub(super) fn referrers<'s>(
    schema: &'s Schema,
    model: &'s Model,
) -> impl Iterator<Item = Referrer<'s>> + use<'s> {
    model.fields.iter().filter_map(move |field| {
        let relation =
            field.relation().filter(|it| matches!(it.link, Link::Inverse { .. }) && !it.is_split)?;
        let opposite = schema.opposite(relation).relation()?;
        Some(Referrer {
            field: field.id,
            model: schema.model(relation.target),
            relation,
            on_delete: opposite.on_delete,
            on_update: opposite.on_update,
        })
    })
}

/// Join collections with pairs of this model: their names, this side's column, and the field that it holds.
pub(super) fn joins(model: &Model) -> impl Iterator<Item = (&str, &str, FieldId)> {
    model.fields.iter().filter_map(|field| match &field.relation()?.link {
        Link::Join(table) => Some((table.table.as_str(), table.local_column.as_str(), table.local_key)),
        Link::Owning { .. } | Link::Inverse { .. } => None,
    })
}

/// The fields that others refer to.
pub(super) fn referenced(schema: &Schema, model: &Model) -> Vec<FieldId> {
    let by_keys = referrers(schema, model).flat_map(|referrer| referrer.relation.pairs().map(|(own, _)| own));
    let mut fields: Vec<FieldId> = by_keys.chain(joins(model).map(|(_, _, field)| field)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

pub(super) fn is_referenced(schema: &Schema, model: ModelId, field: FieldId) -> bool {
    referenced(schema, schema.model(model)).contains(&field)
}

/// What is said when somebody refers to rows that should go or change: like the other stores, the first relation
/// of the rows' own model through which anybody does, whatever it would have allowed.
pub(super) async fn refusal(
    context: &mut PlanContext<'_>,
    model: &Model,
    rows: &[Document],
    (blocked, blocker): (ModelId, FieldId),
) -> Failure {
    let schema = context.work.schema();
    for referrer in referrers(schema, model) {
        let own = referrer.own_paths(model);
        let keys: Vec<Vec<Bson>> = rows.iter().filter_map(|row| key_at(row, &own)).collect();
        let children = context.work.collection(&collection(referrer.model));
        let condition = among(&referrer.key_paths(), &keys);
        // Outside of the transaction, in which they may have been changed already.
        let found = context
            .work
            .run(async |_, left| {
                children.find_one(condition).projection(doc! { "_id": 1 }).max_time(left).await
            })
            .await;
        if let Ok(Some(_)) = found {
            return still_referred(schema, model.id, referrer.field).into();
        }
    }
    still_referred(schema, blocked, blocker).into()
}

/// Whatever written rows refer to must be there, and is kept from going until this is committed: one command for
/// each relation, however many rows there are.
pub(super) async fn lock_targets(
    context: &mut PlanContext<'_>,
    model: ModelId,
    rows: &[Document],
    is_written: impl Fn(FieldId) -> bool,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let described = schema.model(model);
    for field in &described.fields {
        let Some(relation) = field.relation().filter(|it| it.is_owning() && !it.is_split) else { continue };
        if !relation.pairs().any(|(own, _)| is_written(own)) {
            continue;
        }
        let target = schema.model(relation.target);
        let own: Vec<&str> = relation.pairs().map(|(own, _)| path(described, own)).collect();
        let others: Vec<&str> = relation.pairs().map(|(_, other)| path(target, other)).collect();
        let keys = rows.iter().filter_map(|row| key_at(row, &own)).collect();
        if !lock_rows(context, target, &others, keys).await? {
            return Err(dangling(schema, model, field.id).into());
        }
    }
    Ok(())
}

/// Whether each key leads to a row. A transaction that deletes one meanwhile collides with this one.
pub(super) async fn lock_rows(
    context: &mut PlanContext<'_>,
    model: &Model,
    paths: &[&str],
    mut keys: Vec<Vec<Bson>>,
) -> Result<bool, Failure> {
    let mut known = HashSet::new();
    // Of one type, whose text tells its values apart.
    keys.retain(|key| known.insert(format!("{key:?}")));
    if keys.iter().flatten().any(|value| *value == Bson::Null) {
        return Ok(false);
    }
    let condition = among(paths, &keys);
    match (keys.len(), context.is_atomic) {
        (0, _) => Ok(true),
        (_, false) => exists(context, model, condition).await,
        (count, true) => {
            let rows = context.work.collection(&collection(model));
            let lock = doc! { "$inc": { LOCK_FIELD: 1_i64 } };
            let result = context
                .work
                .run(async |session, _| rows.update_many(condition, lock).session(session).await)
                .await?;
            Ok(result.matched_count >= count as u64)
        }
    }
}
