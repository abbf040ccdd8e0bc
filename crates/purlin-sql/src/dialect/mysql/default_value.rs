//! What stands after `DEFAULT`. Defaults that the engine makes (uuid, cuid and the like) have
//! none: only values that MySQL itself can make are written. Texts, documents and bytes stand in
//! parentheses, without which long columns have no default.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldKind, Literal, Scalar, Schema};
use purlin_core::value::Decimal;

use super::MySql;
use crate::dialect::Dialect;
use crate::dialect::constant::{document, list_json, member_name, timestamp};
use crate::list_json::push_hex;

pub(super) fn of(dialect: MySql, schema: &Schema, field: &Field) -> Option<String> {
    match &field.default {
        // A list is never null.
        None if field.is_list() => Some("('[]')".to_owned()),
        Some(DefaultValue::Literal(Literal::List(elements))) if field.is_list() => {
            Some(format!("({})", dialect.literal(&list_json(schema, field, elements))))
        }
        Some(DefaultValue::Literal(literal)) => of_literal(dialect, schema, field, literal),
        Some(DefaultValue::Function(DefaultFunction::Now)) => Some(now(field)),
        Some(DefaultValue::Function(DefaultFunction::Dbgenerated(Some(sql)))) => generated(sql),
        Some(DefaultValue::Function(_) | DefaultValue::Auth(_)) | None => None,
    }
}

/// Connections of Purlin are in UTC. The digits must be the column's.
fn now(field: &Field) -> String {
    let native = field.native_type.as_ref();
    match native.map(|native| (native.name.as_str(), native.arguments.first())) {
        Some(("Date", _)) => "(CURRENT_DATE)".to_owned(),
        Some(("DateTime" | "Timestamp" | "Time", None)) => "CURRENT_TIMESTAMP".to_owned(),
        Some(("DateTime" | "Timestamp" | "Time", Some(digits))) => format!("CURRENT_TIMESTAMP({digits})"),
        _ => "CURRENT_TIMESTAMP(3)".to_owned(),
    }
}

fn of_literal(dialect: MySql, schema: &Schema, field: &Field, literal: &Literal) -> Option<String> {
    let long = |text: &str| format!("({})", dialect.literal(text));
    match (&field.kind, literal) {
        (_, Literal::Null) => None,
        (FieldKind::Enum(_), Literal::String(name)) => {
            Some(dialect.literal(member_name(schema, field, name)))
        }
        (FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_), _) => Some(long(&document(literal))),
        (FieldKind::Scalar(Scalar::Decimal), Literal::Number(text) | Literal::String(text)) => {
            Some(Decimal::parse(text).ok()?.to_string())
        }
        (FieldKind::Scalar(Scalar::DateTime), Literal::String(text)) => {
            Some(dialect.literal(&timestamp(text)?))
        }
        (FieldKind::Scalar(Scalar::Bytes), Literal::String(text)) => {
            let mut sql = "(X'".to_owned();
            push_hex(&mut sql, &STANDARD.decode(text).ok()?);
            sql.push_str("')");
            Some(sql)
        }
        (_, Literal::Boolean(truth)) => Some(if *truth { "1" } else { "0" }.to_owned()),
        (_, Literal::Number(text)) => Some(text.clone()),
        (_, Literal::String(text)) => Some(long(text)),
        (_, Literal::List(_) | Literal::Object(_)) => None,
    }
}

/// Text of `dbgenerated("…")`, which was often written for another engine.
fn generated(sql: &str) -> Option<String> {
    let sql = sql.trim();
    let lower = sql.to_ascii_lowercase();
    if matches!(lower.as_str(), "gen_random_uuid()" | "uuid_generate_v4()" | "uuid()" | "(uuid())") {
        return Some("(uuid())".to_owned());
    }
    if lower.starts_with("now()") || lower.starts_with("current_timestamp") {
        return Some("CURRENT_TIMESTAMP(3)".to_owned());
    }
    // PostgreSQL's casts (`'{}'::jsonb`) mean nothing here; the value before them does.
    let value = sql.split("::").next().unwrap_or(sql).trim();
    let is_text = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
    if is_text {
        return Some(format!("({value})"));
    }
    if value.parse::<f64>().is_ok_and(f64::is_finite) {
        return Some(value.to_owned());
    }
    match lower.as_str() {
        "true" => Some("1".to_owned()),
        "false" => Some("0".to_owned()),
        "" | "null" => None,
        _ if lower.contains("::") || lower.starts_with("nextval(") => None,
        _ if sql.starts_with('(') => Some(sql.to_owned()),
        _ => Some(format!("({sql})")),
    }
}
