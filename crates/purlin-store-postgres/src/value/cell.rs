//! Columns of a row as cells, from the binary form of their types.

use purlin_core::value::canonical_document;
use purlin_sql::rows::{Cell, Cells};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Kind, Type};

use super::array;
use super::bind::EPOCH_MILLIS;
use super::numeric;

const DAY_MILLIS: i64 = 86_400_000;

#[derive(Debug)]
pub(crate) struct Columns<'r>(pub &'r Row);

impl Cells for Columns<'_> {
    fn cell(&self, position: usize) -> Cell<'_> {
        match self.0.try_get::<_, Option<Raw<'_>>>(position) {
            Ok(Some(Raw(cell))) => cell,
            _ => Cell::Null,
        }
    }
}

struct Raw<'r>(Cell<'r>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(decode(kind, raw)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// What cannot be understood is null rather than a guess.
pub(super) fn decode<'r>(kind: &Type, raw: &'r [u8]) -> Cell<'r> {
    try_decode(kind, raw).unwrap_or(Cell::Null)
}

fn try_decode<'r>(kind: &Type, raw: &'r [u8]) -> Option<Cell<'r>> {
    Some(match *kind {
        Type::BOOL => Cell::Boolean(*raw.first()? != 0),
        Type::INT2 => Cell::Integer(i16::from_be_bytes(raw.try_into().ok()?).into()),
        Type::INT4 => Cell::Integer(i32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::INT8 => Cell::Integer(i64::from_be_bytes(raw.try_into().ok()?)),
        Type::OID => Cell::Integer(u32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::FLOAT4 => Cell::Real(f32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::FLOAT8 => Cell::Real(f64::from_be_bytes(raw.try_into().ok()?)),
        Type::BYTEA => Cell::Blob(raw),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            let micros = i64::from_be_bytes(raw.try_into().ok()?);
            Cell::Time(micros.div_euclid(1000).checked_add(EPOCH_MILLIS)?)
        }
        Type::DATE => {
            let days = i32::from_be_bytes(raw.try_into().ok()?);
            Cell::Time(i64::from(days).checked_mul(DAY_MILLIS)?.checked_add(EPOCH_MILLIS)?)
        }
        // A time of day is shown on the first day, as Prisma does.
        Type::TIME => Cell::Time(i64::from_be_bytes(raw.try_into().ok()?).div_euclid(1000)),
        Type::NUMERIC => Cell::Made(numeric::text(raw)?),
        Type::MONEY => Cell::Made(money(i64::from_be_bytes(raw.try_into().ok()?))),
        Type::JSON => document(raw),
        Type::JSONB => document(raw.get(1..)?),
        Type::UUID => Cell::Made(uuid(raw)),
        _ => match kind.kind() {
            Kind::Array(element) => Cell::Made(array::to_json(element, raw)?),
            Kind::Domain(inner) => return try_decode(inner, raw),
            // Texts of all kinds, and native enums.
            _ => Cell::Text(raw),
        },
    })
}

/// Stored documents keep neither the order of their members nor the form of their numbers.
fn document(raw: &[u8]) -> Cell<'_> {
    match std::str::from_utf8(raw).ok().and_then(canonical_document) {
        Some(text) => Cell::Made(text),
        None => Cell::Text(raw),
    }
}

fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

fn uuid(raw: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (position, byte) in raw.iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        purlin_sql::push_hex(&mut text, &[*byte]);
    }
    text
}
