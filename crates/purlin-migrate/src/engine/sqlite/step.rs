//! One step as SQLite does it.

use super::create::{self, identifier, literal};
use super::{rebuild, search};
use crate::diff::{EnumColumn, Step};
use crate::physical::{PhysicalSchema, Table};
use crate::render::Direction;

/// Each without its closing semicolon.
pub(super) fn statements(step: &Step, target: &PhysicalSchema, direction: Direction) -> Vec<String> {
    let quote = identifier;
    match step {
        Step::CreateTable { table } => {
            let mut all = vec![create::table(table, &table.name)];
            all.extend(table.indexes.iter().flat_map(|index| create::index(table, index)));
            all
        }
        Step::DropTable { table } => {
            let mut all = drop_search(table);
            all.push(format!("DROP TABLE {}", quote(&table.name)));
            all
        }
        Step::RenameTable { from, to } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", quote(from), quote(to))]
        }
        Step::AddColumn { table, column } => {
            vec![format!("ALTER TABLE {} ADD COLUMN {}", quote(table), create::column(column, false))]
        }
        Step::DropColumn { table, column } => {
            vec![format!("ALTER TABLE {} DROP COLUMN {}", quote(table), quote(&column.name))]
        }
        Step::RenameColumn { table, from, to } => {
            vec![format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quote(table), quote(from), quote(to))]
        }
        Step::RebuildTable { from, to, .. } => rebuild::statements(from, to, target, direction),
        Step::CreateIndex { table, index } => {
            target.table(table).into_iter().flat_map(|table| create::index(table, index)).collect()
        }
        Step::DropIndex { index, .. } if index.is_search() => search::drop(index),
        Step::DropIndex { index, .. } => vec![format!("DROP INDEX {}", quote(&index.name))],
        // Foreign keys change with their table, and an index gets its name when it is made.
        Step::AlterTable { .. }
        | Step::RenameIndex { .. }
        | Step::RenameForeignKey { .. }
        | Step::AddForeignKey { .. }
        | Step::DropForeignKey { .. } => Vec::new(),
        Step::RenameEnumValue { from, to, columns, .. } => {
            columns.iter().map(|column| rename_value(column, from, to)).collect()
        }
    }
}

/// What a table that goes leaves behind otherwise.
pub(super) fn drop_search(table: &Table) -> Vec<String> {
    table.indexes.iter().filter(|index| index.is_search()).flat_map(search::drop).collect()
}

fn rename_value(place: &EnumColumn, from: &str, to: &str) -> String {
    let (table, column) = (identifier(&place.table), identifier(&place.column));
    let (from, to) = (literal(from), literal(to));
    if place.is_list {
        return format!(
            "UPDATE {table} SET {column} = (SELECT json_group_array(CASE value WHEN {from} THEN {to} ELSE value END) \
             FROM json_each({table}.{column})) WHERE {column} IS NOT NULL"
        );
    }
    format!("UPDATE {table} SET {column} = {to} WHERE {column} = {from}")
}
