//! `CREATE TABLE`, `CREATE INDEX` and their parts. Foreign keys are added when all tables are there.

use purlin_sql::Dialect;
use purlin_sql::dialect::{Flavour, MySql as Sql};

use crate::physical::{Column, ForeignKey, Index, IndexKey, Table};

pub(super) const SQL: Sql = Sql { flavour: Flavour::MySql };

/// Texts compare by their bytes and without padding, by the name that each server has for it: the one reads what the
/// others take for a comment.
pub(super) const TABLE_OPTIONS: &str = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 \
                                        /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */";

pub(super) fn identifier(name: &str) -> String {
    SQL.identifier(name)
}

pub(super) fn literal(text: &str) -> String {
    SQL.literal(text)
}

/// With its indexes: a column that counts needs its key at once.
pub(super) fn table(table: &Table) -> Vec<String> {
    let mut lines: Vec<String> = table.columns.iter().map(|item| column(item, item.is_nullable)).collect();
    if let Some(key) = &table.primary_key {
        lines.push(format!("PRIMARY KEY ({})", identifiers(&key.columns)));
    }
    lines.extend(table.indexes.iter().map(|index| {
        let unique = if index.is_unique { "UNIQUE " } else { "" };
        format!("{unique}INDEX {} ({})", identifier(&index.name), parts(index))
    }));
    vec![format!(
        "CREATE TABLE {} (\n    {}\n){TABLE_OPTIONS}",
        identifier(&table.name),
        lines.join(",\n    ")
    )]
}

pub(super) fn column(column: &Column, is_nullable: bool) -> String {
    // A nullable timestamp has to be declared as such.
    let mut text = format!(
        "{} {} {}",
        identifier(&column.name),
        column.column_type,
        if is_nullable { "NULL" } else { "NOT NULL" }
    );
    if column.is_counted {
        text.push_str(" AUTO_INCREMENT");
    }
    if let Some(default) = &column.default {
        text.push_str(" DEFAULT ");
        text.push_str(default);
    }
    text
}

pub(super) fn parts(index: &Index) -> String {
    let part = |part: &crate::physical::IndexPart| {
        let key = match &part.key {
            IndexKey::Column(column) => identifier(column),
            IndexKey::Expression(sql) => sql.clone(),
        };
        let length = part.length.map(|length| format!("({length})")).unwrap_or_default();
        format!("{key}{length}")
    };
    index.parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
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

pub(super) fn identifiers(names: &[String]) -> String {
    names.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
}
