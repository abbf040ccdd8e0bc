//! One step as MySQL does it.

use super::alter;
use super::create::{self, identifier, literal};
use crate::diff::{EnumColumn, Step};
use crate::physical::PhysicalSchema;
use crate::render::Direction;

/// Each without its closing semicolon.
pub(super) fn statements(step: &Step, target: &PhysicalSchema, direction: Direction) -> Vec<String> {
    let alter_table =
        |table: &str, action: String| vec![format!("ALTER TABLE {} {action}", identifier(table))];
    match step {
        Step::CreateTable { table } => create::table(table),
        Step::DropTable { table } => vec![format!("DROP TABLE {}", identifier(&table.name))],
        Step::RenameTable { from, to } => {
            vec![format!("RENAME TABLE {} TO {}", identifier(from), identifier(to))]
        }
        Step::AddColumn { table, column } => {
            alter_table(table, format!("ADD COLUMN {}", create::column(column, column.is_nullable)))
        }
        Step::DropColumn { table, column } => {
            alter_table(table, format!("DROP COLUMN {}", identifier(&column.name)))
        }
        Step::RenameColumn { table, from, to } => {
            alter_table(table, format!("RENAME COLUMN {} TO {}", identifier(from), identifier(to)))
        }
        Step::AlterTable { from, to, changes } => alter::statements(from, to, changes, target, direction),
        // No plan of this engine has one.
        Step::RebuildTable { .. } | Step::RenameForeignKey { .. } => Vec::new(),
        Step::CreateIndex { table, index } => {
            let marker =
                create::marker(index).map(|marker| format!("ADD COLUMN {marker}, ")).unwrap_or_default();
            alter_table(table, format!("{marker}ADD {}", create::index(index)))
        }
        Step::DropIndex { table, index } => {
            let marker = create::marker_name(index);
            let marker =
                marker.map(|name| format!(", DROP COLUMN {}", identifier(&name))).unwrap_or_default();
            alter_table(table, format!("DROP INDEX {}{marker}", identifier(&index.name)))
        }
        Step::RenameIndex { table, from, to } => {
            alter_table(table, format!("RENAME INDEX {} TO {}", identifier(from), identifier(to)))
        }
        Step::AddForeignKey { table, key } => alter_table(table, format!("ADD {}", create::foreign_key(key))),
        Step::DropForeignKey { table, key } => {
            alter_table(table, format!("DROP FOREIGN KEY {}", identifier(&key.name)))
        }
        Step::RenameEnumValue { from, to, columns, .. } => {
            columns.iter().map(|column| rename_value(column, from, to)).collect()
        }
    }
}

fn rename_value(place: &EnumColumn, from: &str, to: &str) -> String {
    let (table, column) = (identifier(&place.table), identifier(&place.column));
    if place.is_list {
        // Elements stand in quotes, and no name holds any.
        let quoted = |name: &str| literal(&serde_json::Value::from(name).to_string());
        return format!(
            "UPDATE {table} SET {column} = replace({column}, {}, {}) WHERE json_contains({column}, {0})",
            quoted(from),
            quoted(to)
        );
    }
    format!("UPDATE {table} SET {column} = {} WHERE {column} = {}", literal(to), literal(from))
}
