//! One table before and after: what `ALTER TABLE` can do, or a rebuild.

use super::step::{Change, Step};
use crate::physical::{Column, ForeignKey, Table};

/// Nothing, plain column steps, or one rebuild. `before` already bears the new names.
pub(super) fn compare(before: &Table, after: &Table) -> Vec<Step> {
    let changes = changes(before, after);
    if changes.is_empty() {
        return Vec::new();
    }
    if changes.iter().all(|change| is_plain(change, before, after)) {
        return changes.iter().filter_map(|change| plain_step(change, before, after)).collect();
    }
    vec![Step::RebuildTable { from: before.clone(), to: after.clone(), changes }]
}

fn changes(before: &Table, after: &Table) -> Vec<Change> {
    let mut changes = Vec::new();
    for column in &after.columns {
        match before.column(&column.name) {
            None => changes.push(Change::AddColumn { column: column.name.clone() }),
            Some(old) => changes.extend(column_changes(old, column)),
        }
    }
    let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
    changes.extend(gone.map(|column| Change::DropColumn { column: column.name.clone() }));
    if before.key_columns() != after.key_columns() {
        changes.push(Change::PrimaryKey);
    }
    let differ = |left: &[ForeignKey], right: &[ForeignKey]| {
        let only_left = left.iter().filter(|key| !right.iter().any(|other| other.is_like(key)));
        only_left.map(|key| key.columns.clone()).collect::<Vec<_>>()
    };
    let mut keys = differ(&before.foreign_keys, &after.foreign_keys);
    keys.extend(differ(&after.foreign_keys, &before.foreign_keys));
    keys.sort();
    keys.dedup();
    changes.extend(keys.into_iter().map(|columns| Change::ForeignKey { columns }));
    changes
}

fn column_changes(old: &Column, new: &Column) -> Vec<Change> {
    let name = || new.name.clone();
    let mut changes = Vec::new();
    if !old.column_type.eq_ignore_ascii_case(&new.column_type) {
        let (from, to) = (old.column_type.clone(), new.column_type.clone());
        changes.push(Change::Type { column: name(), from, to });
    }
    match (old.is_nullable, new.is_nullable) {
        (true, false) => changes.push(Change::BecomesRequired { column: name() }),
        (false, true) => changes.push(Change::BecomesOptional { column: name() }),
        _ => {}
    }
    if old.default != new.default || old.is_counted != new.is_counted {
        changes.push(Change::Default { column: name() });
    }
    changes
}

/// Whether SQLite's own `ALTER TABLE` does it: columns that nothing else in the table refers to.
fn is_plain(change: &Change, before: &Table, after: &Table) -> bool {
    let is_used = |table: &Table, name: &str| {
        table.key_columns().iter().any(|column| column == name)
            || table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name))
    };
    match change {
        Change::AddColumn { column } => {
            let Some(new) = after.column(column) else { return false };
            // An expression would have to be computed for each row, which it refuses.
            let has_constant = new.default.as_ref().is_some_and(|default| !default.starts_with('('));
            let has_value = if new.default.is_some() { has_constant } else { new.is_nullable };
            has_value && !is_used(after, column)
        }
        Change::DropColumn { column } => {
            // An index that uses it is gone as well, and was dropped first.
            !is_used(before, column)
        }
        _ => false,
    }
}

fn plain_step(change: &Change, before: &Table, after: &Table) -> Option<Step> {
    let table = after.name.clone();
    match change {
        Change::AddColumn { column } => {
            Some(Step::AddColumn { table, column: after.column(column)?.clone() })
        }
        Change::DropColumn { column } => {
            Some(Step::DropColumn { table, column: before.column(column)?.clone() })
        }
        _ => None,
    }
}
