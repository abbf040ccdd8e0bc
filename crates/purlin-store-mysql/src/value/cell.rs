//! Columns of a row as cells, by the types that the server tells of them.

use mysql_async::consts::ColumnType;
use mysql_async::{Column, Row, Value};
use purlin_core::value::canonical_document;
use purlin_sql::dialect::Flavour;
use purlin_sql::rows::{Cell, Cells};

const DAY_MILLIS: i64 = 86_400_000;
/// The character set of what is no text.
const BINARY: u16 = 63;

#[derive(Debug)]
pub(crate) struct Columns<'r> {
    pub row: &'r Row,
    pub flavour: Flavour,
}

impl Cells for Columns<'_> {
    fn cell(&self, position: usize) -> Cell<'_> {
        match (self.row.as_ref(position), self.row.columns_ref().get(position)) {
            (Some(value), Some(column)) => decode(value, column, self.flavour),
            _ => Cell::Null,
        }
    }
}

/// What cannot be understood is null rather than a guess.
fn decode<'r>(value: &'r Value, column: &Column, flavour: Flavour) -> Cell<'r> {
    match value {
        Value::NULL => Cell::Null,
        Value::Int(number) => Cell::Integer(*number),
        Value::UInt(number) => match i64::try_from(*number) {
            Ok(number) => Cell::Integer(number),
            Err(_) => Cell::Made(number.to_string()),
        },
        Value::Float(number) => Cell::Real((*number).into()),
        Value::Double(number) => Cell::Real(*number),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let days = days_from_epoch(i64::from(*year), i64::from(*month), i64::from(*day));
            Cell::Time(days * DAY_MILLIS + millis_of_day(*hour, *minute, *second, *micros))
        }
        // A time of day is shown on the first day, as Prisma does.
        Value::Time(is_negative, days, hour, minute, second, micros) => {
            let millis = i64::from(*days) * DAY_MILLIS + millis_of_day(*hour, *minute, *second, *micros);
            Cell::Time(if *is_negative { -millis } else { millis })
        }
        Value::Bytes(bytes) => of_bytes(bytes, column, flavour),
    }
}

fn of_bytes<'r>(bytes: &'r [u8], column: &Column, flavour: Flavour) -> Cell<'r> {
    match column.column_type() {
        ColumnType::MYSQL_TYPE_NEWDECIMAL | ColumnType::MYSQL_TYPE_DECIMAL => {
            Cell::Text(without_zeros(bytes))
        }
        ColumnType::MYSQL_TYPE_JSON if flavour != Flavour::MariaDb => document(bytes),
        ColumnType::MYSQL_TYPE_BIT => {
            Cell::Integer(bytes.iter().fold(0, |number, byte| number << 8 | i64::from(*byte)))
        }
        ColumnType::MYSQL_TYPE_JSON | ColumnType::MYSQL_TYPE_ENUM | ColumnType::MYSQL_TYPE_SET => {
            Cell::Text(bytes)
        }
        _ if column.character_set() == BINARY => Cell::Blob(bytes),
        _ => Cell::Text(bytes),
    }
}

/// Decimals come with all the places of their column.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    if !bytes.contains(&b'.') {
        return bytes;
    }
    let kept = bytes.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1);
    let kept = bytes.get(..kept).unwrap_or_default();
    kept.strip_suffix(b".").unwrap_or(kept)
}

/// Native documents keep neither the order of their members nor the form of their numbers.
fn document(bytes: &[u8]) -> Cell<'_> {
    match std::str::from_utf8(bytes).ok().and_then(canonical_document) {
        Some(text) => Cell::Made(text),
        None => Cell::Text(bytes),
    }
}

fn millis_of_day(hour: u8, minute: u8, second: u8, micros: u32) -> i64 {
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    seconds * 1000 + i64::from(micros / 1000)
}

/// In the calendar that is reckoned backwards from today's, as years that start in March.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(days_from_epoch(1970, 1, 1), 0);
        assert_eq!(days_from_epoch(1969, 12, 31), -1);
        assert_eq!(days_from_epoch(2000, 3, 1), 11_017);
        assert_eq!(days_from_epoch(2024, 2, 29), 19_782);
        assert_eq!(days_from_epoch(0, 1, 1), -719_528);
        assert_eq!(days_from_epoch(9999, 12, 31), 2_932_896);
    }

    #[test]
    fn zeros_at_the_end() {
        let check = |text: &str, expected: &str| {
            assert_eq!(without_zeros(text.as_bytes()), expected.as_bytes(), "{text}");
        };
        check("12.500000", "12.5");
        check("100", "100");
        check("100.000", "100");
        check("-0.010", "-0.01");
        check("0.000", "0");
    }
}
