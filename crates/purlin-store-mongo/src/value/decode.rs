//! A stored value as a value, for sort keys and for rows that later steps use. Enum members keep their stored
//! name.

use mongodb::bson::RawBsonRef;
use purlin_core::value::{DateTime, Decimal, Value};

use super::json::push_text;
use super::kind::{Element, Kind};

/// `stored` is `None` where the document lacks the field.
pub(crate) fn value_of(kind: Kind<'_>, stored: Option<RawBsonRef<'_>>) -> Value {
    match stored {
        None | Some(RawBsonRef::Null | RawBsonRef::Undefined) if kind.is_list => Value::List(Vec::new()),
        None => Value::Null,
        Some(RawBsonRef::Array(items)) if kind.is_list => Value::List(
            items
                .into_iter()
                .map(|item| element_of(kind.element, item.unwrap_or(RawBsonRef::Null)))
                .collect(),
        ),
        Some(stored) => element_of(kind.element, stored),
    }
}

fn element_of(element: Element<'_>, stored: RawBsonRef<'_>) -> Value {
    match (element, stored) {
        (_, RawBsonRef::Null | RawBsonRef::Undefined) => Value::Null,
        (Element::Json, stored) => {
            let mut text = String::new();
            push_text(&mut text, stored);
            Value::Json(text)
        }
        (_, RawBsonRef::Boolean(truth)) => Value::Boolean(truth),
        (_, RawBsonRef::Int32(number)) => integer(element, number.into()),
        (_, RawBsonRef::Int64(number)) => integer(element, number),
        (_, RawBsonRef::Double(number)) => real(element, number),
        (_, RawBsonRef::Decimal128(number)) => text_value(element, &number.to_string()),
        (_, RawBsonRef::String(text) | RawBsonRef::Symbol(text)) => text_value(element, text),
        (_, RawBsonRef::DateTime(time)) => {
            DateTime::from_millis(time.timestamp_millis()).map_or(Value::Null, Value::DateTime)
        }
        (_, RawBsonRef::Binary(binary)) => Value::Bytes(binary.bytes.to_vec()),
        (_, RawBsonRef::ObjectId(id)) => Value::String(id.to_hex()),
        (_, stored) => {
            let mut text = String::new();
            push_text(&mut text, stored);
            Value::Json(text)
        }
    }
}

fn integer(element: Element<'_>, number: i64) -> Value {
    match element {
        Element::Boolean => Value::Boolean(number != 0),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        Element::Float => Value::Float(number as f64),
        Element::Decimal => Value::Decimal(Decimal::from(number)),
        Element::DateTime => DateTime::from_millis(number).map_or(Value::Null, Value::DateTime),
        Element::Text | Element::ObjectId | Element::Member(_) => Value::String(number.to_string()),
        Element::Int | Element::BigInt | Element::Json | Element::Bytes => Value::Int(number),
    }
}

fn real(element: Element<'_>, number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "it was seen to be whole")]
    let whole = (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    match (element, whole) {
        _ if !number.is_finite() => Value::Null,
        (Element::Float, _) => Value::Float(number),
        (Element::Decimal, _) => text_value(element, &number.to_string()),
        (_, Some(whole)) => integer(element, whole),
        (_, None) => Value::Float(number),
    }
}

fn text_value(element: Element<'_>, text: &str) -> Value {
    match element {
        Element::Decimal => Decimal::parse(text).map_or_else(|_| Value::from(text), Value::Decimal),
        Element::DateTime => DateTime::parse(text).map_or_else(|_| Value::from(text), Value::DateTime),
        Element::Int | Element::BigInt => text.parse().map_or_else(|_| Value::from(text), Value::Int),
        _ => Value::from(text),
    }
}
