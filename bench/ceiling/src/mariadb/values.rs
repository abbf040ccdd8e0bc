//! Values as the driver has them, and its rows as columns.

use mysql_async::{Row, Value};

use crate::Failure;
use crate::posts::Columns;
use crate::time::{millis_of, written};

/// A time from ISO 8601 text.
pub(super) fn moment(text: &str) -> Option<Value> {
    millis_of(text)?;
    let part = |start: usize, length: usize| text.get(start..start + length)?.parse::<u16>().ok();
    let small = |start: usize| u8::try_from(part(start, 2)?).ok();
    let millis: u32 = part(20, 3)?.into();
    Some(Value::Date(part(0, 4)?, small(5)?, small(8)?, small(11)?, small(14)?, small(17)?, millis * 1_000))
}

fn bytes(row: &Row, column: usize) -> Result<Option<&[u8]>, Failure> {
    match row.as_ref(column) {
        Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
        Some(Value::NULL) => Ok(None),
        _ => Err("a column that is no text".into()),
    }
}

impl Columns for Row {
    fn text(&self, column: usize) -> Result<Option<&[u8]>, Failure> {
        bytes(self, column)
    }

    fn integer(&self, column: usize) -> Result<i64, Failure> {
        match self.as_ref(column) {
            Some(Value::Int(number)) => Ok(*number),
            _ => Err("a column that is no integer".into()),
        }
    }

    fn id(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
        out.extend_from_slice(bytes(self, column)?.ok_or("an id that is null")?);
        Ok(())
    }

    fn time(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self.as_ref(column) {
            Some(&Value::Date(year, month, day, hour, minute, second, micros)) => {
                let millis = i64::from(micros / 1_000);
                let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(i64::from);
                out.extend_from_slice(&written([year.into(), month, day, hour, minute, second, millis]));
                Ok(())
            }
            _ => Err("a column that is no time".into()),
        }
    }
}
