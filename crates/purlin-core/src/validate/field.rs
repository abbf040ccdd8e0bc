//! The transforms and validation attributes of one field.

use crate::evaluate::{Patterns, matches_format};
use crate::schema::{
    CompareOp, Field, FieldKind, FormatKind, Literal, Scalar, Schema, TextOp, Transform, ValidationCheck,
};
use crate::value::{Value, compare, literal_value};

/// The value as it will be stored, or what is wrong with it. Null breaks no validation.
pub(crate) fn checked_value(
    schema: &Schema,
    field: &Field,
    value: Value,
    patterns: &Patterns,
) -> Result<Value, Vec<String>> {
    let value = transformed(field, value);
    if value.is_null() {
        return Ok(value);
    }
    let mut messages = Vec::new();
    // Such a row would have no address.
    if field.is_id && value == Value::String(String::new()) {
        messages.push("must not be empty".to_owned());
    }
    // Input was held to this already, the result of arithmetic was not.
    if let (FieldKind::Scalar(Scalar::Int), Value::Int(number)) = (&field.kind, &value)
        && i32::try_from(*number).is_err()
    {
        messages.push("must lie between -2147483648 and 2147483647".to_owned());
    }
    for validation in &field.validations {
        if let Err(message) = check(schema, field, &value, &validation.check, patterns) {
            messages.push(validation.message.clone().unwrap_or(message));
        }
    }
    if let Some(max) = native_length(field)
        && matches!(&value, Value::String(text) if text.chars().count() > max)
    {
        messages.push(format!("must be at most {max} characters long"));
    }
    if messages.is_empty() { Ok(value) } else { Err(messages) }
}

/// What a field's own rules have against a value that is not stored as it is, such as a password.
pub fn problems(schema: &Schema, field: &Field, value: &Value, patterns: &Patterns) -> Vec<String> {
    checked_value(schema, field, value.clone(), patterns).err().unwrap_or_default()
}

/// The value as the field spells it, whether or not it may have it.
pub(crate) fn transformed(field: &Field, value: Value) -> Value {
    match value {
        Value::String(mut text) => {
            for transform in &field.transforms {
                text = match transform {
                    Transform::Trim => text.trim().to_owned(),
                    Transform::Lower => text.to_lowercase(),
                    Transform::Upper => text.to_uppercase(),
                };
            }
            Value::String(text)
        }
        other => other,
    }
}

fn check(
    schema: &Schema,
    field: &Field,
    value: &Value,
    check: &ValidationCheck,
    patterns: &Patterns,
) -> Result<(), String> {
    let text = |op, wanted: &str| compare::text(op, value, &Value::from(wanted), false);
    let format = |kind: &FormatKind| matches_format(kind, value, patterns);
    let number = |op, bound: &str| {
        let bound = literal_value(schema, &Literal::Number(bound.to_owned()), Some(field));
        // A bound that does not fit the field's type, such as 0.5 for an Int, compares by value all the same.
        let bound = if bound.is_null() { literal_number(&check_bound(check)) } else { bound };
        compare::compare(op, value, &bound)
    };
    let (holds, message) = match check {
        ValidationCheck::Length { min, max } => return length(value, *min, *max),
        ValidationCheck::StartsWith(wanted) => {
            (text(TextOp::StartsWith, wanted), format!("must start with \"{wanted}\""))
        }
        ValidationCheck::EndsWith(wanted) => {
            (text(TextOp::EndsWith, wanted), format!("must end with \"{wanted}\""))
        }
        ValidationCheck::Contains(wanted) => {
            (text(TextOp::Contains, wanted), format!("must contain \"{wanted}\""))
        }
        ValidationCheck::Regex(pattern) => {
            (format(&FormatKind::Regex(pattern.clone())), format!("must match {pattern}"))
        }
        ValidationCheck::Email => (format(&FormatKind::Email), "must be an email address".to_owned()),
        ValidationCheck::Url => (format(&FormatKind::Url), "must be an http or https URL".to_owned()),
        ValidationCheck::Phone => {
            (format(&FormatKind::Phone), "must be a phone number such as +14155550123".to_owned())
        }
        ValidationCheck::DateTime => {
            (format(&FormatKind::DateTime), "must be an ISO 8601 date and time".to_owned())
        }
        ValidationCheck::Date => (format(&FormatKind::Date), "must be a date such as 2026-01-31".to_owned()),
        ValidationCheck::Time => (format(&FormatKind::Time), "must be a time such as 09:30:00".to_owned()),
        ValidationCheck::Greater(bound) => {
            (number(CompareOp::Greater, bound), format!("must be greater than {bound}"))
        }
        ValidationCheck::GreaterOrEqual(bound) => {
            (number(CompareOp::GreaterOrEqual, bound), format!("must be at least {bound}"))
        }
        ValidationCheck::Less(bound) => {
            (number(CompareOp::Less, bound), format!("must be less than {bound}"))
        }
        ValidationCheck::LessOrEqual(bound) => {
            (number(CompareOp::LessOrEqual, bound), format!("must be at most {bound}"))
        }
    };
    if holds { Ok(()) } else { Err(message) }
}

fn check_bound(check: &ValidationCheck) -> String {
    match check {
        ValidationCheck::Greater(bound)
        | ValidationCheck::GreaterOrEqual(bound)
        | ValidationCheck::Less(bound)
        | ValidationCheck::LessOrEqual(bound) => bound.clone(),
        _ => String::new(),
    }
}

fn literal_number(text: &str) -> Value {
    crate::value::Decimal::parse(text).map_or(Value::Null, Value::Decimal)
}

fn length(value: &Value, min: Option<u32>, max: Option<u32>) -> Result<(), String> {
    let (count, unit) = match value {
        Value::String(text) => (text.chars().count(), "characters"),
        Value::List(items) => (items.len(), "elements"),
        _ => return Ok(()),
    };
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    match (min, max) {
        (Some(min), Some(max)) if count < min || count > max => {
            Err(format!("must have {min} to {max} {unit}"))
        }
        (Some(min), None) if count < min => Err(format!("must have at least {min} {unit}")),
        (None, Some(max)) if count > max => Err(format!("must have at most {max} {unit}")),
        _ => Ok(()),
    }
}

/// `@db.VarChar(n)` and `@db.Char(n)` hold on every engine, also where the column has no limit.
fn native_length(field: &Field) -> Option<usize> {
    if !matches!(field.kind, FieldKind::Scalar(Scalar::String)) {
        return None;
    }
    let native = field.native_type.as_ref()?;
    matches!(native.name.as_str(), "VarChar" | "Char")
        .then(|| native.arguments.first()?.parse().ok())
        .flatten()
}
