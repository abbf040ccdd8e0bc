//! One table that changes: what `ALTER TABLE` can do, or a rebuild.

use crate::diff::{Change, Step};
use crate::physical::Table;

/// Plain column steps, or one rebuild.
pub(super) fn steps(before: &Table, after: &Table, changes: Vec<Change>) -> Vec<Step> {
    if changes.iter().all(|change| is_plain(change, before, after)) {
        return changes.iter().filter_map(|change| plain_step(change, before, after)).collect();
    }
    vec![Step::RebuildTable { from: before.clone(), to: after.clone(), changes }]
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
