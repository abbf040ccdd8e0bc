//! Lists that no index helps: found by the schema and the request alone, so that looking costs nothing.

use crate::operation::{Order, OrderTarget, Query, Test, Where};
use crate::schema::{Field, FieldId, FieldKind, Model, ModelId, Scalar};

/// Hears of them, for whoever develops the app.
pub trait Advisor: Send + Sync + std::fmt::Debug {
    /// Rows of the model are filtered or sorted by these fields, and no index begins with one of them.
    fn unindexed(&self, model: ModelId, fields: &[FieldId]);
}

/// The fields of the index that a list lacks, in the order in which it should have them; none where an index helps,
/// or none could.
pub fn wanted_index(model: &Model, query: &Query) -> Vec<FieldId> {
    let mut asked = Asked::default();
    asked.add(model, &query.filter);
    // Every index ends with the key.
    let is_key = |field: &FieldId| model.key_fields().any(|key| key.id == *field);
    let sorted = query.order.first().and_then(|order| sorted_field(model, order)).filter(|id| !is_key(id));
    let filters = || asked.equal.iter().chain(&asked.ranges).copied();
    if asked.is_open || filters().any(|field| is_indexed(model, field)) {
        return Vec::new();
    }
    let mut wanted = asked.equal.clone();
    match sorted {
        Some(sorted) if filters().next().is_none() && is_indexed(model, sorted) => return Vec::new(),
        Some(sorted) if !wanted.contains(&sorted) => wanted.push(sorted),
        _ => wanted.extend(asked.ranges.first().copied()),
    }
    wanted
}

/// What every row of the answer satisfies.
#[derive(Default)]
struct Asked {
    equal: Vec<FieldId>,
    ranges: Vec<FieldId>,
    /// Something else is asked for too, which may well be found by another way.
    is_open: bool,
}

impl Asked {
    fn add(&mut self, model: &Model, filter: &Where) {
        match filter {
            Where::All(parts) => parts.iter().for_each(|part| self.add(model, part)),
            Where::Field { field, test } if can_be_indexed(model.field(*field)) => {
                let place = match test {
                    Test::Equals(value) if !value.is_null() => &mut self.equal,
                    Test::In(_) => &mut self.equal,
                    Test::Less(_)
                    | Test::LessOrEqual(_)
                    | Test::Greater(_)
                    | Test::GreaterOrEqual(_)
                    | Test::StartsWith { ignore_case: false, .. } => &mut self.ranges,
                    _ => return,
                };
                if !place.contains(field) {
                    place.push(*field);
                }
            }
            Where::Field { .. } => {}
            // A search reads every row that the rest leaves, so an index for the rest is worth having.
            Where::Search(_) => {}
            Where::Any(_) | Where::Not(_) | Where::Relation { .. } => self.is_open = true,
        }
    }
}

fn sorted_field(model: &Model, order: &Order) -> Option<FieldId> {
    match &order.target {
        OrderTarget::Field { relations, field } if relations.is_empty() => {
            can_be_indexed(model.field(*field)).then_some(*field)
        }
        OrderTarget::Field { .. } | OrderTarget::Count { .. } | OrderTarget::Relevance(_) => None,
    }
}

/// Two values, or a document, are not worth an index of their own.
fn can_be_indexed(field: &Field) -> bool {
    let is_plain = match &field.kind {
        FieldKind::Scalar(scalar) => !matches!(scalar, Scalar::Json | Scalar::Bytes | Scalar::Boolean),
        FieldKind::Enum(_) => true,
        _ => false,
    };
    is_plain && !field.is_list()
}

/// Whether an index begins with the field; those of keys to other models are always made.
fn is_indexed(model: &Model, field: FieldId) -> bool {
    let begins =
        |fields: &[crate::schema::IndexField]| fields.first().is_some_and(|first| first.field == field);
    let is_key = |other: &Field| {
        let relation = other.relation().filter(|relation| relation.is_owning());
        relation.is_some_and(|relation| relation.pairs().next().is_some_and(|(local, _)| local == field))
    };
    begins(&model.primary_key.fields)
        || model.uniques.iter().any(|unique| begins(&unique.fields))
        || model.indexes.iter().any(|index| begins(&index.fields))
        || model.fields.iter().any(is_key)
}
