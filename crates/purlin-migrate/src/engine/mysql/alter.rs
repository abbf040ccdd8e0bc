//! One table that changes in place. Its definition changes in as few statements as can be, since each is committed by
//! itself: first what goes and comes, then the rows, then what must hold for them.

use super::convert::{convert, is_natural};
use super::create::{self, identifier, identifiers};
use super::declared::Declared;
use super::engine::MySql;
use crate::diff::{Change, Step};
use crate::engine::stand_in;
use crate::physical::{Column, Index, PhysicalSchema, Table};
use crate::render::Direction;

/// Plain column steps, or one step with all.
pub(super) fn steps(before: &Table, after: &Table, changes: Vec<Change>) -> Vec<Step> {
    let table = after.name.clone();
    let plain = |change: &Change| match change {
        Change::AddColumn { column } => {
            let column = after.column(column)?;
            // One that counts needs its key first.
            let has_value = (column.is_nullable || column.default.is_some()) && !column.is_counted;
            has_value.then(|| Step::AddColumn { table: table.clone(), column: column.clone() })
        }
        Change::DropColumn { column } => {
            let column = before.column(column)?.clone();
            Some(Step::DropColumn { table: table.clone(), column })
        }
        _ => None,
    };
    let all: Option<Vec<Step>> = changes.iter().map(plain).collect();
    let takes_all = before.columns.iter().all(|column| after.column(&column.name).is_none());
    all.filter(|_| !takes_all)
        .unwrap_or_else(|| vec![Step::AlterTable { from: before.clone(), to: after.clone(), changes }])
}

/// A column has to be a text for a while to become something else, and that has no index.
pub(super) fn index_survives(before: &Table, after: &Table, index: &Index) -> bool {
    before
        .columns
        .iter()
        .filter(|column| index.has_column(&column.name))
        .all(|old| after.column(&old.name).is_none_or(|new| old.column_type == new.column_type))
}

pub(super) fn statements(
    from: &Table,
    to: &Table,
    changes: &[Change],
    target: &PhysicalSchema,
    direction: Direction,
) -> Vec<String> {
    let table = identifier(&to.name);
    let fallback = |column: &Column| stand_in(&MySql, to, column, target, direction);
    let has_type_change = |name: &String| {
        changes.iter().any(|change| matches!(change, Change::Type { column, .. } if column == name))
    };
    let is_rekeyed = changes.contains(&Change::PrimaryKey) || from.key_columns().iter().any(has_type_change);
    let (mut first, mut rows, mut last) = (Vec::new(), Vec::new(), Vec::new());
    if is_rekeyed && from.primary_key.is_some() {
        for column in from.columns.iter().filter(|column| column.is_counted) {
            let plain = Column { is_counted: false, ..column.clone() };
            first.push(format!("MODIFY {}", create::column(&plain, false)));
        }
        first.push("DROP PRIMARY KEY".to_owned());
    }
    let dropped = changes.iter().filter_map(|change| match change {
        Change::DropColumn { column } => Some(column),
        _ => None,
    });
    let mut dropped: Vec<String> =
        dropped.map(|column| format!("DROP COLUMN {}", identifier(column))).collect();
    // One that counted and goes needs no change before.
    first.retain(|action| {
        !dropped.iter().any(|drop| {
            drop.strip_prefix("DROP COLUMN ")
                .is_some_and(|name| action.starts_with(&format!("MODIFY {name} ")))
        })
    });
    first.append(&mut dropped);
    for column in &to.columns {
        let name = identifier(&column.name);
        let Some(old) = from.column(&column.name) else {
            let has_value = column.is_nullable || column.default.is_some();
            match fallback(column).filter(|_| !has_value) {
                Some(made) => {
                    first.push(format!("ADD COLUMN {}", create::column(column, true)));
                    rows.push(format!("UPDATE {table} SET {name} = {made}"));
                    last.push(format!("MODIFY {}", create::column(column, false)));
                }
                // What counts comes with its key.
                None if column.is_counted => {
                    last.push(format!("ADD COLUMN {}", create::column(column, false)));
                }
                None => first.push(format!("ADD COLUMN {}", create::column(column, column.is_nullable))),
            }
            continue;
        };
        if old.column_type == column.column_type
            && old.is_nullable == column.is_nullable
            && old.default == column.default
            && old.is_counted == column.is_counted
        {
            // The key that went made it lose its count.
            if is_rekeyed && column.is_counted {
                last.push(format!("MODIFY {}", create::column(column, column.is_nullable)));
            }
            continue;
        }
        let mut may_be_null = old.is_nullable;
        if old.column_type != column.column_type {
            may_be_null = true;
            rows.extend(convert_rows(&table, &name, old, column));
        }
        if let Some(made) = fallback(column).filter(|_| may_be_null && !column.is_nullable) {
            rows.push(format!("UPDATE {table} SET {name} = {made} WHERE {name} IS NULL"));
        }
        last.push(format!("MODIFY {}", create::column(column, column.is_nullable)));
    }
    if let (true, Some(key)) = (is_rekeyed, &to.primary_key) {
        last.push(format!("ADD PRIMARY KEY ({})", identifiers(&key.columns)));
    }
    let alter = |actions: &[String]| {
        (!actions.is_empty()).then(|| format!("ALTER TABLE {table} {}", actions.join(", ")))
    };
    alter(&first).into_iter().chain(rows).chain(alter(&last)).collect()
}

/// The column is left as a text that the new type can read, or as it is where the server can do it alone.
fn convert_rows(table: &str, name: &str, old: &Column, new: &Column) -> Vec<String> {
    let conversion = convert(name, old, new);
    if is_natural(old, new) {
        let fits = conversion.is_exact;
        return fits
            .map(|fits| format!("UPDATE {table} SET {name} = {} WHERE NOT ({fits})", conversion.value))
            .into_iter()
            .collect();
    }
    let mut all = Vec::new();
    let declared = Declared::of(old);
    let old_as_text = if declared.is_bytes() {
        // Bytes are no text: their digits are, as long as there is room for them.
        all.push(format!("ALTER TABLE {table} MODIFY {name} longblob NULL"));
        all.push(format!("UPDATE {table} SET {name} = lower(hex({name}))"));
        Column { column_type: "longtext".to_owned(), ..old.clone() }
    } else {
        old.clone()
    };
    all.push(format!("ALTER TABLE {table} MODIFY {name} longtext NULL"));
    let conversion = convert(name, &old_as_text, new);
    if conversion.value != name {
        all.push(format!("UPDATE {table} SET {name} = {}", conversion.value));
    }
    if Declared::of(new).is_bytes() {
        // What fills gaps may be no text.
        all.push(format!("ALTER TABLE {table} MODIFY {name} longblob NULL"));
    }
    all
}
