//! One step as PostgreSQL does it.

use super::alter;
use super::create::{self, identifier, index_name, literal, table_name};
use crate::diff::{EnumColumn, Step};
use crate::physical::PhysicalSchema;
use crate::render::Direction;

/// Each without its closing semicolon.
pub(super) fn statements(step: &Step, target: &PhysicalSchema, direction: Direction) -> Vec<String> {
    let mut all = plain(step, target, direction);
    for (mark, extension) in EXTENSIONS {
        if all.iter().any(|statement| statement.contains(mark)) {
            all.insert(0, format!("CREATE EXTENSION IF NOT EXISTS {extension}"));
        }
    }
    all
}

/// What the server has only when it is asked for; whoever owns the database may ask.
const EXTENSIONS: [(&str, &str); 2] = [("\" citext", "citext"), ("_trgm_ops", "pg_trgm")];

fn plain(step: &Step, target: &PhysicalSchema, direction: Direction) -> Vec<String> {
    match step {
        Step::CreateTable { table } => create::table(table),
        Step::DropTable { table } => vec![format!("DROP TABLE {}", table_name(&table.name))],
        Step::RenameTable { from, to } => rename_table(from, to),
        Step::AddColumn { table, column } => vec![format!(
            "ALTER TABLE {} ADD COLUMN {}",
            table_name(table),
            create::column(column, column.is_nullable)
        )],
        Step::DropColumn { table, column } => {
            vec![format!("ALTER TABLE {} DROP COLUMN {}", table_name(table), identifier(&column.name))]
        }
        Step::RenameColumn { table, from, to } => vec![format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            table_name(table),
            identifier(from),
            identifier(to)
        )],
        Step::AlterTable { from, to, changes } => alter::statements(from, to, changes, target, direction),
        // No plan of this engine has one.
        Step::RebuildTable { .. } => Vec::new(),
        Step::CreateIndex { table, index } => {
            target.table(table).map(|table| create::index(table, index)).into_iter().collect()
        }
        Step::DropIndex { table, index } if index.is_unique => vec![
            // Another tool may have made it as a constraint.
            format!(
                "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
                table_name(table),
                identifier(&index.name)
            ),
            format!("DROP INDEX IF EXISTS {}", index_name(table, &index.name)),
        ],
        Step::DropIndex { table, index } => vec![format!("DROP INDEX {}", index_name(table, &index.name))],
        Step::RenameIndex { table, from, to } => {
            vec![format!("ALTER INDEX {} RENAME TO {}", index_name(table, from), identifier(to))]
        }
        Step::RenameForeignKey { table, from, to } => vec![format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            table_name(table),
            identifier(from),
            identifier(to)
        )],
        Step::AddForeignKey { table, key } => {
            vec![format!("ALTER TABLE {} ADD {}", table_name(table), create::foreign_key(key))]
        }
        Step::DropForeignKey { table, key } => {
            vec![format!("ALTER TABLE {} DROP CONSTRAINT {}", table_name(table), identifier(&key.name))]
        }
        Step::RenameEnumValue { from, to, columns, .. } => {
            columns.iter().map(|column| rename_value(column, from, to)).collect()
        }
    }
}

fn rename_table(from: &str, to: &str) -> Vec<String> {
    let split = |name: &str| {
        name.split_once('.').map_or((None, name.to_owned()), |(namespace, table)| {
            (Some(namespace.to_owned()), table.to_owned())
        })
    };
    let ((old_namespace, old), (namespace, new)) = (split(from), split(to));
    let mut all = Vec::new();
    if old_namespace != namespace {
        match &namespace {
            Some(namespace) => {
                all.push(format!("CREATE SCHEMA IF NOT EXISTS {}", identifier(namespace)));
                all.push(format!("ALTER TABLE {} SET SCHEMA {}", table_name(from), identifier(namespace)));
            }
            // Only the connection knows what its own is called.
            None => all.push(format!(
                "DO $$ BEGIN EXECUTE format('ALTER TABLE {} SET SCHEMA %I', current_schema()); END $$",
                table_name(from).replace('\'', "''").replace('%', "%%")
            )),
        }
    }
    if old != new {
        let moved = namespace.map_or_else(|| old.clone(), |namespace| format!("{namespace}.{old}"));
        all.push(format!("ALTER TABLE {} RENAME TO {}", table_name(&moved), identifier(&new)));
    }
    all
}

fn rename_value(place: &EnumColumn, from: &str, to: &str) -> String {
    let (table, column) = (table_name(&place.table), identifier(&place.column));
    let (from, to) = (literal(from), literal(to));
    if place.is_list {
        return format!(
            "UPDATE {table} SET {column} = array_replace({column}, {from}, {to}) WHERE {from} = ANY({column})"
        );
    }
    format!("UPDATE {table} SET {column} = {to} WHERE {column} = {from}")
}
