//! MySQL's catalogue, in the words that are the same for all servers of the family.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schema::builtin::is_bookkeeping;

use super::create::MARKER_COMMENT;
use super::create::literal;
use super::declared::{Declared, canonical};
use crate::database::Session;
use crate::engine::values::Values;
use crate::error::Error;
use crate::physical::{
    Action, Column, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema, PrimaryKey, Table,
};

const ACTION: &str = "read the database's structure";

pub(super) fn read(session: &mut Session<'_>) -> Result<PhysicalSchema, Error> {
    let is_mariadb = is_mariadb(session)?;
    let documents = if is_mariadb { documents(session)? } else { BTreeSet::new() };
    let mut tables = columns(session, is_mariadb, &documents)?;
    indexes(session, &mut tables)?;
    foreign_keys(session, &mut tables)?;
    let tables = tables.into_iter().filter(|(name, _)| !is_bookkeeping(name)).map(|(_, mut table)| {
        // What a foreign key made for itself goes when a better one comes.
        let made = |index: &Index| {
            table.foreign_keys.iter().any(|key| {
                key.name == index.name
                    && key.columns.iter().map(Some).eq(index.parts.iter().map(|part| match &part.key {
                        IndexKey::Column(name) => Some(name),
                        IndexKey::Expression(_) => None,
                    }))
            })
        };
        table.indexes = table.indexes.iter().filter(|index| !made(index)).cloned().collect();
        table.indexes.sort_by(|left, right| left.name.cmp(&right.name));
        table.foreign_keys.sort_by(|left, right| left.name.cmp(&right.name));
        table
    });
    Ok(PhysicalSchema { tables: tables.collect(), enums: Vec::new() })
}

pub(super) fn is_mariadb(session: &mut Session<'_>) -> Result<bool, Error> {
    let rows = session.query(ACTION, "SELECT VERSION()", &[])?;
    Ok(rows.into_iter().next().is_some_and(|row| Values::of(row).text().contains("MariaDB")))
}

/// MariaDB's JSON columns: texts that must be valid. The check keeps the name of a column that got another.
fn documents(session: &mut Session<'_>) -> Result<BTreeSet<(String, String)>, Error> {
    let sql = "SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS \
               WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE LIKE 'json_valid(%'";
    let rows = session.query(ACTION, sql, &[])?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let mut values = Values::of(row);
            let (table, clause) = (values.text(), values.text());
            let name = clause.strip_prefix("json_valid(`")?.strip_suffix("`)")?;
            Some((table, name.replace("``", "`")))
        })
        .collect())
}

fn columns(
    session: &mut Session<'_>,
    is_mariadb: bool,
    documents: &BTreeSet<(String, String)>,
) -> Result<BTreeMap<String, Table>, Error> {
    // One of the catalogue's tables at a time: joins of them have brought servers down.
    let tables = "SELECT TABLE_NAME FROM information_schema.TABLES \
                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'";
    let rows = session.query(ACTION, tables, &[])?;
    let is_table: BTreeSet<String> = rows.into_iter().map(|row| Values::of(row).text()).collect();
    let sql = "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA \
               FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
               AND (GENERATION_EXPRESSION IS NULL OR GENERATION_EXPRESSION = '') \
               ORDER BY TABLE_NAME, ORDINAL_POSITION";
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in session.query(ACTION, sql, &[])? {
        let mut values = Values::of(row);
        let (table, name, declared) = (values.text(), values.text(), values.text());
        if !is_table.contains(&table) {
            continue;
        }
        let (is_nullable, default, extra) = (values.truth(), values.optional(), values.text());
        let is_document = documents.contains(&(table.clone(), name.clone()));
        let column_type = if is_document { "json".to_owned() } else { canonical(&declared) };
        let entry = tables.entry(table.clone()).or_insert_with(|| Table {
            name: table,
            model: None,
            columns: Vec::new(),
            primary_key: None,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            renamed_from: None,
        });
        let mut column = Column {
            name,
            field: None,
            column_type,
            is_nullable,
            is_list: false,
            is_counted: extra.to_ascii_lowercase().contains("auto_increment"),
            default: None,
            fill: None,
            enumeration: None,
            renamed_from: None,
        };
        column.default = default.and_then(|default| {
            if is_mariadb { of_mariadb(&default) } else { Some(of_mysql(&column, &default, &extra)) }
        });
        entry.columns.push(column);
    }
    Ok(tables)
}

/// An SQL expression, with backslashes in its texts.
fn of_mariadb(default: &str) -> Option<String> {
    (default != "NULL").then(|| without_backslashes(default))
}

/// A constant as it is, or an expression where the column says so.
fn of_mysql(column: &Column, default: &str, extra: &str) -> String {
    if extra.contains("DEFAULT_GENERATED") || default.to_ascii_uppercase().starts_with("CURRENT_TIMESTAMP") {
        return without_backslashes(&default.replace("\\'", "'"));
    }
    let declared = Declared::of(column);
    let is_number = declared.range().is_some() || matches!(declared.name, "decimal" | "double" | "float");
    if is_number || default.starts_with("b'") { default.to_owned() } else { literal(default) }
}

/// `'it\'s \\'` is `'it''s \'`.
fn without_backslashes(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut characters = sql.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('\'') => text.push_str("''"),
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('0') => text.push('\0'),
                Some(other) => text.push(other),
                None => {}
            },
            _ => text.push(character),
        }
    }
    text
}

fn indexes(session: &mut Session<'_>, tables: &mut BTreeMap<String, Table>) -> Result<(), Error> {
    let markers = markers(session)?;
    let sql = "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART \
               FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() \
               AND INDEX_TYPE NOT IN ('FULLTEXT', 'SPATIAL') ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";
    for row in session.query(ACTION, sql, &[])? {
        let mut values = Values::of(row);
        let (table, name, is_unique) = (values.text(), values.text(), values.text() == "0");
        let (column, length) = (values.optional(), values.optional());
        let Some(table) = tables.get_mut(&table) else { continue };
        if name == "PRIMARY" {
            let name = format!("{}_pkey", table.name);
            let key = table.primary_key.get_or_insert_with(|| PrimaryKey { name, columns: Vec::new() });
            key.columns.extend(column);
            continue;
        }
        if table.indexes.last().is_none_or(|index| index.name != name) {
            table.indexes.push(Index { name, is_unique, parts: Vec::new(), condition: None, method: None });
        }
        let marked = column.as_ref().and_then(|column| markers.get(&(table.name.clone(), column.clone())));
        let key = column.map_or_else(|| IndexKey::Expression(String::new()), IndexKey::Column);
        if let Some(index) = table.indexes.last_mut() {
            if let Some(condition) = marked {
                index.condition = Some(condition.clone());
                continue;
            }
            let length = length.and_then(|length| length.parse().ok());
            index.parts.push(IndexPart { key, is_descending: false, ops: None, length });
        }
    }
    Ok(())
}

/// The conditions of indexes, by table and the column that stands for them.
fn markers(session: &mut Session<'_>) -> Result<BTreeMap<(String, String), String>, Error> {
    let sql = "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_COMMENT FROM information_schema.COLUMNS \
               WHERE TABLE_SCHEMA = DATABASE() AND GENERATION_EXPRESSION <> ''";
    let mut found = BTreeMap::new();
    for row in session.query(ACTION, sql, &[])? {
        let mut values = Values::of(row);
        let (table, column, comment) = (values.text(), values.text(), values.text());
        if let Some(condition) = comment.strip_prefix(MARKER_COMMENT) {
            found.insert((table, column), condition.to_owned());
        }
    }
    Ok(found)
}

fn foreign_keys(session: &mut Session<'_>, tables: &mut BTreeMap<String, Table>) -> Result<(), Error> {
    let rules = "SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE \
                 FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()";
    let mut actions: BTreeMap<(String, String), (Action, Action)> = BTreeMap::new();
    for row in session.query(ACTION, rules, &[])? {
        let mut values = Values::of(row);
        let key = (values.text(), values.text());
        let mut action = || Action::from_sql(&values.text()).unwrap_or(Action::Restrict);
        actions.insert(key, (action(), action()));
    }
    let sql = "SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME \
               FROM information_schema.KEY_COLUMN_USAGE \
               WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE() \
               ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION";
    for row in session.query(ACTION, sql, &[])? {
        let mut values = Values::of(row);
        let (table, name, references_table) = (values.text(), values.text(), values.text());
        let found = actions.get(&(table.clone(), name.clone())).copied();
        let (on_delete, on_update) = found.unwrap_or((Action::Restrict, Action::Restrict));
        let Some(table) = tables.get_mut(&table) else { continue };
        let (column, target) = (values.text(), values.text());
        if table.foreign_keys.last().is_none_or(|key| key.name != name) {
            table.foreign_keys.push(ForeignKey {
                name,
                columns: Vec::new(),
                references_table,
                references_columns: Vec::new(),
                on_delete,
                on_update,
            });
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(column);
            key.references_columns.push(target);
        }
    }
    Ok(())
}
