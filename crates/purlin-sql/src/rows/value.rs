//! A column as a value, for sort keys and for rows that later steps use. Enum members keep
//! their stored name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::value::{DateTime, Decimal, Value};

use super::cell::Cell;
use super::date_time;
use crate::decode::Decode;

pub fn value_of(decode: &Decode, cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => match decode {
            Decode::List(_) => Value::List(Vec::new()),
            _ => Value::Null,
        },
        Cell::Text(bytes) => of_text(decode, &String::from_utf8_lossy(bytes)),
        Cell::Integer(number) => of_integer(decode, number),
        Cell::Real(number) => of_real(decode, number),
        Cell::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        Cell::Boolean(truth) if *decode == Decode::Boolean => Value::Boolean(truth),
        Cell::Boolean(truth) => of_integer(decode, i64::from(truth)),
        Cell::Time(millis) => of_integer(decode, millis),
        Cell::Made(text) => of_text(decode, &text),
    }
}

fn of_text(decode: &Decode, text: &str) -> Value {
    match decode {
        Decode::DateTime => match date_time::parse(text) {
            Some(time) => Value::DateTime(time),
            None => Value::from(text),
        },
        Decode::Decimal => match Decimal::parse(text) {
            Ok(number) => Value::Decimal(number),
            Err(_) => Value::from(text),
        },
        Decode::Json => Value::Json(text.to_owned()),
        Decode::List(element) => match serde_json::from_str::<Vec<serde_json::Value>>(text) {
            Ok(elements) => Value::List(elements.iter().map(|value| of_element(element, value)).collect()),
            Err(_) => Value::from(text),
        },
        Decode::Boolean => Value::Boolean(matches!(text, "1" | "true" | "TRUE")),
        Decode::BigInt | Decode::Int => text.parse().map_or_else(|_| Value::from(text), Value::Int),
        Decode::Bytes => Value::Bytes(text.as_bytes().to_vec()),
        Decode::Text | Decode::Float | Decode::Member(_) => Value::from(text),
    }
}

fn of_integer(decode: &Decode, number: i64) -> Value {
    match decode {
        Decode::Boolean => Value::Boolean(number != 0),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        Decode::Float => Value::Float(number as f64),
        Decode::Decimal => Value::Decimal(Decimal::from(number)),
        Decode::DateTime => DateTime::from_millis(number).map_or(Value::Null, Value::DateTime),
        Decode::Text | Decode::Member(_) => Value::String(number.to_string()),
        _ => Value::Int(number),
    }
}

fn of_real(decode: &Decode, number: f64) -> Value {
    match decode {
        _ if !number.is_finite() => Value::Null,
        Decode::Decimal => Decimal::parse(&number.to_string()).map_or(Value::Float(number), Value::Decimal),
        Decode::DateTime => date_time::from_real(number).map_or(Value::Null, Value::DateTime),
        Decode::Boolean => Value::Boolean(number != 0.0),
        _ => Value::Float(number),
    }
}

/// An element of a list column.
fn of_element(decode: &Decode, element: &serde_json::Value) -> Value {
    match element {
        serde_json::Value::Null => Value::Null,
        document if *decode == Decode::Json => Value::Json(document.to_string()),
        serde_json::Value::Bool(truth) => Value::Boolean(*truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => of_integer(decode, integer),
            (None, Some(real)) => of_real(decode, real),
            (None, None) => Value::Null,
        },
        serde_json::Value::String(text) if *decode == Decode::Bytes => {
            STANDARD.decode(text).map_or_else(|_| Value::from(text.as_str()), Value::Bytes)
        }
        serde_json::Value::String(text) => of_text(decode, text),
        document => Value::Json(document.to_string()),
    }
}
