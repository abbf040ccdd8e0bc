//! How alike two tables or columns are: enough to ask, never enough to decide.

use crate::physical::{Column, Table};

/// Those of `come` that `before` may have become, the likeliest first.
pub(super) fn tables<'a>(before: &Table, come: &[&'a Table]) -> Vec<&'a Table> {
    let score = |table: &Table| {
        let shared = before.columns.iter().filter(|column| {
            table.column(&column.name).is_some_and(|other| other.column_type == column.column_type)
        });
        let count = shared.count();
        let percent = 200 * count / (before.columns.len() + table.columns.len()).max(1);
        let name = names(before.label(), table.label());
        // An `id` alone says nothing.
        if percent >= 50 && (count > 1 || name >= 50) { percent + name / 4 } else { 0 }
    };
    best(come, score)
}

/// Those of `come` that the column may have become, the likeliest first.
pub(super) fn columns<'a>(
    before: &Table,
    column: &Column,
    after: &Table,
    come: &[&'a Column],
) -> Vec<&'a Column> {
    let is_key = |table: &Table, name: &str| {
        table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name))
    };
    let position = |table: &Table, name: &str| table.columns.iter().position(|column| column.name == name);
    let is_only_one = come.len() == 1;
    let score = |other: &Column| {
        let is_alike = column.column_type == other.column_type
            && column.is_list == other.is_list
            && column.enumeration == other.enumeration
            && is_key(before, &column.name) == is_key(after, &other.name);
        let name = names(column.label(), other.label());
        let is_in_place = position(before, &column.name) == position(after, &other.name);
        if !is_alike || !(name >= 40 || is_in_place || is_only_one) {
            return 0;
        }
        let place = if is_in_place { 20 } else { 0 };
        let arity = if column.is_nullable == other.is_nullable { 10 } else { 0 };
        1 + name + place + arity
    };
    best(come, score)
}

fn best<'a, T>(come: &[&'a T], score: impl Fn(&T) -> usize) -> Vec<&'a T> {
    let mut scored: Vec<(usize, &'a T)> =
        come.iter().map(|item| (score(item), *item)).filter(|(score, _)| *score > 0).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().take(3).map(|(_, item)| item).collect()
}

/// Shared pairs of letters, in percent.
fn names(left: &str, right: &str) -> usize {
    let pairs = |text: &str| {
        let letters: Vec<char> =
            text.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect();
        letters.windows(2).map(<[char]>::to_vec).collect::<Vec<_>>()
    };
    let (left, mut right) = (pairs(left), pairs(right));
    let total = left.len() + right.len();
    let mut shared = 0_usize;
    for pair in left {
        if let Some(at) = right.iter().position(|other| *other == pair) {
            right.swap_remove(at);
            shared += 2;
        }
    }
    (shared * 100).checked_div(total).unwrap_or(0)
}
