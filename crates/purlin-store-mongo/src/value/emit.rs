//! A stored value straight into the sink. What other programs may have left in a column is brought into
//! the form that answers have.

use mongodb::bson::RawBsonRef;
use purlin_core::schema::Enum;
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::value::{DateTime, Decimal};

use super::json::push_text;
use super::kind::{Element, Kind};

/// `stored` is `None` where the document lacks the field.
pub(crate) fn emit(kind: Kind<'_>, stored: Option<RawBsonRef<'_>>, sink: &mut dyn RowSink) {
    match stored {
        // A list is never null.
        None | Some(RawBsonRef::Null | RawBsonRef::Undefined) if kind.is_list => {
            sink.value(ValueRef::Json("[]"));
        }
        None | Some(RawBsonRef::Null | RawBsonRef::Undefined) => sink.value(ValueRef::Null),
        Some(RawBsonRef::Array(items)) if kind.is_list => {
            sink.begin_list();
            for item in items {
                emit_element(kind.element, item.unwrap_or(RawBsonRef::Null), sink);
            }
            sink.end_list();
        }
        Some(stored) => emit_element(kind.element, stored, sink),
    }
}

fn emit_element(element: Element<'_>, stored: RawBsonRef<'_>, sink: &mut dyn RowSink) {
    match (element, stored) {
        (_, RawBsonRef::Null | RawBsonRef::Undefined) => sink.value(ValueRef::Null),
        (Element::Json, stored) => {
            let mut text = String::new();
            push_text(&mut text, stored);
            sink.value(ValueRef::Json(&text));
        }
        (_, RawBsonRef::String(text) | RawBsonRef::Symbol(text)) => emit_text(element, text, sink),
        (_, RawBsonRef::Int32(number)) => emit_integer(element, number.into(), sink),
        (_, RawBsonRef::Int64(number)) => emit_integer(element, number, sink),
        (_, RawBsonRef::Double(number)) => emit_real(element, number, sink),
        (_, RawBsonRef::Boolean(truth)) => sink.value(ValueRef::Boolean(truth)),
        (_, RawBsonRef::Decimal128(number)) => emit_text(element, &number.to_string(), sink),
        (_, RawBsonRef::DateTime(time)) => sink.value(ValueRef::DateTime(time.timestamp_millis())),
        (_, RawBsonRef::Binary(binary)) => sink.value(ValueRef::Bytes(binary.bytes)),
        (_, RawBsonRef::ObjectId(id)) => sink.value(ValueRef::Text(&id.to_hex())),
        (_, stored) => {
            let mut text = String::new();
            push_text(&mut text, stored);
            sink.value(ValueRef::Json(&text));
        }
    }
}

fn emit_text(element: Element<'_>, text: &str, sink: &mut dyn RowSink) {
    match element {
        Element::Decimal => match Decimal::parse(text) {
            Ok(number) => sink.value(ValueRef::Decimal(&number.to_string())),
            Err(_) => sink.value(ValueRef::Text(text)),
        },
        Element::DateTime => match DateTime::parse(text) {
            Ok(time) => sink.value(ValueRef::DateTime(time.as_millis())),
            Err(_) => sink.value(ValueRef::Text(text)),
        },
        Element::BigInt => match text.parse() {
            Ok(number) => sink.value(ValueRef::BigInt(number)),
            Err(_) => sink.value(ValueRef::Text(text)),
        },
        Element::Member(members) => sink.value(ValueRef::Text(shown(members, text))),
        Element::Bytes => sink.value(ValueRef::Bytes(text.as_bytes())),
        _ => sink.value(ValueRef::Text(text)),
    }
}

fn shown<'t>(members: &'t Enum, stored: &'t str) -> &'t str {
    let member = members.values.iter().find(|member| member.database_name == stored);
    member.map_or(stored, |member| &member.name)
}

fn emit_integer(element: Element<'_>, number: i64, sink: &mut dyn RowSink) {
    match element {
        Element::Boolean => sink.value(ValueRef::Boolean(number != 0)),
        Element::BigInt => sink.value(ValueRef::BigInt(number)),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        Element::Float => sink.value(ValueRef::Float(number as f64)),
        Element::Decimal => sink.value(ValueRef::Decimal(&number.to_string())),
        Element::DateTime => sink.value(ValueRef::DateTime(number)),
        Element::Text | Element::ObjectId | Element::Member(_) => {
            sink.value(ValueRef::Text(&number.to_string()));
        }
        Element::Int | Element::Json | Element::Bytes => sink.value(ValueRef::Int(number)),
    }
}

fn emit_real(element: Element<'_>, number: f64, sink: &mut dyn RowSink) {
    if !number.is_finite() {
        return sink.value(ValueRef::Null);
    }
    #[expect(clippy::cast_possible_truncation, reason = "it was seen to be whole")]
    let whole = (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    match (element, whole) {
        (Element::Float | Element::Json, _) => sink.value(ValueRef::Float(number)),
        (Element::Decimal, _) => emit_text(element, &number.to_string(), sink),
        // Shells write every number as a double.
        (_, Some(whole)) => emit_integer(element, whole, sink),
        (_, None) => sink.value(ValueRef::Float(number)),
    }
}
