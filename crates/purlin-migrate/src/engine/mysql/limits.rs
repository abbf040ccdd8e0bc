//! What `InnoDB` cannot hold, said before it refuses.

use super::declared::Declared;
use crate::physical::{Action, Column, IndexKey, PhysicalSchema, Table};

/// Bytes of all columns of a key.
const LONGEST_KEY: u64 = 3072;
const MOST_COLUMNS: usize = 16;
const LONGEST_NAME: usize = 64;

pub(super) fn problems(schema: &PhysicalSchema) -> Vec<String> {
    schema.tables.iter().flat_map(of_table).collect()
}

fn of_table(table: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    let names = table.columns.iter().map(|column| (column.label(), column.name.as_str()));
    for (label, name) in names.chain([(table.label(), table.name.as_str())]) {
        if name.chars().count() > LONGEST_NAME {
            problems.push(format!(
                "{}: the name \"{name}\" of {label} is longer than the {LONGEST_NAME} characters that MySQL takes; give another with @map or @@map",
                table.label()
            ));
        }
    }
    let primary = table.primary_key.as_ref().map(|key| {
        let parts: Vec<(&str, Option<u32>)> = key.columns.iter().map(|name| (name.as_str(), None)).collect();
        ("the primary key", parts)
    });
    let indexes = table.indexes.iter().map(|index| {
        let parts = index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Column(name) => Some((name.as_str(), part.length)),
            IndexKey::Expression(_) => None,
        });
        (index.name.as_str(), parts.collect::<Vec<_>>())
    });
    for (name, parts) in primary.into_iter().chain(indexes) {
        problems.extend(of_key(table, name, &parts));
    }
    for column in table.columns.iter().filter(|column| column.is_counted) {
        let leads = table.key_columns().first() == Some(&column.name)
            || table
                .indexes
                .iter()
                .any(|index| index.parts.first().is_some_and(|part| part.key.column() == Some(&column.name)));
        if !leads {
            problems.push(format!(
                "{}.{}: MySQL counts up only what a key begins with; add @unique or @@index([{}])",
                table.label(),
                column.label(),
                column.label()
            ));
        }
    }
    if table.columns.iter().filter(|column| column.is_counted).count() > 1 {
        problems.push(format!("{}: MySQL counts up one field of a model only", table.label()));
    }
    for key in &table.foreign_keys {
        if [key.on_delete, key.on_update].contains(&Action::SetDefault) {
            problems.push(format!(
                "{}: MySQL has no SetDefault for a relation (\"{}\"); use SetNull or Restrict",
                table.label(),
                key.name
            ));
        }
    }
    problems
}

fn of_key(table: &Table, name: &str, parts: &[(&str, Option<u32>)]) -> Option<String> {
    let columns: Vec<(&Column, Option<u32>)> = parts
        .iter()
        .filter_map(|(name, length)| table.column(name).map(|column| (column, *length)))
        .collect();
    if parts.len() > MOST_COLUMNS {
        return Some(format!(
            "{}: {name} has {} fields, and a key of MySQL holds {MOST_COLUMNS}",
            table.label(),
            parts.len()
        ));
    }
    let mut total = 0;
    for (column, length) in &columns {
        let Some(bytes) = key_bytes(Declared::of(column), *length) else {
            return Some(format!(
                "{}: {name} holds {}, and a {} has no length that fits a key; take it out, or give a text @db.VarChar(191)",
                table.label(),
                column.label(),
                column.column_type
            ));
        };
        total += bytes;
    }
    let longest = columns.iter().max_by_key(|(column, length)| key_bytes(Declared::of(column), *length))?;
    (total > LONGEST_KEY).then(|| {
        format!(
            "{}: {name} needs {total} bytes, and a key of MySQL holds {LONGEST_KEY}; shorten {} with @db.VarChar(n), or take a field out",
            table.label(),
            longest.0.label()
        )
    })
}

/// `None` for what only a prefix of can be in a key.
fn key_bytes(declared: Declared<'_>, prefix: Option<u32>) -> Option<u64> {
    if let Some(length) = prefix {
        return Some(u64::from(length) * if declared.is_bytes() { 1 } else { 4 });
    }
    let length = || declared.arguments.parse::<u64>().unwrap_or(1);
    Some(match declared.name {
        "varchar" | "char" => length() * 4,
        "varbinary" | "binary" => length(),
        "json" => return None,
        _ if declared.is_text() || declared.is_bytes() => return None,
        "decimal" => 30,
        "enum" | "set" | "year" | "tinyint" => 2,
        _ => 8,
    })
}
