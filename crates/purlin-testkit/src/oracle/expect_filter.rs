//! Whether a row passes a client's filter, with what the actor may not see counted as null or absent.

use purlin_core::Value;
use purlin_core::evaluate::Row;
use purlin_core::operation::{Test, Where};
use purlin_core::schema::{CompareOp, ListOp, Model, ModelId, Quantifier, TextOp};
use purlin_core::value::compare;

use super::expect::Expect;

impl<'a> Expect<'a> {
    pub(super) fn matches(&self, model: ModelId, row: &'a Row, filter: &Where) -> bool {
        let of_model = self.evaluator.schema.model(model);
        match filter {
            Where::All(parts) => parts.iter().all(|part| self.matches(model, row, part)),
            Where::Any(parts) => parts.iter().any(|part| self.matches(model, row, part)),
            Where::Not(inner) => !self.matches(model, row, inner),
            Where::Field { field, test } => {
                let value = self.seen(of_model.field(*field), row);
                match test {
                    Test::Column { op, other } => {
                        compare::compare(*op, &value, &self.seen(of_model.field(*other), row))
                    }
                    test => passes(&value, test),
                }
            }
            Where::Search(search) => panic!("the oracle draws no {search:?}"),
            Where::Relation { field, quantifier, filter } => {
                let field = of_model.field(*field);
                let target: &Model = self.evaluator.schema.model(field.relation().unwrap().target);
                let rows = self.related(of_model, row, field);
                let mut found = rows.iter().map(|row| self.matches(target.id, row, filter));
                match quantifier {
                    Quantifier::Some => found.any(|matches| matches),
                    Quantifier::Every => found.all(|matches| matches),
                    Quantifier::None => !found.any(|matches| matches),
                }
            }
        }
    }
}

fn passes(value: &Value, test: &Test) -> bool {
    let is = |op, other: &Value| compare::compare(op, value, other);
    let text = |op, wanted: &str, ignore_case| compare::text(op, value, &Value::from(wanted), ignore_case);
    let lower = |value: &Value| value.as_str().map(str::to_lowercase);
    match test {
        Test::Equals(Value::Null) | Test::EqualsIgnoreCase(Value::Null) => value.is_null(),
        Test::NotEquals(Value::Null) => !value.is_null(),
        Test::Equals(other) => is(CompareOp::Equal, other),
        Test::NotEquals(other) => is(CompareOp::NotEqual, other),
        Test::EqualsIgnoreCase(other) => !value.is_null() && lower(value) == lower(other),
        Test::Less(other) => is(CompareOp::Less, other),
        Test::LessOrEqual(other) => is(CompareOp::LessOrEqual, other),
        Test::Greater(other) => is(CompareOp::Greater, other),
        Test::GreaterOrEqual(other) => is(CompareOp::GreaterOrEqual, other),
        Test::In(others) => others.iter().any(|other| is(CompareOp::Equal, other)),
        Test::NotIn(others) => !value.is_null() && !others.iter().any(|other| is(CompareOp::Equal, other)),
        Test::Contains { text: wanted, ignore_case } => text(TextOp::Contains, wanted, *ignore_case),
        Test::StartsWith { text: wanted, ignore_case } => text(TextOp::StartsWith, wanted, *ignore_case),
        Test::EndsWith { text: wanted, ignore_case } => text(TextOp::EndsWith, wanted, *ignore_case),
        Test::Has(wanted) => compare::list(ListOp::Has, value, Some(wanted)),
        Test::HasSome(wanted) => compare::list(ListOp::HasSome, value, Some(&Value::List(wanted.clone()))),
        Test::HasEvery(wanted) => compare::list(ListOp::HasEvery, value, Some(&Value::List(wanted.clone()))),
        Test::IsEmpty(wanted) => matches!(value, Value::List(items) if items.is_empty() == *wanted),
        other => panic!("the oracle draws no {other:?}"),
    }
}
