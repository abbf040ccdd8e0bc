//! Native arrays: bound as the text that PostgreSQL writes them in, read from their binary form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::value::{DateTime, Value};
use purlin_sql::rows::Cell;
use serde_json::Value as Json;
use tokio_postgres::types::Type;

use super::bind::push_text;
use super::cell::decode;

/// `{"a","b",NULL}`.
pub(super) fn push_array(text: &mut String, values: &[Value]) {
    text.push('{');
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        if value.is_null() {
            text.push_str("NULL");
            continue;
        }
        let mut element = String::new();
        push_text(&mut element, value);
        text.push('"');
        for character in element.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    }
    text.push('}');
}

/// The JSON array of a list, its elements as list columns hold them everywhere: what JSON has no number for is text.
pub(super) fn to_json(element: &Type, raw: &[u8]) -> Option<String> {
    let mut raw = Reader(raw);
    let dimensions = raw.i32()?;
    let (_, _) = (raw.i32()?, raw.i32()?);
    if dimensions == 0 {
        return Some("[]".to_owned());
    }
    if dimensions != 1 {
        return None;
    }
    let (count, _) = (raw.i32()?, raw.i32()?);
    let mut elements = Vec::with_capacity(usize::try_from(count).ok()?.min(raw.0.len()));
    for _ in 0..count {
        elements.push(match usize::try_from(raw.i32()?) {
            Ok(length) => element_json(element, raw.take(length)?),
            Err(_) => Json::Null,
        });
    }
    Some(Json::Array(elements).to_string())
}

fn element_json(kind: &Type, raw: &[u8]) -> Json {
    match decode(kind, raw) {
        Cell::Null => Json::Null,
        Cell::Boolean(truth) => truth.into(),
        Cell::Integer(number) if *kind == Type::INT8 => number.to_string().into(),
        Cell::Integer(number) => number.into(),
        Cell::Real(number) => number.into(),
        Cell::Text(bytes) => String::from_utf8_lossy(bytes).into(),
        Cell::Made(text) if matches!(*kind, Type::JSON | Type::JSONB) => {
            serde_json::from_str(&text).unwrap_or(Json::Null)
        }
        Cell::Made(text) => text.into(),
        Cell::Blob(bytes) => STANDARD.encode(bytes).into(),
        Cell::Time(millis) => {
            DateTime::from_millis(millis).map_or(Json::Null, |time| time.to_string().into())
        }
    }
}

/// Big-endian parts, one after the other.
struct Reader<'r>(&'r [u8]);

impl<'r> Reader<'r> {
    fn i32(&mut self) -> Option<i32> {
        let bytes = self.take(4)?;
        Some(i32::from_be_bytes(bytes.try_into().ok()?))
    }

    fn take(&mut self, length: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}
