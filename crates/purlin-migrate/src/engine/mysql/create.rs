//! `CREATE TABLE`, `CREATE INDEX` and their parts. Foreign keys are added when all tables are there.

use purlin_sql::Dialect;
use purlin_sql::dialect::{Flavour, MySql as Sql};

use crate::physical::{Column, ForeignKey, Index, IndexKey, Table};
use crate::script::checksum;

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
    lines.extend(table.indexes.iter().filter_map(marker));
    lines.extend(table.indexes.iter().map(index));
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

/// Begins the comment of a column that stands for the condition of an index.
pub(super) const MARKER_COMMENT: &str = "where: ";

/// The engine has no index with a condition: a column that is null where it does not hold, at the end of a unique key,
/// keeps those rows apart.
pub(super) fn marker(index: &Index) -> Option<String> {
    let condition = index.condition.as_ref()?;
    Some(format!(
        "{} tinyint(1) GENERATED ALWAYS AS (IF({condition}, 1, NULL)) VIRTUAL COMMENT {}",
        identifier(&marker_name(index)?),
        literal(&format!("{MARKER_COMMENT}{condition}"))
    ))
}

/// The same whatever the index is called.
pub(super) fn marker_name(index: &Index) -> Option<String> {
    let condition = index.condition.as_ref()?;
    let told = checksum(&format!("{} {condition}", plain_parts(index)));
    Some(format!("_where_{}", told.get(..12).unwrap_or(&told)))
}

/// As it stands in `CREATE TABLE`, and after `ADD`.
pub(super) fn index(index: &Index) -> String {
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    format!("{unique}INDEX {} ({})", identifier(&index.name), parts(index))
}

fn parts(index: &Index) -> String {
    match marker_name(index) {
        Some(marker) => format!("{}, {}", plain_parts(index), identifier(&marker)),
        None => plain_parts(index),
    }
}

fn plain_parts(index: &Index) -> String {
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
