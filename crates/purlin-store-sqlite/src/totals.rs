//! Counted totals, each with the versions of the tables that decide it. A total is used only
//! while all of them are the same, so a stale one is never seen.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use purlin_core::value::Value;
use purlin_sql::{Binding, Form, Source, list_json};

use purlin_sql::Sources;

#[derive(Debug)]
pub(crate) struct Totals {
    inner: Mutex<Inner>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Inner {
    by_text:
        HashMap<Box<str>, HashMap<Vec<u8>, Entry, foldhash::fast::RandomState>, foldhash::fast::RandomState>,
    entries: usize,
}

#[derive(Debug)]
struct Entry {
    versions: Vec<u64>,
    rows: u64,
}

impl Totals {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { inner: Mutex::default(), capacity }
    }

    pub(crate) fn get(&self, text: &str, key: &[u8], versions: &[u64]) -> Option<u64> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = inner.by_text.get(text)?.get(key)?;
        (entry.versions == versions).then_some(entry.rows)
    }

    pub(crate) fn put(&self, text: &str, key: Vec<u8>, versions: Vec<u64>, rows: u64) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.entries >= self.capacity {
            *inner = Inner::default();
        }
        if !inner.by_text.contains_key(text) {
            inner.by_text.insert(text.into(), HashMap::default());
        }
        let Some(by_key) = inner.by_text.get_mut(text) else { return };
        if by_key.insert(key, Entry { versions, rows }).is_none() {
            inner.entries += 1;
        }
    }
}

/// All that is bound, as bytes that differ where the values do.
pub(crate) fn totals_key(bindings: &[Binding], sources: Sources<'_>) -> Vec<u8> {
    let mut key = Vec::with_capacity(bindings.len() * 16);
    for binding in bindings {
        match (&binding.source, sources.value(&binding.source)) {
            (Source::CapPlusOne, _) => push(&mut key, 0, &sources.cap.to_le_bytes()),
            (_, None | Some(Value::Null)) => key.push(1),
            (_, Some(Value::Boolean(truth))) => push(&mut key, 2, &[u8::from(*truth)]),
            (_, Some(Value::Int(number))) => push(&mut key, 3, &number.to_le_bytes()),
            (_, Some(Value::Float(number))) => push(&mut key, 4, &number.to_le_bytes()),
            (_, Some(Value::Decimal(number))) => push(&mut key, 5, number.to_string().as_bytes()),
            (_, Some(Value::String(text))) => push(&mut key, 6, text.as_bytes()),
            (_, Some(Value::DateTime(time))) => push(&mut key, 7, &time.as_millis().to_le_bytes()),
            (_, Some(Value::Json(text))) => push(&mut key, 8, text.as_bytes()),
            (_, Some(Value::Bytes(bytes))) => push(&mut key, 9, bytes),
            (_, Some(Value::List(values))) => {
                push(&mut key, 10, list_json(values, Form::ColumnList).as_bytes());
            }
        }
    }
    key
}

fn push(key: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    key.push(kind);
    key.extend_from_slice(&bytes.len().to_le_bytes());
    key.extend_from_slice(bytes);
}
