//! Values that stand in the way, as they are told: where, and how many.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::Failure;

/// Nobody repairs more at once.
const MOST_SHOWN: usize = 5;

/// A value that no request could have written, or that the target cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub part: String,
    /// Empty where the database named none.
    pub field: String,
    /// Of the row.
    pub key: String,
    pub message: String,
}

/// Counts all of them and keeps the first of each kind.
#[derive(Debug, Default)]
pub(super) struct Misfits {
    /// By part, field and message.
    kinds: BTreeMap<(String, String, String), (u64, Vec<String>)>,
}

impl Misfits {
    pub(super) fn add(&mut self, misfit: Misfit) {
        let (count, keys) = self.kinds.entry((misfit.part, misfit.field, misfit.message)).or_default();
        *count += 1;
        if keys.len() < MOST_SHOWN {
            keys.push(misfit.key);
        }
    }

    /// Of rows whose keys nobody knows.
    pub(super) fn add_counted(&mut self, part: &str, field: &str, message: &str, rows: u64) {
        if rows > 0 {
            let kind = (part.to_owned(), field.to_owned(), message.to_owned());
            self.kinds.entry(kind).or_default().0 += rows;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    pub(super) fn rows(&self) -> u64 {
        self.kinds.values().map(|(count, _)| count).sum()
    }

    /// `User.age must be an integer: 12 rows, with the keys 3, 7, 9 and others`.
    pub(super) fn failure(&self, code: &'static str, what: &str) -> Failure {
        let mut text = what.to_owned();
        for ((part, field, message), (count, keys)) in &self.kinds {
            let point = if field.is_empty() { "" } else { "." };
            let s = if *count == 1 { "" } else { "s" };
            let _ = write!(text, "\n  - {part}{point}{field} {message}: {count} row{s}");
            if !keys.is_empty() {
                let more = if *count > keys.len() as u64 { " and others" } else { "" };
                let _ = write!(text, ", with the key{s} {}{more}", keys.join("; "));
            }
        }
        Failure::problem(code, text)
    }
}
