//! `CREATE TABLE`, `CREATE INDEX` and their parts. Foreign keys are added when all tables are there.

use purlin_sql::Dialect;
use purlin_sql::dialect::Postgres as Sql;

use super::declared::Declared;
use super::search;
use crate::physical::{Column, ForeignKey, Index, IndexKey, IndexPart, Table};

pub(super) fn identifier(name: &str) -> String {
    Sql.identifier(name)
}

pub(super) fn literal(text: &str) -> String {
    Sql.literal(text).trim_start().to_owned()
}

/// `schema.table` is a table of another namespace than the connection's own.
pub(super) fn table_name(name: &str) -> String {
    match name.split_once('.') {
        Some((namespace, table)) => format!("{}.{}", identifier(namespace), identifier(table)),
        None => identifier(name),
    }
}

/// An index lives beside its table.
pub(super) fn index_name(table: &str, index: &str) -> String {
    match table.split_once('.') {
        Some((namespace, _)) => format!("{}.{}", identifier(namespace), identifier(index)),
        None => identifier(index),
    }
}

/// With its indexes.
pub(super) fn table(table: &Table) -> Vec<String> {
    let mut all = Vec::new();
    if let Some((namespace, _)) = table.name.split_once('.') {
        all.push(format!("CREATE SCHEMA IF NOT EXISTS {}", identifier(namespace)));
    }
    let mut lines: Vec<String> = table.columns.iter().map(|item| column(item, item.is_nullable)).collect();
    if let Some(key) = &table.primary_key {
        lines.push(format!(
            "CONSTRAINT {} PRIMARY KEY ({})",
            identifier(&key.name),
            identifiers(&key.columns)
        ));
    }
    all.push(format!("CREATE TABLE {} (\n    {}\n)", table_name(&table.name), lines.join(",\n    ")));
    all.extend(table.indexes.iter().map(|item| index(table, item)));
    all
}

pub(super) fn column(column: &Column, is_nullable: bool) -> String {
    let declared = match (column.is_counted, Declared::of(column).name) {
        (true, "smallint") => "smallserial",
        (true, "integer") => "serial",
        (true, "bigint") => "bigserial",
        _ => &column.column_type,
    };
    let mut text = format!("{} {declared}", identifier(&column.name));
    if !is_nullable {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        text.push_str(" DEFAULT ");
        text.push_str(default);
    }
    text
}

pub(super) fn index(table: &Table, index: &Index) -> String {
    if index.is_search() {
        return search::create(table, index);
    }
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    let method = index.method.as_ref().map(|method| format!(" USING {method}")).unwrap_or_default();
    let parts: Vec<String> =
        index.parts.iter().map(|part| index_part(table, part, index.method.is_none())).collect();
    let mut text = format!(
        "CREATE {unique}INDEX {} ON {}{method} ({})",
        identifier(&index.name),
        table_name(&table.name),
        parts.join(", ")
    );
    if let Some(condition) = &index.condition {
        text.push_str(" WHERE ");
        text.push_str(condition);
    }
    text
}

/// In the order of the API, null is the smallest value: where there can be one, the index says so.
fn index_part(table: &Table, part: &IndexPart, is_ordered: bool) -> String {
    let (mut text, is_nullable) = match &part.key {
        IndexKey::Column(name) => {
            (identifier(name), table.column(name).is_some_and(|column| column.is_nullable))
        }
        IndexKey::Expression(sql) => (format!("({sql})"), true),
    };
    if let Some(ops) = &part.ops {
        text.push(' ');
        text.push_str(ops);
    }
    if is_ordered {
        text.push_str(match (part.is_descending, is_nullable) {
            (false, false) => "",
            (false, true) => " NULLS FIRST",
            (true, false) => " DESC",
            (true, true) => " DESC NULLS LAST",
        });
    }
    text
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ON UPDATE {}",
        identifier(&key.name),
        identifiers(&key.columns),
        table_name(&key.references_table),
        identifiers(&key.references_columns),
        key.on_delete.as_sql(),
        key.on_update.as_sql()
    )
}

pub(super) fn identifiers(names: &[String]) -> String {
    names.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
}
