//! What stands after `DEFAULT`. Defaults that the engine makes (uuid, cuid and the like) have
//! none: only values that PostgreSQL itself can make are written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldKind, Literal, Scalar, Schema};
use purlin_core::value::Decimal;

use super::Postgres;
use crate::dialect::Dialect;
use crate::dialect::constant::{document, member_name, timestamp};
use crate::list_json::push_hex;

pub(super) fn of(dialect: Postgres, schema: &Schema, field: &Field) -> Option<String> {
    match &field.default {
        // A list is never null.
        None if field.is_list() => Some("'{}'".to_owned()),
        Some(DefaultValue::Literal(Literal::List(elements))) if field.is_list() => {
            list(dialect, schema, field, elements)
        }
        Some(DefaultValue::Literal(literal)) => of_literal(dialect, schema, field, literal),
        Some(DefaultValue::Function(DefaultFunction::Now)) => Some(now(field).to_owned()),
        Some(DefaultValue::Function(DefaultFunction::Dbgenerated(Some(sql)))) => generated(sql),
        Some(DefaultValue::Function(_) | DefaultValue::Auth(_)) | None => None,
    }
}

/// A time without a zone is UTC, whatever the zone of the one who writes.
fn now(field: &Field) -> &'static str {
    let keeps_zone = field.native_type.as_ref().is_some_and(|native| native.name.ends_with("tz"));
    if keeps_zone { "CURRENT_TIMESTAMP" } else { "(now() AT TIME ZONE 'UTC')" }
}

fn list(dialect: Postgres, schema: &Schema, field: &Field, elements: &[Literal]) -> Option<String> {
    if elements.is_empty() {
        return Some("'{}'".to_owned());
    }
    let elements: Option<Vec<String>> =
        elements.iter().map(|element| of_literal(dialect, schema, field, element)).collect();
    let element = match &field.kind {
        FieldKind::Scalar(Scalar::Boolean) => "boolean",
        FieldKind::Scalar(Scalar::Int) => "integer",
        FieldKind::Scalar(Scalar::BigInt) => "bigint",
        FieldKind::Scalar(Scalar::Float) => "double precision",
        FieldKind::Scalar(Scalar::Decimal) => "numeric",
        FieldKind::Scalar(Scalar::DateTime) => "timestamp",
        FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_) => "jsonb",
        FieldKind::Scalar(Scalar::Bytes) => "bytea",
        _ => "text",
    };
    Some(format!("ARRAY[{}]::{element}[]", elements?.join(", ")))
}

fn of_literal(dialect: Postgres, schema: &Schema, field: &Field, literal: &Literal) -> Option<String> {
    let quoted = |text: &str| dialect.literal(text).trim_start().to_owned();
    match (&field.kind, literal) {
        (_, Literal::Null) => None,
        (FieldKind::Enum(_), Literal::String(name)) => Some(quoted(member_name(schema, field, name))),
        (FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_), _) => Some(quoted(&document(literal))),
        (FieldKind::Scalar(Scalar::Decimal), Literal::Number(text) | Literal::String(text)) => {
            Some(Decimal::parse(text).ok()?.to_string())
        }
        (FieldKind::Scalar(Scalar::DateTime), Literal::String(text)) => Some(quoted(&timestamp(text)?)),
        (FieldKind::Scalar(Scalar::Bytes), Literal::String(text)) => {
            let mut hex = "\\x".to_owned();
            push_hex(&mut hex, &STANDARD.decode(text).ok()?);
            Some(quoted(&hex))
        }
        (_, Literal::Boolean(truth)) => Some(truth.to_string()),
        (_, Literal::Number(text)) => Some(text.clone()),
        (_, Literal::String(text)) => Some(quoted(text)),
        (_, Literal::List(_) | Literal::Object(_)) => None,
    }
}

/// Text of `dbgenerated("…")`, where other engines' words are told apart.
fn generated(sql: &str) -> Option<String> {
    let sql = sql.trim();
    match sql.to_ascii_lowercase().as_str() {
        "" | "null" => None,
        "uuid()" | "(uuid())" => Some("gen_random_uuid()".to_owned()),
        _ => Some(sql.to_owned()),
    }
}
