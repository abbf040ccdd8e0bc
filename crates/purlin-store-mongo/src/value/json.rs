//! Documents of Json fields: JSON text to BSON and back. The order of members is kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mongodb::bson::{Bson, Document, RawBsonRef};
use purlin_core::value::{DateTime, Decimal};
use serde_json::Value as Json;

/// A text that is no JSON cannot come from the core; it is kept as the string that it is.
pub(super) fn document(text: &str) -> Bson {
    serde_json::from_str(text).map_or_else(|_| Bson::String(text.to_owned()), |json| to_bson(&json))
}

fn to_bson(json: &Json) -> Bson {
    match json {
        Json::Null => Bson::Null,
        Json::Bool(truth) => Bson::Boolean(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Bson::Int64(integer),
            (None, Some(float)) => Bson::Double(float),
            (None, None) => Bson::Null,
        },
        Json::String(text) => Bson::String(text.clone()),
        Json::Array(items) => Bson::Array(items.iter().map(to_bson).collect()),
        Json::Object(members) => {
            let mut document = Document::new();
            for (name, value) in members {
                document.insert(name.clone(), to_bson(value));
            }
            Bson::Document(document)
        }
    }
}

/// JSON text of a stored value. Types that JSON has not, which other programs may have stored, take the form
/// that answers give them.
pub(super) fn push_text(text: &mut String, stored: RawBsonRef<'_>) {
    match stored {
        RawBsonRef::Boolean(truth) => text.push_str(if truth { "true" } else { "false" }),
        RawBsonRef::Int32(number) => text.push_str(&number.to_string()),
        RawBsonRef::Int64(number) => text.push_str(&number.to_string()),
        RawBsonRef::Double(number) => match serde_json::Number::from_f64(number) {
            Some(number) => text.push_str(&number.to_string()),
            None => text.push_str("null"),
        },
        RawBsonRef::String(content) | RawBsonRef::Symbol(content) => push_string(text, content),
        RawBsonRef::Array(items) => {
            text.push('[');
            for (position, item) in items.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                push_text(text, item.unwrap_or(RawBsonRef::Null));
            }
            text.push(']');
        }
        RawBsonRef::Document(members) => {
            text.push('{');
            for (position, (name, value)) in members.into_iter().flatten().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                push_string(text, name.as_str());
                text.push(':');
                push_text(text, value);
            }
            text.push('}');
        }
        RawBsonRef::Decimal128(number) => {
            let number = number.to_string();
            push_string(text, &Decimal::parse(&number).map_or(number, |number| number.to_string()));
        }
        RawBsonRef::DateTime(time) => match DateTime::from_millis(time.timestamp_millis()) {
            Ok(time) => push_string(text, time.text().as_str()),
            Err(_) => text.push_str("null"),
        },
        RawBsonRef::ObjectId(id) => push_string(text, &id.to_hex()),
        RawBsonRef::Binary(binary) => push_string(text, &STANDARD.encode(binary.bytes)),
        _ => text.push_str("null"),
    }
}

fn push_string(text: &mut String, content: &str) {
    text.push_str(&Json::from(content).to_string());
}
