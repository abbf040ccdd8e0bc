//! Values in the server's binary form, and its rows as columns.

use std::error::Error;

use tokio_postgres::Row;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

use crate::Failure;
use crate::posts::Columns;
use crate::time::{iso_8601, millis_of};

/// Milliseconds from 1970 to 2000, where the server counts from.
const EPOCH: i64 = 946_684_800_000;

macro_rules! sent_as_it_is {
    () => {
        fn accepts(_: &Type) -> bool {
            true
        }

        fn to_sql_checked(
            &self,
            kind: &Type,
            out: &mut BytesMut,
        ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
            self.to_sql(kind, out)
        }
    };
}

/// A uuid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Id([u8; 16]);

/// A time, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Millis(pub(super) i64);

/// Text, or a label of an enum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'t>(pub(super) &'t str);

impl Id {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 36 || [8, 13, 18, 23].iter().any(|&dash| text[dash] != b'-') {
            return None;
        }
        let mut id = [0; 16];
        let mut place = 0;
        for byte in &mut id {
            if matches!(place, 8 | 13 | 18 | 23) {
                place += 1;
            }
            *byte = digit(text[place])? << 4 | digit(text[place + 1])?;
            place += 2;
        }
        Some(Self(id))
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl Millis {
    pub(super) fn parse(text: &str) -> Option<Self> {
        millis_of(text).map(Self)
    }
}

impl ToSql for Id {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    sent_as_it_is!();
}

impl ToSql for Millis {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&((self.0 - EPOCH) * 1_000).to_be_bytes());
        Ok(IsNull::No)
    }

    sent_as_it_is!();
}

impl ToSql for Label<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    sent_as_it_is!();
}

/// A column's bytes.
struct Raw<'r>(&'r [u8]);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Columns for Row {
    fn text(&self, column: usize) -> Result<Option<&[u8]>, Failure> {
        Ok(self.try_get::<_, Option<Raw<'_>>>(column)?.map(|raw| raw.0))
    }

    fn integer(&self, column: usize) -> Result<i64, Failure> {
        Ok(self.try_get::<_, i32>(column)?.into())
    }

    fn id(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut place = 0;
        for byte in self.try_get::<_, Raw<'_>>(column)?.0.iter().take(16) {
            if matches!(place, 8 | 13 | 18 | 23) {
                place += 1;
            }
            text[place] = DIGITS[usize::from(byte >> 4)];
            text[place + 1] = DIGITS[usize::from(byte & 15)];
            place += 2;
        }
        out.extend_from_slice(&text);
        Ok(())
    }

    fn time(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
        let micros = i64::from_be_bytes(self.try_get::<_, Raw<'_>>(column)?.0.try_into()?);
        out.extend_from_slice(&iso_8601(micros.div_euclid(1_000) + EPOCH));
        Ok(())
    }
}
