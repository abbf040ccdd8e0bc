//! What stands after `DEFAULT`. Defaults that the engine makes (uuid, cuid and the like) have
//! none: only values that SQLite itself can make are written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldKind, Literal, Scalar, Schema};
use purlin_core::value::{DateTime, Decimal};

use super::Sqlite;
use crate::dialect::Dialect;
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
        let elements: Vec<_> = elements.iter().map(|element| element_json(schema, field, element)).collect();
        return Some(dialect.literal(&serde_json::Value::Array(elements).to_string()));
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

/// The member as it is stored.
fn member_name<'a>(schema: &'a Schema, field: &Field, name: &'a str) -> &'a str {
    let FieldKind::Enum(id) = &field.kind else { return name };
    let members = &schema.enumeration(*id).values;
    members.iter().find(|member| member.name == name).map_or(name, |member| &member.database_name)
}

/// An element of a list column, in the form it has inside the JSON array.
fn element_json(schema: &Schema, field: &Field, literal: &Literal) -> serde_json::Value {
    match (&field.kind, literal) {
        (FieldKind::Enum(_), Literal::String(name)) => member_name(schema, field, name).into(),
        (FieldKind::Scalar(Scalar::BigInt), Literal::Number(text)) => text.as_str().into(),
        (FieldKind::Scalar(Scalar::Decimal), Literal::Number(text) | Literal::String(text)) => {
            Decimal::parse(text).map_or_else(|_| text.clone(), |number| number.to_string()).into()
        }
        (FieldKind::Scalar(Scalar::DateTime), Literal::String(text)) => {
            DateTime::parse(text).map_or_else(|_| text.clone(), |time| time.to_string()).into()
        }
        _ => to_json(literal),
    }
}

/// A Json default is usually written as a string that holds the document.
fn document(literal: &Literal) -> String {
    if let Literal::String(text) = literal
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
    {
        return value.to_string();
    }
    to_json(literal).to_string()
}

fn to_json(literal: &Literal) -> serde_json::Value {
    match literal {
        Literal::Null => serde_json::Value::Null,
        Literal::Boolean(truth) => (*truth).into(),
        Literal::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Literal::String(text) => text.as_str().into(),
        Literal::List(elements) => elements.iter().map(to_json).collect(),
        Literal::Object(members) => serde_json::Value::Object(
            members.iter().map(|(key, value)| (key.clone(), to_json(value))).collect(),
        ),
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
