//! What the answer must be, from the rows in memory and the evaluator alone.

use std::cmp::Ordering;

use purlin_core::evaluate::{Evaluator, Row, World};
use purlin_core::operation::{Include, OrderTarget, Query, Test, Where};
use purlin_core::schema::{
    Field, FieldId, FieldKind, FieldOperation, Model, ModelId, PolicyOperation, Quantifier, Scalar,
    SortOrder, TextOp,
};
use purlin_core::value::compare;
use purlin_core::{Value, schema::CompareOp};
use serde_json::{Map, Value as Json};

use super::world::Rows;

pub(super) struct Expect<'a> {
    pub(super) rows: &'a Rows<'a>,
    pub(super) evaluator: Evaluator<'a>,
}

impl<'a> Expect<'a> {
    pub(super) fn list(&self, model: ModelId, query: &Query) -> Vec<Json> {
        let mut found: Vec<&Row> = self.rows.tables[model.index()]
            .iter()
            .map(Vec::as_slice)
            .filter(|row| self.can_read(model, row) && self.matches(model, row, &query.filter))
            .collect();
        found.sort_by(|a, b| self.order(model, query, a, b));
        found.into_iter().map(|row| self.json(model, row, &query.selection.includes)).collect()
    }

    pub(super) fn can_read(&self, model: ModelId, row: &'a Row) -> bool {
        self.evaluator.allows(model, PolicyOperation::Read, row, None)
    }

    pub(super) fn json(&self, model: ModelId, row: &'a Row, includes: &[Include]) -> Json {
        let model = self.evaluator.schema.model(model);
        let mut object = Map::new();
        for field in model.columns() {
            object.insert(field.name.clone(), value_json(field, &self.seen(model, field, row)));
        }
        for include in includes {
            let field = model.field(include.relation);
            let target = field.relation().unwrap().target;
            let mut related: Vec<&Row> = if self.shows_relation(model, field, row) {
                self.rows.related(model.id, row, include.relation)
            } else {
                Vec::new()
            };
            related.retain(|row| self.can_read(target, row));
            let nested = &include.query.selection.includes;
            let json = if field.is_list() {
                related.retain(|row| self.matches(target, row, &include.query.filter));
                related.sort_by(|a, b| self.order(target, &include.query, a, b));
                Json::Array(related.into_iter().map(|row| self.json(target, row, nested)).collect())
            } else {
                related.first().map_or(Json::Null, |row| self.json(target, row, nested))
            };
            object.insert(field.name.clone(), json);
        }
        Json::Object(object)
    }

    /// A column as the actor sees it: hidden is null.
    fn seen(&self, _model: &Model, field: &Field, row: &'a Row) -> Value {
        if self.evaluator.allows_field(field, FieldOperation::Read, row) {
            row[field.id.index()].clone()
        } else {
            Value::Null
        }
    }

    /// Who may not see the key may not see where it leads.
    fn shows_relation(&self, model: &Model, field: &Field, row: &'a Row) -> bool {
        let relation = field.relation().unwrap();
        !relation.is_owning()
            || relation
                .pairs()
                .all(|(key, _)| self.evaluator.allows_field(model.field(key), FieldOperation::Read, row))
    }

    fn order(&self, model: ModelId, query: &Query, a: &'a Row, b: &'a Row) -> Ordering {
        let model = self.evaluator.schema.model(model);
        for order in &query.order {
            let OrderTarget::Field { field, .. } = &order.target else { continue };
            let field = model.field(*field);
            let (a, b) = (self.seen(model, field, a), self.seen(model, field, b));
            let ordering = match (a.is_null(), b.is_null()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                _ => compare::order(&a, &b).unwrap(),
            };
            let ordering =
                if order.direction == SortOrder::Descending { ordering.reverse() } else { ordering };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }

    pub(super) fn matches(&self, model: ModelId, row: &'a Row, filter: &Where) -> bool {
        match filter {
            Where::All(parts) => parts.iter().all(|part| self.matches(model, row, part)),
            Where::Any(parts) => parts.iter().any(|part| self.matches(model, row, part)),
            Where::Not(inner) => !self.matches(model, row, inner),
            Where::Field { field, test } => {
                let model = self.evaluator.schema.model(model);
                passes(&self.seen(model, model.field(*field), row), test)
            }
            Where::Relation { field, quantifier, filter } => {
                self.related(model, row, *field, *quantifier, filter)
            }
        }
    }

    fn related(
        &self,
        model: ModelId,
        row: &'a Row,
        field: FieldId,
        quantifier: Quantifier,
        filter: &Where,
    ) -> bool {
        let model = self.evaluator.schema.model(model);
        let target = model.field(field).relation().unwrap().target;
        let mut rows: Vec<&'a Row> = if self.shows_relation(model, model.field(field), row) {
            self.rows.related(model.id, row, field)
        } else {
            Vec::new()
        };
        rows.retain(|row| self.can_read(target, row));
        match quantifier {
            Quantifier::Some => rows.iter().any(|row| self.matches(target, row, filter)),
            Quantifier::Every => rows.iter().all(|row| self.matches(target, row, filter)),
            Quantifier::None => !rows.iter().any(|row| self.matches(target, row, filter)),
        }
    }
}

fn passes(value: &Value, test: &Test) -> bool {
    let is = |op, other: &Value| compare::compare(op, value, other);
    let text = |op, wanted: &str, ignore_case| compare::text(op, value, &Value::from(wanted), ignore_case);
    match test {
        Test::Equals(Value::Null) => value.is_null(),
        Test::NotEquals(Value::Null) => !value.is_null(),
        Test::Equals(other) => is(CompareOp::Equal, other),
        Test::NotEquals(other) => is(CompareOp::NotEqual, other),
        Test::Less(other) => is(CompareOp::Less, other),
        Test::LessOrEqual(other) => is(CompareOp::LessOrEqual, other),
        Test::Greater(other) => is(CompareOp::Greater, other),
        Test::GreaterOrEqual(other) => is(CompareOp::GreaterOrEqual, other),
        Test::In(others) => others.iter().any(|other| is(CompareOp::Equal, other)),
        Test::NotIn(others) => !value.is_null() && !others.iter().any(|other| is(CompareOp::Equal, other)),
        Test::Contains { text: wanted, ignore_case } => text(TextOp::Contains, wanted, *ignore_case),
        Test::StartsWith { text: wanted, ignore_case } => text(TextOp::StartsWith, wanted, *ignore_case),
        Test::EndsWith { text: wanted, ignore_case } => text(TextOp::EndsWith, wanted, *ignore_case),
        Test::Has(wanted) => compare::list(purlin_core::schema::ListOp::Has, value, Some(wanted)),
        Test::IsEmpty(wanted) => matches!(value, Value::List(items) if items.is_empty() == *wanted),
        other => panic!("the oracle draws no {other:?}"),
    }
}

pub(super) fn value_json(field: &Field, value: &Value) -> Json {
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
