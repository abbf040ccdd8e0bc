//! Deletes, and what they do to rows that refer to the deleted ones.

use std::collections::{BTreeMap, HashSet, VecDeque};

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{FieldId, Model, ModelId, ReferentialAction, Schema};
use purlin_core::statement::{Expect, Filter};

use super::conflict::explain;
use super::defaults::default_value;
use super::plan::PlanContext;
use super::references::{Referrer, joins, lock_targets, referenced, referrers, refusal};
use super::rows::{among, exists, id_of, key_at, projection, rows_of, rows_with};
use super::steps::expected;
use crate::error::Failure;
use crate::names::{collection, path};
use crate::render::{Frame, Renderer};
use crate::value::{Element, bson_key, encode};

pub(super) async fn run(
    context: &mut PlanContext<'_>,
    model: ModelId,
    filter: &Filter,
    expect: &Expect,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let described = schema.model(model);
    let mut frame = Frame::default();
    let condition = Renderer::new(schema, context.sources()).matching(filter, &mut frame);
    if frame.stages.is_empty() && referenced(schema, described).is_empty() {
        return run_directly(context, described, condition, expect).await;
    }
    let mut frame = Frame::default();
    Renderer::new(schema, context.sources()).filter_stages(filter, &mut frame);
    frame.push(doc! { "$project": projection(described, referenced(schema, described)) });
    let rows = rows_of(context, described, frame.stages).await?;
    expected(context, model, rows.len(), expect).await?;
    context.progress.rows = rows.len() as u64;
    if rows.is_empty() {
        return Ok(());
    }
    let mut going = Going::default();
    going.add(model, rows.clone());
    going.collect(context).await?;
    match going.carry_out(context).await? {
        None => Ok(()),
        Some(blocker) => Err(refusal(context, described, &rows, blocker).await),
    }
}

/// Rows that nothing can refer to.
async fn run_directly(
    context: &mut PlanContext<'_>,
    model: &Model,
    condition: Document,
    expect: &Expect,
) -> Result<(), Failure> {
    let rows = context.work.collection(&collection(model));
    let is_atomic = context.is_atomic;
    let result = context
        .work
        .run(async |session, _| {
            // The driver tries again by itself what is about one row.
            if is_atomic {
                rows.delete_many(condition).session(session).await
            } else {
                rows.delete_one(condition).session(session).await
            }
        })
        .await?;
    let deleted = usize::try_from(result.deleted_count).unwrap_or(usize::MAX);
    expected(context, model.id, deleted, expect).await?;
    context.progress.rows = result.deleted_count;
    Ok(())
}

/// All that goes, and what then happens to others.
#[derive(Debug, Default)]
struct Going<'s> {
    ids: BTreeMap<ModelId, Vec<Bson>>,
    known: HashSet<(ModelId, Vec<u8>), foldhash::fast::RandomState>,
    open: VecDeque<(ModelId, Vec<Document>)>,
    /// Pairs of join collections: (collection, column, keys).
    pairs: Vec<(&'s str, &'s str, Vec<Bson>)>,
    /// Rows that stay, with another key or none.
    left: Vec<(Referrer<'s>, Vec<Vec<Bson>>)>,
    /// Nobody may refer to these any more.
    refused: Vec<(ModelId, Referrer<'s>, Vec<Vec<Bson>>)>,
}

impl<'s> Going<'s> {
    /// Rows that were not known to go: so circles come to an end.
    fn add(&mut self, model: ModelId, rows: Vec<Document>) {
        let mut fresh = Vec::new();
        for row in rows {
            let id = id_of(&row);
            if self.known.insert((model, bson_key(&id).unwrap_or_default())) {
                self.ids.entry(model).or_default().push(id);
                fresh.push(row);
            }
        }
        if !fresh.is_empty() {
            self.open.push_back((model, fresh));
        }
    }

    async fn collect(&mut self, context: &mut PlanContext<'s>) -> Result<(), Failure> {
        let schema = context.work.schema();
        while let Some((model, rows)) = self.open.pop_front() {
            let described = schema.model(model);
            for (collection, column, field) in joins(described) {
                let keys = rows.iter().filter_map(|row| row.get(path(described, field)).cloned()).collect();
                self.pairs.push((collection, column, keys));
            }
            for referrer in referrers(schema, described) {
                let own = referrer.own_paths(described);
                let keys: Vec<Vec<Bson>> = rows.iter().filter_map(|row| key_at(row, &own)).collect();
                if keys.is_empty() {
                    continue;
                }
                match referrer.on_delete {
                    ReferentialAction::Cascade => {
                        let condition = among(&referrer.key_paths(), &keys);
                        let fields = referenced(schema, referrer.model);
                        let rows = rows_with(context, referrer.model, condition, fields).await?;
                        self.add(referrer.model.id, rows);
                    }
                    ReferentialAction::SetNull | ReferentialAction::SetDefault => {
                        self.left.push((referrer, keys));
                    }
                    // Those that go themselves stand in nobody's way.
                    ReferentialAction::Restrict | ReferentialAction::NoAction => {
                        self.refused.push((model, referrer, keys));
                    }
                }
            }
        }
        Ok(())
    }

    /// The relation through which somebody refers to what has gone, if anybody does.
    async fn carry_out(self, context: &mut PlanContext<'s>) -> Result<Option<(ModelId, FieldId)>, Failure> {
        let schema = context.work.schema();
        for (model, ids) in self.ids {
            let rows = context.work.collection(&collection(schema.model(model)));
            let condition = doc! { "_id": { "$in": ids } };
            context.work.run(async |session, _| rows.delete_many(condition).session(session).await).await?;
        }
        for (collection, column, keys) in self.pairs {
            let pairs = context.work.collection(collection);
            let condition = doc! { column: { "$in": keys } };
            context.work.run(async |session, _| pairs.delete_many(condition).session(session).await).await?;
        }
        for (referrer, keys) in self.left {
            let is_default = referrer.on_delete == ReferentialAction::SetDefault;
            let values = left_values(schema, &referrer, is_default);
            leave(context, &referrer, &keys, &values, is_default).await?;
        }
        for (model, referrer, keys) in self.refused {
            if exists(context, referrer.model, among(&referrer.key_paths(), &keys)).await? {
                return Ok(Some((model, referrer.field)));
            }
        }
        Ok(None)
    }
}

/// What the key of a row that stays becomes.
pub(super) fn left_values(schema: &Schema, referrer: &Referrer<'_>, is_default: bool) -> Document {
    let value = |field: FieldId| {
        let described = referrer.model.field(field);
        if is_default {
            encode(&default_value(schema, described), Some(Element::of(schema, described)))
        } else {
            Bson::Null
        }
    };
    // Of a key with a required part, the rest is enough.
    let fields = referrer.relation.pairs().map(|(_, field)| field);
    let fields = fields.filter(|field| is_default || !referrer.model.field(*field).is_required());
    fields.map(|field| (path(referrer.model, field).to_owned(), value(field))).collect()
}

/// Gives the rows with these keys another key.
pub(super) async fn leave(
    context: &mut PlanContext<'_>,
    referrer: &Referrer<'_>,
    keys: &[Vec<Bson>],
    values: &Document,
    is_default: bool,
) -> Result<(), Failure> {
    let schema = context.work.schema();
    let condition = among(&referrer.key_paths(), keys);
    let rows = context.work.collection(&collection(referrer.model));
    let change = doc! { "$set": values.clone() };
    let result = context
        .work
        .run(async |session, _| rows.update_many(condition, change).session(session).await)
        .await
        .map_err(|error| explain(schema, referrer.model.id, error))?;
    if is_default && result.matched_count > 0 {
        let is_written = |field| values.contains_key(path(referrer.model, field));
        lock_targets(context, referrer.model.id, std::slice::from_ref(values), is_written).await?;
    }
    Ok(())
}
