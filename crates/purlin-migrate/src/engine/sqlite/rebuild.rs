//! A new table takes the rows, then the name. Foreign keys are off meanwhile and checked at the
//! end; triggers and views are restored and checked by whoever runs the statements.

use super::convert::convert;
use super::create::{self, identifier, literal};
use super::engine::Sqlite;
use super::step;
use crate::engine::stand_in;
use crate::physical::{Column, PhysicalSchema, Table};
use crate::render::Direction;

pub(super) fn statements(
    from: &Table,
    to: &Table,
    target: &PhysicalSchema,
    direction: Direction,
) -> Vec<String> {
    let new = format!("_purlin_new_{}", to.name);
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for column in &to.columns {
        // A column without a source takes its default, or must not be needed.
        if let Some(value) = source(from, to, column, target, direction) {
            columns.push(identifier(&column.name));
            values.push(value);
        }
    }
    let (old_name, new_name) = (identifier(&from.name), identifier(&new));
    let mut all = vec![create::table(to, &new)];
    if !columns.is_empty() {
        all.push(format!(
            "INSERT INTO {new_name} ({})\nSELECT {}\nFROM {old_name}",
            columns.join(", "),
            values.join(", ")
        ));
    }
    if to.columns.iter().any(|column| column.is_counted)
        && from.columns.iter().any(|column| column.is_counted)
    {
        // Numbers of deleted rows are not given again.
        all.push(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE name = {} \
             AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = {0})",
            literal(&new),
            literal(&from.name)
        ));
        all.push(format!(
            "UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM sqlite_sequence WHERE name = {}), 0)) \
             WHERE name = {}",
            literal(&from.name),
            literal(&new)
        ));
    }
    // Rows get other numbers; and its triggers are not those of somebody who wants them back.
    all.extend(step::drop_search(from));
    all.push(format!("DROP TABLE {old_name}"));
    // The plain rename: it must not touch what refers to the name that is taken back.
    all.push("PRAGMA legacy_alter_table = ON".to_owned());
    all.push(format!("ALTER TABLE {new_name} RENAME TO {}", identifier(&to.name)));
    all.push("PRAGMA legacy_alter_table = OFF".to_owned());
    all.extend(to.indexes.iter().flat_map(|index| create::index(to, index)));
    all
}

fn source(
    from: &Table,
    to: &Table,
    column: &Column,
    target: &PhysicalSchema,
    direction: Direction,
) -> Option<String> {
    let Some(old) = from.column(&column.name) else {
        return if column.is_nullable || column.default.is_some() {
            None
        } else {
            stand_in(&Sqlite, to, column, target, direction)
        };
    };
    let value = convert(old, column).value;
    if !old.is_nullable || column.is_nullable {
        return Some(value);
    }
    Some(match stand_in(&Sqlite, to, column, target, direction) {
        Some(fallback) => format!("coalesce({value}, {fallback})"),
        None => value,
    })
}
