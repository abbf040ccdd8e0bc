//! Rows in memory as a world: relations are followed by the values of their keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Row, World};
use crate::schema::{FieldId, Link, ModelId, Schema};
use crate::value::Value;

#[derive(Clone, Debug)]
pub struct MemoryRows {
    schema: Arc<Schema>,
    tables: BTreeMap<u16, Vec<Vec<Value>>>,
    /// Pairs of many-to-many relations: model, relation, key of its row, key of the other.
    links: Vec<(ModelId, FieldId, Value, Value)>,
}

impl MemoryRows {
    pub fn new(schema: &Arc<Schema>) -> Self {
        Self { schema: Arc::clone(schema), tables: BTreeMap::new(), links: Vec::new() }
    }

    pub fn rows(&self, model: ModelId) -> &[Vec<Value>] {
        self.tables.get(&model.0).map_or(&[], Vec::as_slice)
    }

    /// A row that is there already is left as it is.
    pub fn insert(&mut self, model: ModelId, row: Vec<Value>) {
        if self.position(model, &row).is_none() {
            self.tables.entry(model.0).or_default().push(row);
        }
    }

    pub fn link(&mut self, model: ModelId, relation: FieldId, local: Value, target: Value) {
        let pair = (model, relation, local, target);
        if !self.links.contains(&pair) {
            self.links.push(pair);
        }
    }

    /// By the primary key.
    pub fn find(&self, model: ModelId, key: &[(FieldId, Value)]) -> Option<&Row> {
        let rows = self.rows(model).iter();
        let mut found =
            rows.filter(|row| key.iter().all(|(field, value)| row.get(field.index()) == Some(value)));
        found.next().map(Vec::as_slice)
    }

    fn position(&self, model: ModelId, row: &[Value]) -> Option<usize> {
        let keys: Vec<FieldId> = self.schema.model(model).key_fields().map(|field| field.id).collect();
        if keys.is_empty() {
            return None;
        }
        let is_same =
            |other: &Vec<Value>| keys.iter().all(|key| other.get(key.index()) == row.get(key.index()));
        self.rows(model).iter().position(is_same)
    }
}

impl World for MemoryRows {
    fn related<'w>(&'w self, model: ModelId, row: &Row, relation: FieldId) -> Vec<&'w Row> {
        let Some(of) = self.schema.model(model).field(relation).relation() else { return Vec::new() };
        let targets = self.rows(of.target).iter().map(Vec::as_slice);
        if let Link::Join(join) = &of.link {
            let Some(own) = row.get(join.local_key.index()) else { return Vec::new() };
            let is_linked = |target: &&Row| {
                let Some(other) = target.get(join.target_key.index()) else { return false };
                self.links.iter().any(|(from, field, local, far)| {
                    let forth = (*from, *field) == (model, relation) && local == own && far == other;
                    let back = (*from, *field) == (of.target, of.opposite) && local == other && far == own;
                    forth || back
                })
            };
            return targets.filter(is_linked).collect();
        }
        let pairs: Vec<(FieldId, FieldId)> = of.pairs().collect();
        let meets = |target: &&Row| {
            pairs.iter().all(|(local, far)| match (row.get(local.index()), target.get(far.index())) {
                (Some(own), Some(other)) => !own.is_null() && own == other,
                _ => false,
            })
        };
        targets.filter(meets).collect()
    }
}
