//! The values of an order's keys as bytes: a tag, then the value; texts with their length.

use purlin_core::value::{DateTime, Decimal, Value};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const FLOAT: u8 = 4;
const DECIMAL: u8 = 5;
const STRING: u8 = 6;
const DATE_TIME: u8 = 7;
const BYTES: u8 = 8;

/// `None` for what no order has: documents and lists.
pub(super) fn encode(values: &[Value]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(64);
    for value in values {
        match value {
            Value::Null => bytes.push(NULL),
            Value::Boolean(false) => bytes.push(FALSE),
            Value::Boolean(true) => bytes.push(TRUE),
            Value::Int(number) => push(&mut bytes, INT, &number.to_le_bytes()),
            Value::Float(number) => push(&mut bytes, FLOAT, &number.to_le_bytes()),
            Value::DateTime(time) => push(&mut bytes, DATE_TIME, &time.as_millis().to_le_bytes()),
            Value::Decimal(number) => push_text(&mut bytes, DECIMAL, number.to_string().as_bytes())?,
            Value::String(text) => push_text(&mut bytes, STRING, text.as_bytes())?,
            Value::Bytes(content) => push_text(&mut bytes, BYTES, content)?,
            Value::Json(_) | Value::List(_) => return None,
        }
    }
    Some(bytes)
}

pub(super) fn decode(mut bytes: &[u8]) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    while let Some((tag, rest)) = bytes.split_first() {
        bytes = rest;
        values.push(match *tag {
            NULL => Value::Null,
            FALSE => Value::Boolean(false),
            TRUE => Value::Boolean(true),
            INT => Value::Int(i64::from_le_bytes(take(&mut bytes)?)),
            FLOAT => Value::Float(f64::from_le_bytes(take(&mut bytes)?)),
            DATE_TIME => Value::DateTime(DateTime::from_millis(i64::from_le_bytes(take(&mut bytes)?)).ok()?),
            DECIMAL => Value::Decimal(Decimal::parse(std::str::from_utf8(text(&mut bytes)?).ok()?).ok()?),
            STRING => Value::String(std::str::from_utf8(text(&mut bytes)?).ok()?.to_owned()),
            BYTES => Value::Bytes(text(&mut bytes)?.to_vec()),
            _ => return None,
        });
    }
    Some(values)
}

fn push(bytes: &mut Vec<u8>, tag: u8, content: &[u8]) {
    bytes.push(tag);
    bytes.extend_from_slice(content);
}

fn push_text(bytes: &mut Vec<u8>, tag: u8, content: &[u8]) -> Option<()> {
    push(bytes, tag, &u32::try_from(content.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(content);
    Some(())
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (content, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*content)
}

fn text<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(u32::from_le_bytes(take(bytes)?)).ok()?;
    let (content, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive() {
        let values = vec![
            Value::Null,
            Value::Boolean(true),
            Value::Boolean(false),
            Value::Int(i64::MIN),
            Value::Float(-0.5),
            Value::Decimal(Decimal::parse("-12.50").unwrap()),
            Value::String("ä\0\"".to_owned()),
            Value::String(String::new()),
            Value::DateTime(DateTime::from_millis(-1).unwrap()),
            Value::Bytes(vec![0, 255]),
        ];
        assert_eq!(decode(&encode(&values).unwrap()), Some(values));
        assert_eq!(encode(&[Value::List(Vec::new())]), None);
    }

    #[test]
    fn no_bytes_are_a_panic() {
        for bytes in [&[3][..], &[6, 255, 255, 255, 255], &[6, 2, 0, 0, 0, 65], &[9], &[5, 1, 0, 0, 0, 120]] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
