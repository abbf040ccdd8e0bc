//! A column straight into the sink. Columns that this program wrote take the short way; what
//! other programs may have left there is brought into the form that answers have.

use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::value::{Decimal, Value};
use serde_json::value::RawValue;

use super::cell::Cell;
use super::date_time;
use crate::decode::Decode;

pub fn emit(decode: &Decode, cell: Cell<'_>, sink: &mut dyn RowSink) {
    match (decode, cell) {
        // A list is never null.
        (Decode::List(_), Cell::Null) => sink.value(ValueRef::Json("[]")),
        (_, Cell::Null) => sink.value(ValueRef::Null),
        (_, Cell::Text(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => emit_text(decode, text, sink),
            Err(_) => emit_text(decode, &String::from_utf8_lossy(bytes), sink),
        },
        (_, Cell::Integer(number)) => emit_integer(decode, number, sink),
        (_, Cell::Real(number)) => emit_real(decode, number, sink),
        (_, Cell::Blob(bytes)) => sink.value(ValueRef::Bytes(bytes)),
        (Decode::DateTime, Cell::Time(millis)) => sink.value(ValueRef::DateTime(millis)),
        (_, Cell::Time(millis)) => emit_integer(decode, millis, sink),
        (Decode::Boolean, Cell::Boolean(truth)) => sink.value(ValueRef::Boolean(truth)),
        (_, Cell::Boolean(truth)) => emit_integer(decode, i64::from(truth), sink),
        (_, Cell::Made(text)) => emit_text(decode, &text, sink),
    }
}

/// A value as its column would give it back, for columns that store what is bound.
pub fn emit_given(decode: &Decode, value: Option<&Value>, sink: &mut dyn RowSink) {
    match value {
        Some(Value::String(text)) => emit_text(decode, text, sink),
        Some(Value::Boolean(truth)) => emit_integer(decode, i64::from(*truth), sink),
        Some(Value::Int(number)) => emit_integer(decode, *number, sink),
        Some(Value::DateTime(time)) => sink.value(ValueRef::DateTime(time.as_millis())),
        // Columns of other types do not store as bound.
        _ => sink.value(ValueRef::Null),
    }
}

fn emit_text(decode: &Decode, text: &str, sink: &mut dyn RowSink) {
    match decode {
        Decode::DateTime if date_time::is_canonical(text) => sink.value(ValueRef::DateTimeText(text)),
        Decode::DateTime => match date_time::parse(text) {
            Some(time) => sink.value(ValueRef::DateTime(time.as_millis())),
            None => sink.value(ValueRef::Text(text)),
        },
        Decode::Decimal if is_plain_number(text) => sink.value(ValueRef::Decimal(text)),
        Decode::Decimal => match Decimal::parse(text) {
            Ok(number) => sink.value(ValueRef::Decimal(&number.to_string())),
            Err(_) if is_plain_number(without_zeros(text)) => {
                sink.value(ValueRef::Decimal(without_zeros(text)));
            }
            Err(_) => sink.value(ValueRef::Text(text)),
        },
        Decode::Json => emit_document(text, sink),
        Decode::Member(members) => {
            let shown = members.iter().find(|(stored, _)| **stored == *text);
            sink.value(ValueRef::Text(shown.map_or(text, |(_, shown)| shown)));
        }
        Decode::List(element) => match (&**element, serde_json::from_str::<Vec<String>>(text)) {
            (Decode::Member(_), Ok(members)) => {
                sink.begin_list();
                for member in &members {
                    emit_text(element, member, sink);
                }
                sink.end_list();
            }
            _ => emit_document(text, sink),
        },
        Decode::Boolean => sink.value(ValueRef::Boolean(matches!(text, "1" | "true" | "TRUE"))),
        Decode::Bytes => sink.value(ValueRef::Bytes(text.as_bytes())),
        Decode::BigInt => match text.parse() {
            Ok(number) => sink.value(ValueRef::BigInt(number)),
            Err(_) => sink.value(ValueRef::Text(text)),
        },
        Decode::Text | Decode::Int | Decode::Float => sink.value(ValueRef::Text(text)),
    }
}

/// Another program may have stored what is no JSON; written as it is, it would break the answer.
fn emit_document(text: &str, sink: &mut dyn RowSink) {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(document) => sink.value(ValueRef::Json(document.get())),
        Err(_) => sink.value(ValueRef::Text(text)),
    }
}

fn emit_integer(decode: &Decode, number: i64, sink: &mut dyn RowSink) {
    match decode {
        Decode::Boolean => sink.value(ValueRef::Boolean(number != 0)),
        Decode::BigInt => sink.value(ValueRef::BigInt(number)),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        Decode::Float => sink.value(ValueRef::Float(number as f64)),
        Decode::Decimal => sink.value(ValueRef::Decimal(&number.to_string())),
        Decode::DateTime => sink.value(ValueRef::DateTime(number)),
        Decode::Text | Decode::Member(_) => sink.value(ValueRef::Text(&number.to_string())),
        Decode::Int | Decode::Json | Decode::Bytes | Decode::List(_) => sink.value(ValueRef::Int(number)),
    }
}

fn emit_real(decode: &Decode, number: f64, sink: &mut dyn RowSink) {
    if !number.is_finite() {
        return sink.value(ValueRef::Null);
    }
    match decode {
        Decode::Decimal => match Decimal::parse(&number.to_string()) {
            Ok(decimal) => sink.value(ValueRef::Decimal(&decimal.to_string())),
            Err(_) => sink.value(ValueRef::Float(number)),
        },
        Decode::DateTime => match date_time::from_real(number) {
            Some(time) => sink.value(ValueRef::DateTime(time.as_millis())),
            None => sink.value(ValueRef::Null),
        },
        Decode::Boolean => sink.value(ValueRef::Boolean(number != 0.0)),
        Decode::Text | Decode::Member(_) => sink.value(ValueRef::Text(&number.to_string())),
        _ => sink.value(ValueRef::Float(number)),
    }
}

/// A sum may be longer than what a field holds, and engines with a fixed number of places fill it up.
fn without_zeros(text: &str) -> &str {
    match text.split_once('.') {
        Some((_, fraction)) if fraction.ends_with('0') => text.trim_end_matches('0').trim_end_matches('.'),
        _ => text,
    }
}

/// Canonical decimals need no escaping and no parsing.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole) && is_number(fraction) && (!digits.contains('.') || !fraction.ends_with('0'))
}
