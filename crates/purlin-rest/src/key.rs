//! A row's address: the values of its primary key as one path segment, joined by commas. A
//! segment that cannot be a key at all is malformed (400), not absent.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use purlin_core::Error;
use purlin_core::input::{value_from_json, value_from_text};
use purlin_core::operation::Key;
use purlin_core::schema::{Field, FieldId, FieldKind, Model, Scalar, Schema};
use purlin_core::value::Value;
use serde_json::Value as Json;

/// What RFC 3986 calls unreserved stays as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The key that a segment, as sent, stands for.
pub(crate) fn key_of(schema: &Schema, model: &Model, segment: &str) -> Result<Key, Error> {
    if let [only] = &model.primary_key.fields[..] {
        let field = model.field(only.field);
        let value = value(schema, field, segment)
            .map_err(|message| Error::BadRequest(format!("{}: {message}", field.name)))?;
        return Ok(Key { fields: vec![(field.id, value)] });
    }
    let fields: Vec<&Field> = model.key_fields().collect();
    let parts: Vec<&str> = segment.split(',').collect();
    if parts.len() != fields.len() {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        return Err(Error::BadRequest(format!(
            "the address of a {} is {}, joined by commas, each percent-encoded",
            model.name,
            names.join(",")
        )));
    }
    let mut key = Key { fields: Vec::with_capacity(fields.len()) };
    for (field, part) in fields.iter().zip(parts) {
        match value(schema, field, part) {
            Ok(value) => key.fields.push((field.id, value)),
            Err(message) => return Err(Error::BadRequest(format!("{}: {message}", field.name))),
        }
    }
    Ok(key)
}

fn value(schema: &Schema, field: &Field, part: &str) -> Result<Value, String> {
    let bytes = percent_decode_str(part);
    let text = bytes.decode_utf8().map_err(|_| "must be UTF-8 text".to_owned())?;
    if let FieldKind::Scalar(Scalar::String) = field.kind {
        // Here `null` is a text like any other: no row has a null key.
        return if text.contains('\0') {
            Err("must not contain the null character".to_owned())
        } else {
            Ok(Value::String(text.into_owned()))
        };
    }
    match value_from_text(schema, field, &text)? {
        Value::Null => Err("must not be null".to_owned()),
        value => Ok(value),
    }
}

/// The segment of a key, as `Location` has it. `None` where the key cannot be written so.
pub(crate) fn segment(schema: &Schema, model: &Model, key: &[(FieldId, Value)]) -> Option<String> {
    let mut segment = String::new();
    for (index, field) in model.key_fields().enumerate() {
        let (_, value) = key.iter().find(|(id, _)| *id == field.id)?;
        if index > 0 {
            segment.push(',');
        }
        let text = text(schema, field, value)?;
        // Writing to a string cannot fail.
        let _ = write!(segment, "{}", utf8_percent_encode(&text, ESCAPED));
    }
    (!segment.is_empty()).then_some(segment)
}

/// The same of a row's JSON.
pub(crate) fn segment_of_json(schema: &Schema, model: &Model, row: &Json) -> Option<String> {
    let value = |field: &Field| Some((field.id, value_from_json(schema, field, row.get(&field.name)?).ok()?));
    let key: Vec<(FieldId, Value)> = model.key_fields().map(value).collect::<Option<_>>()?;
    segment(schema, model, &key)
}

fn text(schema: &Schema, field: &Field, value: &Value) -> Option<String> {
    Some(match value {
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::DateTime(time) => time.to_string(),
        Value::Bytes(bytes) => STANDARD.encode(bytes),
        Value::String(text) => match field.kind {
            // Clients know members by their names in the schema.
            FieldKind::Enum(id) => {
                let members = &schema.enumeration(id).values;
                members.iter().find(|member| member.database_name == *text)?.name.clone()
            }
            _ => text.clone(),
        },
        Value::Null | Value::Json(_) | Value::List(_) => return None,
    })
}
