//! A checksum of rows that does not depend on their order: engines order bytes differently.

use purlin_core::value::Value;
use sha2::{Digest as _, Sha256};

/// The sum of the rows' own checksums, each 256 bits, in four parts that overflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub rows: u64,
    sum: [u64; 4],
}

impl Digest {
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            update(&mut hash, value);
        }
        self.rows += 1;
        for (part, bytes) in self.sum.iter_mut().zip(hash.finalize().chunks_exact(8)) {
            *part = part.wrapping_add(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)));
        }
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.sum.iter().try_for_each(|part| write!(formatter, "{part:016x}"))
    }
}

/// Each value with its kind and its length, so that no two rows look alike.
fn update(hash: &mut Sha256, value: &Value) {
    let mut part = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match value {
        Value::Null => part(0, &[]),
        Value::Boolean(truth) => part(1, &[u8::from(*truth)]),
        Value::Int(number) => part(2, &number.to_be_bytes()),
        Value::Float(number) => part(3, &number.to_bits().to_be_bytes()),
        Value::Decimal(number) => part(4, number.to_string().as_bytes()),
        Value::String(text) => part(5, text.as_bytes()),
        Value::DateTime(time) => part(6, &time.as_millis().to_be_bytes()),
        Value::Json(text) => part(7, text.as_bytes()),
        Value::Bytes(bytes) => part(8, bytes),
        Value::List(values) => {
            part(9, &(values.len() as u64).to_be_bytes());
            values.iter().for_each(|value| update(hash, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &[Vec<Value>], right: &[Vec<Value>], are_equal: bool) {
        let digest = |rows: &[Vec<Value>]| {
            let mut digest = Digest::default();
            rows.iter().for_each(|row| digest.add(row));
            digest
        };
        assert_eq!(digest(left) == digest(right), are_equal, "{left:?} {right:?}");
    }

    #[test]
    fn order_does_not_count_and_everything_else_does() {
        let (a, b) = (|| Value::from("a"), || Value::from("b"));
        let list = |values: Vec<Value>| Value::List(values);
        check(&[vec![a()], vec![b()]], &[vec![b()], vec![a()]], true);
        check(&[vec![a(), b()]], &[vec![b(), a()]], false);
        check(&[vec![a()], vec![a()]], &[], false);
        check(&[vec![Value::from("ab"), Value::from("")]], &[vec![a(), b()]], false);
        check(&[vec![list(vec![a()]), b()]], &[vec![list(vec![a(), b()])]], false);
        check(&[vec![Value::Null]], &[vec![Value::from("")]], false);
        check(&[vec![Value::Int(1)]], &[vec![Value::Float(1.0)]], false);
        check(&[vec![list(Vec::new())]], &[vec![Value::Null]], false);
    }
}
