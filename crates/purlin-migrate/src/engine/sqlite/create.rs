//! `CREATE TABLE`, `CREATE INDEX` and their parts.

use purlin_sql::Dialect;
use purlin_sql::dialect::Sqlite;

use super::search;
use crate::physical::{Column, ForeignKey, Index, IndexKey, Table};

pub(super) fn identifier(name: &str) -> String {
    Sqlite.identifier(name)
}

pub(super) fn literal(text: &str) -> String {
    Sqlite.literal(text)
}

/// `name` may differ from the table's: a rebuilt table grows under another.
pub(super) fn table(table: &Table, name: &str) -> String {
    let key = table.key_columns();
    let is_single = key.len() == 1;
    let mut lines: Vec<String> =
        table.columns.iter().map(|item| column(item, is_single && key.contains(&item.name))).collect();
    if key.len() > 1 {
        lines.push(format!("PRIMARY KEY ({})", identifiers(key)));
    }
    lines.extend(table.foreign_keys.iter().map(foreign_key));
    format!("CREATE TABLE {} (\n    {}\n)", identifier(name), lines.join(",\n    "))
}

pub(super) fn column(column: &Column, is_key: bool) -> String {
    let mut text = format!("{} {}", identifier(&column.name), column.column_type);
    if !column.is_nullable {
        text.push_str(" NOT NULL");
    }
    if is_key {
        text.push_str(" PRIMARY KEY");
    }
    if column.is_counted {
        text.push_str(" AUTOINCREMENT");
    }
    if let Some(default) = &column.default {
        text.push_str(" DEFAULT ");
        text.push_str(default);
    }
    text
}

pub(super) fn index(table: &Table, index: &Index) -> Vec<String> {
    if index.is_search() { search::create(table, index) } else { vec![tree(&table.name, index)] }
}

fn tree(table: &str, index: &Index) -> String {
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let key = match &part.key {
                IndexKey::Column(column) => identifier(column),
                IndexKey::Expression(sql) => sql.clone(),
            };
            if part.is_descending { key + " DESC" } else { key }
        })
        .collect();
    let mut text = format!(
        "CREATE {unique}INDEX {} ON {} ({})",
        identifier(&index.name),
        identifier(table),
        parts.join(", ")
    );
    if let Some(condition) = &index.condition {
        text.push_str(" WHERE ");
        text.push_str(condition);
    }
    text
}

fn foreign_key(key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ON UPDATE {}",
        identifier(&key.name),
        identifiers(&key.columns),
        identifier(&key.references_table),
        identifiers(&key.references_columns),
        key.on_delete.as_sql(),
        key.on_update.as_sql()
    )
}

fn identifiers(names: &[String]) -> String {
    names.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
}
