//! What the answer must be, from the rows in memory and the evaluator alone.

use std::cmp::Ordering;

use purlin_core::Value;
use purlin_core::evaluate::{Evaluator, Row};
use purlin_core::operation::{Include, Key, Nulls, Order, OrderTarget, Page, Query, Selection, Window};
use purlin_core::schema::{
    Field, FieldId, FieldKind, FieldOperation, Model, ModelId, PolicyOperation, Scalar, SortOrder,
};
use purlin_core::value::compare;
use serde_json::{Map, Value as Json};

use super::world::Rows;

pub(super) struct Expect<'a> {
    pub(super) rows: &'a Rows<'a>,
    pub(super) evaluator: Evaluator<'a>,
}

impl<'a> Expect<'a> {
    pub(super) fn list(&self, model: ModelId, query: &Query) -> Vec<Json> {
        let rows = self.rows.tables[model.index()].iter().map(Vec::as_slice).collect();
        self.chosen(model, rows, query)
    }

    /// The rows of a to-many relation of `parent`.
    pub(super) fn nested(&self, model: &Model, parent: &'a Row, field: &Field, query: &Query) -> Vec<Json> {
        let target = field.relation().unwrap().target;
        self.chosen(target, self.related(model, parent, field), query)
    }

    fn chosen(&self, model: ModelId, mut rows: Vec<&'a Row>, query: &Query) -> Vec<Json> {
        rows.retain(|row| self.can_read(model, row) && self.matches(model, row, &query.filter));
        rows.sort_by(|a, b| self.order(model, &query.order, a, b));
        let (skip, take) = match &query.page {
            Page::Offset { skip, take } => (*skip, take.unwrap_or(u64::MAX)),
            Page::Cursor { take, .. } => (0, *take),
            Page::Window(window) => {
                self.open(model, &mut rows, query, window);
                (window.skip, window.take.unwrap_or(u64::MAX))
            }
        };
        let is_backward = matches!(&query.page, Page::Window(window) if window.is_backward);
        if is_backward {
            rows.reverse();
        }
        let mut page: Vec<Json> = rows
            .into_iter()
            .skip(usize::try_from(skip).unwrap_or(usize::MAX))
            .take(usize::try_from(take).unwrap_or(usize::MAX))
            .map(|row| self.json(model, row, &query.selection))
            .collect();
        if is_backward {
            page.reverse();
        }
        page
    }

    /// Leaves the rows on the wanted side of the row that the window begins with, and none without it.
    fn open(&self, model: ModelId, rows: &mut Vec<&'a Row>, query: &Query, window: &Window) {
        let Some(key) = &window.from else { return };
        let described = self.evaluator.schema.model(model);
        let mut all = self.rows.tables[model.index()].iter().map(Vec::as_slice);
        let Some(first) = all.find(|row| self.can_find(described, row, key)) else { return rows.clear() };
        let before = if window.is_backward { Ordering::Greater } else { Ordering::Less };
        rows.retain(|row| self.order(model, &query.order, row, first) != before);
    }

    pub(super) fn can_read(&self, model: ModelId, row: &'a Row) -> bool {
        let allows = self.evaluator.allows(model, PolicyOperation::Read, row, None);
        // What explains the rules decides by them.
        assert_eq!(self.evaluator.judge(model, PolicyOperation::Read, row, None).decides(), allows);
        allows
    }

    /// Whether `key` finds `row`: a hidden value counts as null, so that guessing it tells nothing.
    pub(super) fn can_find(&self, model: &Model, row: &'a Row, key: &Key) -> bool {
        self.can_read(model.id, row) && self.key_matches(model, row, key)
    }

    pub(super) fn key_matches(&self, model: &Model, row: &'a Row, key: &Key) -> bool {
        key.fields.iter().all(|(id, value)| self.seen(model.field(*id), row) == *value)
    }

    pub(super) fn json(&self, model: ModelId, row: &'a Row, selection: &Selection) -> Json {
        let model = self.evaluator.schema.model(model);
        let mut object = Map::new();
        for field in model.columns().filter(|field| !field.is_omitted) {
            let is_selected = selection.fields.as_ref().is_none_or(|fields| fields.contains(&field.id));
            if is_selected && !selection.omit.contains(&field.id) {
                object.insert(field.name.clone(), value_json(field, &self.seen(field, row)));
            }
        }
        for include in &selection.includes {
            let field = model.field(include.relation);
            object.insert(field.name.clone(), self.included(model, row, field, include));
        }
        if !selection.counts.is_empty() {
            let counts = selection.counts.iter().map(|(relation, filter)| {
                let field = model.field(*relation);
                let mut rows = self.related(model, row, field);
                let target = field.relation().unwrap().target;
                rows.retain(|row| self.matches(target, row, filter));
                (field.name.clone(), Json::from(rows.len()))
            });
            object.insert("_count".to_owned(), Json::Object(counts.collect()));
        }
        Json::Object(object)
    }

    fn included(&self, model: &Model, row: &'a Row, field: &Field, include: &Include) -> Json {
        let target = field.relation().unwrap().target;
        let related = self.related(model, row, field);
        if field.is_list() {
            return Json::Array(self.chosen(target, related, &include.query));
        }
        let first = related.first();
        first.map_or(Json::Null, |row| self.json(target, row, &include.query.selection))
    }

    /// A column as the actor sees it: hidden is null.
    pub(super) fn seen(&self, field: &Field, row: &'a Row) -> Value {
        if self.evaluator.allows_field(field, FieldOperation::Read, row) {
            row[field.id.index()].clone()
        } else {
            Value::Null
        }
    }

    /// The related rows that the actor may know of.
    pub(super) fn related(&self, model: &Model, row: &'a Row, field: &Field) -> Vec<&'a Row> {
        if !self.shows_relation(model, field, row) {
            return Vec::new();
        }
        let target = field.relation().unwrap().target;
        let mut rows = self.rows.related_rows(model.id, row, field.id);
        // From whichever side: who may not see the key may not see what it links.
        let (of_target, opposite) = {
            let of_target = self.evaluator.schema.model(target);
            (of_target, of_target.field(field.relation().unwrap().opposite))
        };
        rows.retain(|row| self.can_read(target, row) && self.shows_relation(of_target, opposite, row));
        rows
    }

    /// Who may not see the key may not see where it leads.
    fn shows_relation(&self, model: &Model, field: &Field, row: &'a Row) -> bool {
        let relation = field.relation().unwrap();
        !relation.is_owning()
            || self.evaluator.actor.is_system()
            || relation
                .pairs()
                .map(|(key, _)| model.field(key))
                .all(|key| !key.is_omitted && self.evaluator.allows_field(key, FieldOperation::Read, row))
    }

    fn order(&self, model: ModelId, order: &[Order], a: &'a Row, b: &'a Row) -> Ordering {
        let model = self.evaluator.schema.model(model);
        for order in order {
            let (a, b) = (self.sort_value(model, a, &order.target), self.sort_value(model, b, &order.target));
            let ascending = match (a.is_null(), b.is_null()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                _ => compare::order(&a, &b).unwrap(),
            };
            let is_descending = order.direction == SortOrder::Descending;
            let ordering = match order.nulls {
                Some(Nulls::First) if a.is_null() != b.is_null() => ascending,
                Some(Nulls::Last) if a.is_null() != b.is_null() => ascending.reverse(),
                _ if is_descending => ascending.reverse(),
                _ => ascending,
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }

    fn sort_value(&self, model: &Model, row: &'a Row, target: &OrderTarget) -> Value {
        match target {
            OrderTarget::Relevance(search) => panic!("the oracle draws no {search:?}"),
            OrderTarget::Count { relation } => {
                let count = self.related(model, row, model.field(*relation)).len();
                Value::Int(i64::try_from(count).unwrap())
            }
            OrderTarget::Field { relations, field } => self.value_behind(model, row, relations, *field),
        }
    }

    fn value_behind(&self, model: &Model, row: &'a Row, relations: &[FieldId], field: FieldId) -> Value {
        let Some((first, rest)) = relations.split_first() else { return self.seen(model.field(field), row) };
        let first = model.field(*first);
        let target = self.evaluator.schema.model(first.relation().unwrap().target);
        let related = self.related(model, row, first);
        related.first().map_or(Value::Null, |row| self.value_behind(target, row, rest, field))
    }
}

fn value_json(field: &Field, value: &Value) -> Json {
    match (value, &field.kind) {
        (Value::Null, _) => Json::Null,
        (Value::Boolean(boolean), _) => Json::Bool(*boolean),
        (Value::Int(number), FieldKind::Scalar(Scalar::BigInt)) => Json::String(number.to_string()),
        (Value::Int(number), _) => Json::from(*number),
        (Value::Float(number), _) => Json::from(*number),
        (Value::Decimal(number), _) => Json::String(number.to_string()),
        (Value::String(text), _) => Json::String(text.clone()),
        (Value::DateTime(time), _) => Json::String(time.to_string()),
        (Value::List(items), _) => Json::Array(items.iter().map(|item| value_json(field, item)).collect()),
        (other, _) => panic!("the oracle draws no {other:?}"),
    }
}
