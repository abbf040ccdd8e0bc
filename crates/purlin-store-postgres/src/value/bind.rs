//! Binding: a value in the form of the type that the server expects at its place. What has no short binary form is
//! sent as text, which the server reads by its own rules.

use std::fmt::Write as _;

use bytes::{BufMut, BytesMut};
use purlin_core::value::Value;
use purlin_sql::{Binding, Source, Sources, push_hex};
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use super::array::push_array;

/// Microseconds from 1970 to 2000, where the server counts from.
pub(super) const EPOCH_MILLIS: i64 = 946_684_800_000;

#[derive(Debug)]
pub(crate) enum Bound<'a> {
    Null,
    Value(&'a Value),
    Text(&'a str),
    Number(i64),
}

/// Why a value could not be bound.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("a number is too large for its column")]
    OutOfRange,
}

pub(crate) fn bound<'a>(
    bindings: &'a [Binding],
    sources: Sources<'a>,
) -> impl ExactSizeIterator<Item = Bound<'a>> {
    bindings.iter().map(move |binding| match &binding.source {
        Source::Constant(text) => Bound::Text(text),
        Source::ParentKeys => Bound::Text(sources.parent_keys),
        Source::CapPlusOne => Bound::Number(i64::from(sources.cap) + 1),
        Source::Param(_) | Source::Loaded(..) => match sources.value(&binding.source) {
            None | Some(Value::Null) => Bound::Null,
            Some(value) => Bound::Value(value),
        },
    })
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Text(text) => out.put_slice(text.as_bytes()),
            Self::Number(number) => put_number(*number, kind, out)?,
            Self::Value(value) => put(value, kind, out)?,
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, kind: &Type) -> Format {
        let is_binary = match self {
            Self::Null | Self::Text(_) => false,
            Self::Number(_) => is_integer(kind),
            Self::Value(value) => has_binary(value, kind),
        };
        if is_binary { Format::Binary } else { Format::Text }
    }

    fn to_sql_checked(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.to_sql(kind, out)
    }
}

fn is_integer(kind: &Type) -> bool {
    matches!(*kind, Type::INT2 | Type::INT4 | Type::INT8)
}

fn has_binary(value: &Value, kind: &Type) -> bool {
    match value {
        Value::Int(_) => is_integer(kind),
        Value::Boolean(_) => *kind == Type::BOOL,
        Value::Float(_) => *kind == Type::FLOAT8,
        Value::DateTime(_) => matches!(*kind, Type::TIMESTAMP | Type::TIMESTAMPTZ),
        Value::Bytes(_) => *kind == Type::BYTEA,
        _ => false,
    }
}

fn put_number(number: i64, kind: &Type, out: &mut BytesMut) -> Result<(), Misfit> {
    match *kind {
        Type::INT2 => out.put_i16(i16::try_from(number).map_err(|_| Misfit::OutOfRange)?),
        Type::INT4 => out.put_i32(i32::try_from(number).map_err(|_| Misfit::OutOfRange)?),
        Type::INT8 => out.put_i64(number),
        _ => out.put_slice(number.to_string().as_bytes()),
    }
    Ok(())
}

fn put(value: &Value, kind: &Type, out: &mut BytesMut) -> Result<(), Misfit> {
    match (value, kind) {
        (Value::Int(number), _) => put_number(*number, kind, out)?,
        (Value::Boolean(truth), &Type::BOOL) => out.put_u8(u8::from(*truth)),
        (Value::Float(number), &Type::FLOAT8) => out.put_f64(*number),
        (Value::DateTime(time), &Type::TIMESTAMP | &Type::TIMESTAMPTZ) => {
            out.put_i64((time.as_millis() - EPOCH_MILLIS) * 1000);
        }
        (Value::Bytes(bytes), &Type::BYTEA) => out.put_slice(bytes),
        (Value::List(values), _) => {
            let mut text = String::new();
            push_array(&mut text, values);
            out.put_slice(text.as_bytes());
        }
        (value, _) => {
            let mut text = String::new();
            push_text(&mut text, value);
            out.put_slice(text.as_bytes());
        }
    }
    Ok(())
}

/// As the server reads it where a value of this kind is expected.
pub(super) fn push_text(text: &mut String, value: &Value) {
    match value {
        Value::Null | Value::List(_) => {}
        Value::Boolean(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => drop(write!(text, "{number}")),
        Value::Float(number) => drop(write!(text, "{number}")),
        Value::Decimal(number) => drop(write!(text, "{number}")),
        Value::String(content) | Value::Json(content) => text.push_str(content),
        Value::DateTime(time) => text.push_str(time.text().as_str()),
        Value::Bytes(bytes) => {
            text.push_str("\\x");
            push_hex(text, bytes);
        }
    }
}
