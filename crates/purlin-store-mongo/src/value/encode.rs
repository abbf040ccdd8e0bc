//! A value as documents hold it. With the column's type, in its storage form; without, in one that
//! compares with it, since MongoDB compares numbers by value whatever their type.

use std::str::FromStr;

use mongodb::bson::{Binary, Bson, DateTime, Decimal128, oid::ObjectId, spec::BinarySubtype};
use purlin_core::value::{Decimal, Value};

use super::json::document;
use super::kind::Element;

/// What a `Decimal128` holds.
const DECIMAL_DIGITS: u64 = 34;

pub(crate) fn encode(value: &Value, element: Option<Element<'_>>) -> Bson {
    match value {
        Value::Null => Bson::Null,
        Value::Boolean(truth) => Bson::Boolean(*truth),
        Value::Int(number) => integer(*number, element),
        Value::Float(number) => Bson::Double(*number),
        Value::Decimal(number) => decimal(number),
        Value::String(text) => match element {
            Some(Element::ObjectId) => {
                ObjectId::parse_str(text).map_or_else(|_| Bson::String(text.clone()), Bson::ObjectId)
            }
            _ => Bson::String(text.clone()),
        },
        Value::DateTime(time) => Bson::DateTime(DateTime::from_millis(time.as_millis())),
        Value::Json(text) => document(text),
        Value::Bytes(bytes) => Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: bytes.clone() }),
        Value::List(values) => Bson::Array(values.iter().map(|value| encode(value, element)).collect()),
    }
}

fn integer(number: i64, element: Option<Element<'_>>) -> Bson {
    match element {
        Some(Element::Int) => i32::try_from(number).map_or(Bson::Int64(number), Bson::Int32),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        Some(Element::Float) => Bson::Double(number as f64),
        Some(Element::Decimal) => decimal(&Decimal::from(number)),
        _ => Bson::Int64(number),
    }
}

fn decimal(number: &Decimal) -> Bson {
    let exact = Decimal128::from_str(&number.to_string());
    let rounded = || {
        let shorter = number.as_big_decimal().with_prec(DECIMAL_DIGITS);
        Decimal128::from_str(&shorter.to_plain_string())
            .or_else(|_| Decimal128::from_str(&shorter.to_scientific_notation()))
    };
    // The core lets no longer one be stored, so only what is compared is ever rounded.
    exact.or_else(|_| rounded()).map_or(Bson::Null, Bson::Decimal128)
}
