//! SQLite's catalogue. Virtual tables and their shadows, and the tables that migrations keep for
//! themselves, are left out.

use std::collections::BTreeMap;

use super::{create_table, search};
use crate::database::Session;
use crate::engine::values::Values;
use crate::error::Error;
use crate::physical::{
    Action, Column, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema, PrimaryKey, Table,
};
use crate::script::token::{TokenKind, meaningful};
use purlin_schema::builtin::is_bookkeeping;

const ACTION: &str = "read the database's structure";

pub(super) fn read(session: &mut Session<'_>) -> Result<PhysicalSchema, Error> {
    let rows = session.query(
        ACTION,
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND sql NOT LIKE 'CREATE VIRTUAL TABLE%' \
         AND name IN (SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main') ORDER BY name",
        &[],
    )?;
    let mut tables = Vec::new();
    for row in rows {
        let mut values = Values::of(row);
        let (name, sql) = (values.text(), values.text());
        if is_bookkeeping(&name) {
            continue;
        }
        tables.push(table(session, name, &sql)?);
    }
    tables.sort_by(|left: &Table, right| left.name.cmp(&right.name));
    Ok(PhysicalSchema { tables, enums: Vec::new() })
}

fn table(session: &mut Session<'_>, name: String, sql: &str) -> Result<Table, Error> {
    let info = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid";
    let mut columns = Vec::new();
    let mut key: BTreeMap<usize, String> = BTreeMap::new();
    for row in session.query(ACTION, info, &[&name])? {
        let mut values = Values::of(row);
        let column_name = values.text();
        let mut column_type = values.text();
        if let Some(collation) = create_table::collation(sql, &column_name) {
            column_type = format!("{column_type} COLLATE {collation}");
        }
        let is_required = values.text() == "1";
        let default = values.optional().map(|default| parenthesised(&default));
        let place = values.number();
        if place > 0 {
            key.insert(place, column_name.clone());
        }
        columns.push(Column {
            name: column_name,
            field: None,
            column_type,
            is_nullable: !is_required && place == 0,
            is_list: false,
            is_counted: false,
            default,
            fill: None,
            enumeration: None,
            renamed_from: None,
        });
    }
    let key: Vec<String> = key.into_values().collect();
    let mut indexes = indexes(session, &name)?;
    indexes.extend(search::read(session, &name)?);
    indexes.sort_by(|left, right| left.name.cmp(&right.name));
    if create_table::is_autoincrement(sql) {
        for column in columns.iter_mut().filter(|column| key.contains(&column.name)) {
            column.is_counted = true;
        }
    }
    Ok(Table {
        indexes,
        foreign_keys: foreign_keys(session, &name, sql)?,
        primary_key: (!key.is_empty()).then(|| PrimaryKey { name: format!("{name}_pkey"), columns: key }),
        model: None,
        columns,
        renamed_from: None,
        name,
    })
}

/// SQLite strips the parentheses of an expression; constants stand without. Truth has two
/// spellings.
fn parenthesised(default: &str) -> String {
    match default.to_ascii_lowercase().as_str() {
        "true" => return "1".to_owned(),
        "false" => return "0".to_owned(),
        _ => {}
    }
    let tokens = meaningful(default);
    let value = match tokens.as_slice() {
        [sign, value] if sign.is_symbol("-") || sign.is_symbol("+") => Some(value),
        [value] => Some(value),
        _ => None,
    };
    match value {
        Some(_) => default.to_owned(),
        // A fraction is two words and a point.
        None if tokens.iter().all(|token| token.kind == TokenKind::Word || ".+-".contains(token.text)) => {
            default.to_owned()
        }
        None => format!("({default})"),
    }
}

fn indexes(session: &mut Session<'_>, table: &str) -> Result<Vec<Index>, Error> {
    let list = "SELECT list.name, list.\"unique\", master.sql FROM pragma_index_list(?1) AS list \
                JOIN sqlite_master AS master ON master.type = 'index' AND master.name = list.name \
                WHERE list.origin IN ('c', 'u') ORDER BY list.name";
    let mut indexes = Vec::new();
    for row in session.query(ACTION, list, &[table])? {
        let mut values = Values::of(row);
        let (name, is_unique, sql) = (values.text(), values.text() == "1", values.text());
        let info = "SELECT name, \"desc\" FROM pragma_index_xinfo(?1) WHERE \"key\" = 1 ORDER BY seqno";
        let mut parts = Vec::new();
        for (number, row) in session.query(ACTION, info, &[&name])?.into_iter().enumerate() {
            let mut values = row.into_iter();
            let key = match values.next().flatten() {
                Some(column) => IndexKey::Column(column),
                None => IndexKey::Expression(create_table::index_key(&sql, number).unwrap_or_default()),
            };
            parts.push(IndexPart {
                key,
                is_descending: values.next().flatten().as_deref() == Some("1"),
                ops: None,
                length: None,
            });
        }
        indexes.push(Index {
            name,
            is_unique,
            parts,
            condition: create_table::index_condition(&sql),
            method: None,
        });
    }
    Ok(indexes)
}

fn foreign_keys(session: &mut Session<'_>, table: &str, sql: &str) -> Result<Vec<ForeignKey>, Error> {
    let list = "SELECT id, \"table\", \"from\", \"to\", on_delete, on_update FROM pragma_foreign_key_list(?1) ORDER BY id, seq";
    let mut found: BTreeMap<usize, ForeignKey> = BTreeMap::new();
    for row in session.query(ACTION, list, &[table])? {
        let mut values = Values::of(row);
        let id = values.number();
        let references_table = values.text();
        let (from, to) = (values.text(), values.text());
        let mut action = || Action::from_sql(&values.text()).unwrap_or(Action::NoAction);
        let (on_delete, on_update) = (action(), action());
        let key = found.entry(id).or_insert_with(|| ForeignKey {
            name: String::new(),
            columns: Vec::new(),
            references_table,
            references_columns: Vec::new(),
            on_delete,
            on_update,
        });
        key.columns.push(from);
        key.references_columns.push(to);
    }
    let mut keys: Vec<ForeignKey> = found.into_values().collect();
    for key in &mut keys {
        key.name = create_table::foreign_key_name(sql, &key.columns)
            .unwrap_or_else(|| format!("{table}_{}_fkey", key.columns.join("_")));
    }
    keys.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(keys)
}
