//! What a column holds that an insert does not name.

use std::time::SystemTime;

use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldKind, Literal, Schema};
use purlin_core::value::{DateTime, Value, literal_value};

/// Null where there is no default that the database could make. Numbers that are counted are elsewhere.
pub(super) fn default_value(schema: &Schema, field: &Field) -> Value {
    let value = match &field.default {
        Some(DefaultValue::Literal(literal)) => of_literal(schema, field, literal),
        Some(DefaultValue::Function(DefaultFunction::Now)) => now().into(),
        Some(DefaultValue::Function(DefaultFunction::Dbgenerated(Some(sql)))) => generated(sql),
        Some(DefaultValue::Function(_) | DefaultValue::Auth(_)) | None => Value::Null,
    };
    // A list is never null.
    if field.is_list() && value.is_null() { Value::List(Vec::new()) } else { value }
}

fn of_literal(schema: &Schema, field: &Field, literal: &Literal) -> Value {
    match (&field.kind, literal) {
        // A document is usually written as a string that holds it.
        (
            FieldKind::Scalar(purlin_core::schema::Scalar::Json) | FieldKind::Composite(_),
            Literal::String(text),
        ) if serde_json::from_str::<serde_json::Value>(text).is_ok() => Value::Json(text.clone()),
        _ => literal_value(schema, literal, Some(field)),
    }
}

/// Text of `dbgenerated("…")`, which was written for another engine.
fn generated(sql: &str) -> Value {
    let lower = sql.trim().to_ascii_lowercase();
    if lower.starts_with("now()") || lower.starts_with("current_timestamp") {
        return now().into();
    }
    match lower.as_str() {
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        _ => Value::Null,
    }
}

fn now() -> Option<DateTime> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or_default();
    DateTime::from_millis(millis).ok()
}
