//! What a read asks, as the key of its answer: its shape and all its values, compared in full.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

use crate::operation::Count;
use crate::statement::{Read, ReadShape};
use crate::value::Value;

#[derive(Debug)]
pub(super) struct Question {
    shape: Arc<ReadShape>,
    params: Vec<Value>,
    count: Count,
    hash: u64,
    /// How much memory it takes, roughly.
    pub(super) bytes: usize,
}

/// Hashes that nobody can foresee: strangers choose what is asked.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Of a shape in memory, for each byte of it that is hashed: its enums have room for their largest member.
const BYTES_IN_MEMORY: usize = 8;

impl Question {
    pub(super) fn of(read: &Read) -> Self {
        let mut hasher = Counting { inner: SEED.build_hasher(), bytes: 0 };
        read.shape.hash(&mut hasher);
        read.count.hash(&mut hasher);
        read.params.iter().for_each(|value| hash_value(value, &mut hasher));
        Self {
            shape: Arc::clone(&read.shape),
            params: read.params.clone(),
            count: read.count,
            hash: hasher.inner.finish(),
            bytes: hasher.bytes * BYTES_IN_MEMORY,
        }
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && self.count == other.count
            && self.params == other.params
            && self.shape == other.shape
    }
}

// A number that does not equal itself is no value.
impl Eq for Question {}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

fn hash_value(value: &Value, hasher: &mut impl Hasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Value::Null => {}
        Value::Boolean(truth) => truth.hash(hasher),
        Value::Int(number) => number.hash(hasher),
        Value::Float(number) => number.to_bits().hash(hasher),
        Value::Decimal(number) => number.to_string().hash(hasher),
        Value::String(text) | Value::Json(text) => text.hash(hasher),
        Value::DateTime(time) => time.hash(hasher),
        Value::Bytes(bytes) => bytes.hash(hasher),
        Value::List(values) => {
            values.len().hash(hasher);
            values.iter().for_each(|value| hash_value(value, hasher));
        }
    }
}

/// Counts what it hashes.
struct Counting<H> {
    inner: H,
    bytes: usize,
}

impl<H: Hasher> Hasher for Counting<H> {
    fn write(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.inner.write(bytes);
    }

    fn finish(&self) -> u64 {
        self.inner.finish()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of which none is like another.
    pub(crate) fn question(number: i64) -> Arc<Question> {
        let shape = crate::policy::bare_shape(crate::schema::ModelId(0), crate::statement::Filter::Always);
        Arc::new(Question::of(&Read {
            shape: Arc::new(shape),
            params: vec![number.into()],
            count: Count::None,
        }))
    }
}
