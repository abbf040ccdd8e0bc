//! The answers themselves, in so much memory and no more.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::question::Question;
use crate::changes::Table;
use crate::statement::ReadOutcome;
use crate::value::{DateTime, Value};

#[derive(Debug)]
pub(super) struct Entry {
    /// JSON; empty where there was no row.
    pub text: Box<str>,
    pub outcome: ReadOutcome,
    pub tables: Box<[Table]>,
    /// Of the tables, before it was read.
    pub changes: u64,
    pub since: DateTime,
    pub longest: Duration,
}

/// Two generations, as in [`crate::recent`], but counted in bytes: what is used moves into the young one; when that is
/// full it becomes the old one, and what nobody has used since the last time is forgotten.
#[derive(Debug)]
pub(super) struct Kept {
    young: HashMap<Arc<Question>, Arc<Entry>>,
    old: HashMap<Arc<Question>, Arc<Entry>>,
    /// Of the young.
    bytes: usize,
    /// Of one generation.
    most: usize,
}

/// An answer larger than this part of a generation would drive too many others out.
const LARGEST_PART: usize = 4;
/// What an entry takes beside what it holds.
const ENTRY_BYTES: usize = 512;

impl Kept {
    pub(super) fn new(size_bytes: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), bytes: 0, most: size_bytes / 2 }
    }

    pub(super) fn get(&mut self, question: &Arc<Question>) -> Option<Arc<Entry>> {
        if let Some(entry) = self.young.get(question) {
            return Some(Arc::clone(entry));
        }
        let (question, entry) = self.old.remove_entry(question)?;
        self.insert(question, Arc::clone(&entry));
        Some(entry)
    }

    pub(super) fn put(&mut self, question: Arc<Question>, entry: Entry) {
        self.forget(&question);
        if entry.bytes(&question) <= self.most / LARGEST_PART {
            self.insert(question, Arc::new(entry));
        }
    }

    pub(super) fn forget(&mut self, question: &Arc<Question>) {
        if let Some((question, entry)) = self.young.remove_entry(question) {
            self.bytes = self.bytes.saturating_sub(entry.bytes(&question));
        }
        self.old.remove(question);
    }

    fn insert(&mut self, question: Arc<Question>, entry: Arc<Entry>) {
        let bytes = entry.bytes(&question);
        if self.bytes + bytes > self.most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.young.insert(question, entry);
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.young.iter().chain(&self.old).map(|(question, entry)| entry.bytes(question)).sum()
    }
}

impl Entry {
    /// Whether its time is not over; nor is it known where the clock was set back.
    pub(super) fn is_good_at(&self, now: DateTime) -> bool {
        let age = u64::try_from(now.as_millis() - self.since.as_millis());
        age.is_ok_and(|age| Duration::from_millis(age) < self.longest)
    }

    fn bytes(&self, question: &Question) -> usize {
        let keys = self.outcome.last_keys.iter().flatten().map(value_bytes).sum::<usize>();
        ENTRY_BYTES + self.text.len() + question.bytes + size_of_val(&*self.tables) + keys
    }
}

fn value_bytes(value: &Value) -> usize {
    let beside = match value {
        Value::String(text) | Value::Json(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(values) => values.iter().map(value_bytes).sum(),
        _ => 0,
    };
    size_of::<Value>() + beside
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::cache::question::tests::question;

    fn entry(length: usize) -> Entry {
        Entry {
            text: "x".repeat(length).into(),
            outcome: ReadOutcome::default(),
            tables: Box::default(),
            changes: 0,
            since: DateTime::from_millis(0).unwrap(),
            longest: Duration::from_secs(1),
        }
    }

    #[test]
    fn stays_within_its_size_and_keeps_what_is_used() {
        let most = 100_000;
        let mut kept = Kept::new(most);
        kept.put(question(0), entry(100));
        for number in 1..2000 {
            kept.put(question(number), entry(usize::try_from(number).unwrap() % 3000));
            assert!(kept.get(&question(0)).is_some(), "in use at {number}");
            assert!(kept.bytes() <= most, "{} at {number}", kept.bytes());
        }
        assert!(kept.get(&question(1)).is_none(), "nobody has used it for long");
        assert!(kept.get(&question(1999)).is_some());
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let mut kept = Kept::new(100_000);
        kept.put(question(1), entry(10));
        kept.put(question(1), entry(20_000));
        assert!(kept.get(&question(1)).is_none(), "nor what it would have taken the place of");
        assert_eq!(kept.bytes(), 0);
    }

    #[test]
    fn keys_of_the_last_row_count() {
        let mut large = entry(1);
        let before = large.bytes(&question(1));
        large.outcome.last_keys = Some(vec![Value::from("x".repeat(900_000).as_str())]);
        assert!(large.bytes(&question(1)) > before + 900_000);
    }

    #[test]
    fn ages() {
        let entry = entry(1);
        for (now, expected) in [(0, true), (999, true), (1000, false), (5000, false), (-1, false)] {
            assert_eq!(entry.is_good_at(DateTime::from_millis(now).unwrap()), expected, "{now}");
        }
    }
}
