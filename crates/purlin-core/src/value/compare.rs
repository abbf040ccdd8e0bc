//! The meaning of comparisons, the same in every engine: null on a side is false, text compares
//! by code point, numbers by value whatever their type.

use std::cmp::Ordering;

use bigdecimal::{BigDecimal, FromPrimitive};

use super::Value;
use crate::schema::{Casing, CompareOp, ListOp, PolicyOperation, TextOp};

/// False when a side is null.
pub fn compare(op: CompareOp, left: &Value, right: &Value) -> bool {
    let Some(ordering) = order(left, right) else { return false };
    match op {
        CompareOp::Equal => ordering.is_eq(),
        CompareOp::NotEqual => ordering.is_ne(),
        CompareOp::Less => ordering.is_lt(),
        CompareOp::LessOrEqual => ordering.is_le(),
        CompareOp::Greater => ordering.is_gt(),
        CompareOp::GreaterOrEqual => ordering.is_ge(),
    }
}

/// As `compare`, but null equals null and differs from everything else.
pub fn compare_with_nulls(op: CompareOp, left: &Value, right: &Value) -> bool {
    match (op, left.is_null(), right.is_null()) {
        (CompareOp::Equal, true, true) => true,
        (CompareOp::NotEqual, left, right) if left || right => left != right,
        _ => compare(op, left, right),
    }
}

/// `None` for a null, or for values of types that do not compare.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::String(left) | Value::Json(left), Value::String(right) | Value::Json(right)) => {
            Some(left.cmp(right))
        }
        (Value::DateTime(left), Value::DateTime(right)) => Some(left.cmp(right)),
        (Value::Bytes(left), Value::Bytes(right)) => Some(left.cmp(right)),
        (Value::List(left), Value::List(right)) => {
            for (left, right) in left.iter().zip(right) {
                match order(left, right)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(left.len().cmp(&right.len()))
        }
        _ => Some(number(left)?.cmp(&number(right)?)),
    }
}

fn number(value: &Value) -> Option<BigDecimal> {
    match value {
        Value::Int(number) => Some(BigDecimal::from(*number)),
        Value::Float(number) => BigDecimal::from_f64(*number),
        Value::Decimal(number) => Some(number.as_big_decimal().clone()),
        _ => None,
    }
}

/// `contains`, `startsWith`, `endsWith`; case folds by Unicode lower case.
pub fn text(op: TextOp, value: &Value, argument: &Value, ignore_case: bool) -> bool {
    let (Some(value), Some(argument)) = (value.as_str(), argument.as_str()) else { return false };
    if ignore_case {
        return text_of(op, &value.to_lowercase(), &argument.to_lowercase());
    }
    text_of(op, value, argument)
}

fn text_of(op: TextOp, value: &str, argument: &str) -> bool {
    match op {
        TextOp::Contains => value.contains(argument),
        TextOp::StartsWith => value.starts_with(argument),
        TextOp::EndsWith => value.ends_with(argument),
    }
}

/// `has`, `hasSome`, `hasEvery`, `isEmpty`. A null list is no list: every test of it is false.
pub fn list(op: ListOp, list: &Value, argument: Option<&Value>) -> bool {
    let Value::List(items) = list else { return false };
    let has = |wanted: &Value| items.iter().any(|item| compare(CompareOp::Equal, item, wanted));
    match (op, argument) {
        (ListOp::IsEmpty, _) => items.is_empty(),
        (ListOp::Has, Some(wanted)) => has(wanted),
        (ListOp::HasSome, Some(Value::List(wanted))) => wanted.iter().any(has),
        (ListOp::HasEvery, Some(Value::List(wanted))) => wanted.iter().all(has),
        _ => false,
    }
}

/// Characters of a text, elements of a list.
pub fn length(value: &Value) -> Value {
    let count = match value {
        Value::String(text) => text.chars().count(),
        Value::List(items) => items.len(),
        _ => return Value::Null,
    };
    i64::try_from(count).map_or(Value::Null, Value::Int)
}

/// `currentOperation(casing)`.
pub fn cased(operation: PolicyOperation, casing: Casing) -> String {
    let word = operation.as_str();
    match casing {
        Casing::Original | Casing::Lower | Casing::Uncapitalize => word.to_owned(),
        Casing::Upper => word.to_uppercase(),
        Casing::Capitalize => {
            let mut characters = word.chars();
            characters
                .next()
                .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
        }
    }
}
