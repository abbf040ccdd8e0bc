//! Keys as bytes, equal where the database takes the values for equal: numbers by value.

use mongodb::bson::{Bson, RawBsonRef};
use purlin_core::value::Decimal;

/// `None` for null, which refers to nothing.
pub(crate) fn raw_key(stored: Option<RawBsonRef<'_>>) -> Option<Vec<u8>> {
    Some(match stored? {
        RawBsonRef::Null | RawBsonRef::Undefined => return None,
        RawBsonRef::Boolean(truth) => vec![1, u8::from(truth)],
        RawBsonRef::Int32(number) => numbered(&number.to_string()),
        RawBsonRef::Int64(number) => numbered(&number.to_string()),
        RawBsonRef::Double(number) => numbered(&number.to_string()),
        RawBsonRef::Decimal128(number) => numbered(&number.to_string()),
        RawBsonRef::String(text) => tagged(3, text.as_bytes()),
        RawBsonRef::DateTime(time) => tagged(4, &time.timestamp_millis().to_le_bytes()),
        RawBsonRef::Binary(binary) => tagged(5, binary.bytes),
        RawBsonRef::ObjectId(id) => tagged(6, &id.bytes()),
        RawBsonRef::Document(document) => tagged(7, document.as_bytes()),
        RawBsonRef::Array(array) => tagged(8, array.as_bytes()),
        other => tagged(9, format!("{other:?}").as_bytes()),
    })
}

pub(crate) fn bson_key(value: &Bson) -> Option<Vec<u8>> {
    Some(match value {
        Bson::Null | Bson::Undefined => return None,
        Bson::Boolean(truth) => vec![1, u8::from(*truth)],
        Bson::Int32(number) => numbered(&number.to_string()),
        Bson::Int64(number) => numbered(&number.to_string()),
        Bson::Double(number) => numbered(&number.to_string()),
        Bson::Decimal128(number) => numbered(&number.to_string()),
        Bson::String(text) => tagged(3, text.as_bytes()),
        Bson::DateTime(time) => tagged(4, &time.timestamp_millis().to_le_bytes()),
        Bson::Binary(binary) => tagged(5, &binary.bytes),
        Bson::ObjectId(id) => tagged(6, &id.bytes()),
        Bson::Document(document) => tagged(7, &mongodb::bson::serialize_to_vec(document).unwrap_or_default()),
        other => tagged(9, format!("{other:?}").as_bytes()),
    })
}

fn numbered(text: &str) -> Vec<u8> {
    match Decimal::parse(text) {
        Ok(number) => tagged(2, number.to_string().as_bytes()),
        Err(_) => tagged(2, text.as_bytes()),
    }
}

fn tagged(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(9 + bytes.len());
    key.push(tag);
    key.extend_from_slice(&bytes.len().to_le_bytes());
    key.extend_from_slice(bytes);
    key
}
