//! One value of a field, from JSON or from the text of a URL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use crate::schema::{Arity, CompositeType, EnumId, Field, FieldKind, Scalar, Schema};
use crate::value::{DateTime, Decimal, Value, canonical};

/// Deeper documents are refused: they cost stack in every tool that reads them later.
const MAX_JSON_DEPTH: usize = 64;

/// The value of a field of a body or a filter. `null` gives `Value::Null` whatever the field's
/// arity: whether null is allowed there is for the caller to say.
pub fn value_from_json(schema: &Schema, field: &Field, json: &Json) -> Result<Value, String> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    if field.arity == Arity::List {
        let Json::Array(items) = json else { return Err("must be a list".to_owned()) };
        return items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                element_from_json(schema, field, item).map_err(|message| format!("element {index} {message}"))
            })
            .collect::<Result<_, _>>()
            .map(Value::List);
    }
    element_from_json(schema, field, json)
}

/// One element of a list field, or the value of another.
pub(super) fn element_from_json(schema: &Schema, field: &Field, json: &Json) -> Result<Value, String> {
    match &field.kind {
        FieldKind::Scalar(scalar) => scalar_from_json(*scalar, json),
        FieldKind::Enum(id) => match json {
            Json::String(name) => enum_member(schema, *id, name),
            _ => Err(enum_message(schema, *id)),
        },
        FieldKind::Composite(id) => composite_from_json(schema, schema.composite(*id), json),
        FieldKind::Relation(_) => Err("is a relation, not a value".to_owned()),
        FieldKind::Unsupported(_) => Err("cannot be written here".to_owned()),
    }
}

/// The value of a field from URL text, where everything is text: no quotes around strings, except that
/// `"null"` is the text and `null` the value. Lists are not split here.
pub fn value_from_text(schema: &Schema, field: &Field, text: &str) -> Result<Value, String> {
    if text == "null" {
        return Ok(Value::Null);
    }
    match &field.kind {
        FieldKind::Scalar(scalar) => scalar_from_text(*scalar, text),
        FieldKind::Enum(id) => enum_member(schema, *id, text),
        _ => Err("cannot be compared with a value".to_owned()),
    }
}

pub(super) fn scalar_from_text(scalar: Scalar, text: &str) -> Result<Value, String> {
    match scalar {
        Scalar::String => {
            let text = if text == "\"null\"" { "null" } else { text };
            scalar_from_json(scalar, &Json::String(text.to_owned()))
        }
        Scalar::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err("must be true or false".to_owned()),
        },
        Scalar::Int | Scalar::BigInt => integer_from_text(scalar, text),
        Scalar::Float => float_from_text(text),
        Scalar::Json => match serde_json::from_str::<Json>(text) {
            Ok(json) => scalar_from_json(scalar, &json),
            Err(_) => Err("must be JSON".to_owned()),
        },
        Scalar::Decimal | Scalar::DateTime | Scalar::Bytes => {
            scalar_from_json(scalar, &Json::String(text.to_owned()))
        }
    }
}

pub(super) fn scalar_from_json(scalar: Scalar, json: &Json) -> Result<Value, String> {
    match (scalar, json) {
        (Scalar::String, Json::String(text)) => {
            if text.contains('\0') {
                return Err("must not contain the null character".to_owned());
            }
            Ok(Value::String(text.clone()))
        }
        (Scalar::String, _) => Err("must be a string".to_owned()),
        (Scalar::Boolean, Json::Bool(boolean)) => Ok(Value::Boolean(*boolean)),
        (Scalar::Boolean, _) => Err("must be true or false".to_owned()),
        (Scalar::Int | Scalar::BigInt, Json::Number(number)) => {
            integer_from_number(scalar, &number.to_string())
        }
        (Scalar::Int, _) => Err("must be an integer".to_owned()),
        (Scalar::BigInt, Json::String(text)) => integer_from_text(scalar, text),
        (Scalar::BigInt, _) => Err("must be an integer in a string".to_owned()),
        (Scalar::Float, Json::Number(number)) => float_from_text(&number.to_string()),
        (Scalar::Float, _) => Err("must be a number".to_owned()),
        (Scalar::Decimal, Json::String(text)) => decimal_from_text(text),
        (Scalar::Decimal, Json::Number(number)) => decimal_from_text(&number.to_string()),
        (Scalar::Decimal, _) => Err("must be a decimal number in a string".to_owned()),
        (Scalar::DateTime, Json::String(text)) => {
            DateTime::parse(text).map(Value::DateTime).map_err(|error| error.to_string())
        }
        (Scalar::DateTime, _) => {
            Err("must be an ISO 8601 date and time such as 2026-01-31T09:30:00.000Z".to_owned())
        }
        (Scalar::Json, json) => {
            if depth_exceeds(json, MAX_JSON_DEPTH) {
                return Err(format!("must not be nested deeper than {MAX_JSON_DEPTH}"));
            }
            if has_null_character(json) {
                return Err("must not contain the null character".to_owned());
            }
            Ok(Value::Json(canonical(json)))
        }
        (Scalar::Bytes, Json::String(text)) => {
            STANDARD.decode(text).map(Value::Bytes).map_err(|_| "must be base64".to_owned())
        }
        (Scalar::Bytes, _) => Err("must be base64 in a string".to_owned()),
    }
}

fn integer_from_number(scalar: Scalar, text: &str) -> Result<Value, String> {
    integer_from_text(scalar, without_zeros(text))
}

/// A JSON number with a fraction of zeros is an integer, as JSON Schema has it: some writers know no other.
fn without_zeros(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}

/// For counts and sizes.
pub(super) fn whole_number(number: &serde_json::Number) -> Option<u64> {
    without_zeros(&number.to_string()).parse().ok()
}

/// The same with a sign.
pub(super) fn signed_number(number: &serde_json::Number) -> Option<i64> {
    without_zeros(&number.to_string()).parse().ok()
}

fn integer_from_text(scalar: Scalar, text: &str) -> Result<Value, String> {
    let is_integer = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(number) if scalar == Scalar::BigInt || i32::try_from(number).is_ok() => Ok(Value::Int(number)),
        _ if is_integer && !text.is_empty() && text != "-" => Err(match scalar {
            Scalar::BigInt => "must fit 64 bits".to_owned(),
            _ => "must lie between -2147483648 and 2147483647".to_owned(),
        }),
        _ => Err("must be an integer".to_owned()),
    }
}

fn float_from_text(text: &str) -> Result<Value, String> {
    let begins_like_a_number =
        text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.');
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && begins_like_a_number => {
            // Negative zero would compare unequal by text in some engines.
            Ok(Value::Float(if number == 0.0 { 0.0 } else { number }))
        }
        Ok(_) => Err("must be a finite number".to_owned()),
        Err(_) => Err("must be a number".to_owned()),
    }
}

fn decimal_from_text(text: &str) -> Result<Value, String> {
    Decimal::parse(text).map(Value::Decimal).map_err(|error| error.to_string())
}

fn enum_member(schema: &Schema, id: EnumId, name: &str) -> Result<Value, String> {
    let members = &schema.enumeration(id).values;
    match members.iter().find(|member| member.name == name) {
        Some(member) => Ok(Value::String(member.database_name.clone())),
        None => Err(enum_message(schema, id)),
    }
}

fn enum_message(schema: &Schema, id: EnumId) -> String {
    let names: Vec<&str> = schema.enumeration(id).values.iter().map(|member| member.name.as_str()).collect();
    format!("must be one of {}", names.join(", "))
}

/// Checks the members.
fn composite_from_json(schema: &Schema, composite: &CompositeType, json: &Json) -> Result<Value, String> {
    let Json::Object(members) = json else { return Err("must be an object".to_owned()) };
    if depth_exceeds(json, MAX_JSON_DEPTH) {
        return Err(format!("must not be nested deeper than {MAX_JSON_DEPTH}"));
    }
    if let Some(unknown) = members.keys().find(|key| composite.fields.iter().all(|field| field.name != **key))
    {
        return Err(format!("has an unknown member \"{unknown}\""));
    }
    let mut checked = serde_json::Map::new();
    for field in &composite.fields {
        let member = members.get(&field.name).unwrap_or(&Json::Null);
        if member.is_null() && field.arity == Arity::Required && field.default.is_none() {
            return Err(format!("needs the member \"{}\"", field.name));
        }
        value_from_json(schema, field, member)
            .map_err(|message| format!("member {} {message}", field.name))?;
        if let Some(value) = members.get(&field.name) {
            checked.insert(field.name.clone(), value.clone());
        }
    }
    Ok(Value::Json(canonical(&Json::Object(checked))))
}

/// In a text or in the name of a member.
fn has_null_character(json: &Json) -> bool {
    match json {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_null_character),
        Json::Object(members) => {
            members.iter().any(|(name, member)| name.contains('\0') || has_null_character(member))
        }
        _ => false,
    }
}

fn depth_exceeds(json: &Json, limit: usize) -> bool {
    match json {
        Json::Array(items) => limit == 0 || items.iter().any(|item| depth_exceeds(item, limit - 1)),
        Json::Object(members) => {
            limit == 0 || members.values().any(|member| depth_exceeds(member, limit - 1))
        }
        _ => false,
    }
}
