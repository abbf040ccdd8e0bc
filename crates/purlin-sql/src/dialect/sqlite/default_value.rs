//! What stands after `DEFAULT`. Defaults that the engine makes (uuid, cuid and the like) have
//! none: only values that SQLite itself can make are written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldKind, Literal, Scalar, Schema};
use purlin_core::value::{DateTime, Decimal};

use super::Sqlite;
use crate::dialect::Dialect;
use crate::dialect::constant::{document, list_json, member_name};
use crate::list_json::push_hex;

/// Now, in the stored form of a `DateTime`.
const NOW: &str = "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))";
/// A version 4 UUID.
const UUID: &str = "(lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-'||\
                    substr('89AB',1+(abs(random())%4),1)||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6))))";

pub(super) fn of(dialect: Sqlite, schema: &Schema, field: &Field) -> Option<String> {
    match &field.default {
        // A list is never null.
        None if field.is_list() => Some("'[]'".to_owned()),
        Some(DefaultValue::Literal(literal)) => of_literal(dialect, schema, field, literal),
        Some(DefaultValue::Function(DefaultFunction::Now)) => Some(NOW.to_owned()),
        Some(DefaultValue::Function(DefaultFunction::Dbgenerated(Some(sql)))) => generated(sql),
        Some(DefaultValue::Function(_) | DefaultValue::Auth(_)) | None => None,
    }
}

fn of_literal(dialect: Sqlite, schema: &Schema, field: &Field, literal: &Literal) -> Option<String> {
    if let (true, Literal::List(elements)) = (field.is_list(), literal) {
        return Some(dialect.literal(&list_json(schema, field, elements)));
    }
    match (&field.kind, literal) {
        (_, Literal::Null) => None,
        (FieldKind::Enum(_), Literal::String(name)) => {
            Some(dialect.literal(member_name(schema, field, name)))
        }
        (FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_), _) => {
            Some(dialect.literal(&document(literal)))
        }
        (FieldKind::Scalar(Scalar::Decimal), Literal::Number(text) | Literal::String(text)) => {
            Some(dialect.literal(&Decimal::parse(text).ok()?.to_string()))
        }
        (FieldKind::Scalar(Scalar::DateTime), Literal::String(text)) => {
            Some(dialect.literal(&DateTime::parse(text).ok()?.to_string()))
        }
        (FieldKind::Scalar(Scalar::Bytes), Literal::String(text)) => {
            let bytes = STANDARD.decode(text).ok()?;
            let mut text = "X'".to_owned();
            push_hex(&mut text, &bytes);
            text.push('\'');
            Some(text)
        }
        (_, Literal::Boolean(truth)) => Some(if *truth { "1" } else { "0" }.to_owned()),
        (_, Literal::Number(text)) => Some(text.clone()),
        (_, Literal::String(text)) => Some(dialect.literal(text)),
        (_, Literal::List(_) | Literal::Object(_)) => None,
    }
}

/// Text of `dbgenerated("…")`, which was often written for another engine.
fn generated(sql: &str) -> Option<String> {
    let sql = sql.trim();
    let lower = sql.to_ascii_lowercase();
    if matches!(lower.as_str(), "gen_random_uuid()" | "uuid_generate_v4()" | "uuid()" | "(uuid())") {
        return Some(UUID.to_owned());
    }
    if lower.starts_with("now()") || lower.starts_with("current_timestamp") {
        return Some(NOW.to_owned());
    }
    // PostgreSQL's casts (`'{}'::jsonb`) mean nothing here; the value before them does.
    let value = sql.split("::").next().unwrap_or(sql).trim();
    let is_text = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
    let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if is_text || is_number {
        return Some(value.to_owned());
    }
    match lower.as_str() {
        "true" => Some("1".to_owned()),
        "false" => Some("0".to_owned()),
        "" | "null" => None,
        _ if lower.contains("::") || lower.starts_with("nextval(") => None,
        _ => Some(format!("({sql})")),
    }
}
