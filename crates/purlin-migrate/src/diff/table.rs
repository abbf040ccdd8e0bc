//! One table before and after.

use super::step::Change;
use crate::engine::{Engine, ForeignKeys};
use crate::physical::{Column, ForeignKey, Table};

/// `before` already bears the new names.
pub(super) fn changes(engine: &dyn Engine, before: &Table, after: &Table) -> Vec<Change> {
    let mut changes = Vec::new();
    for column in &after.columns {
        match before.column(&column.name) {
            None => changes.push(Change::AddColumn { column: column.name.clone() }),
            Some(old) => changes.extend(column_changes(engine, old, column)),
        }
    }
    let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
    changes.extend(gone.map(|column| Change::DropColumn { column: column.name.clone() }));
    if before.key_columns() != after.key_columns() {
        changes.push(Change::PrimaryKey);
    }
    if engine.foreign_keys() != ForeignKeys::WithTable {
        return changes;
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

pub(crate) fn column_changes(engine: &dyn Engine, old: &Column, new: &Column) -> Vec<Change> {
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
    let is_same_default = match (&old.default, &new.default) {
        (Some(old), Some(new)) => engine.is_same_expression(old, new),
        (old, new) => old == new,
    };
    if !is_same_default || old.is_counted != new.is_counted {
        changes.push(Change::Default { column: name() });
    }
    changes
}
