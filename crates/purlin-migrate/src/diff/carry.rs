//! The old state under its new names: after this, what differs is no longer a rename.

use super::rename::Renames;
use crate::physical::{IndexKey, PhysicalSchema, Table};
use crate::script::token::{Token, TokenKind, tokens};

pub(crate) fn carry(old: &PhysicalSchema, renames: &Renames) -> PhysicalSchema {
    let mut carried = old.clone();
    for table in &mut carried.tables {
        rename_table(table, renames);
    }
    carried.tables.sort_by(|left, right| left.name.cmp(&right.name));
    carried
}

fn rename_table(table: &mut Table, renames: &Renames) {
    let name = renames.new_table(&table.name).to_owned();
    let rename = |column: &mut String| *column = renames.new_column(&name, column).to_owned();
    for column in &mut table.columns {
        rename(&mut column.name);
    }
    if let Some(key) = &mut table.primary_key {
        key.columns.iter_mut().for_each(rename);
    }
    for index in &mut table.indexes {
        for part in &mut index.parts {
            match &mut part.key {
                IndexKey::Column(column) => rename(column),
                IndexKey::Expression(sql) => *sql = rename_in(sql, &name, renames),
            }
        }
        if let Some(condition) = &mut index.condition {
            *condition = rename_in(condition, &name, renames);
        }
    }
    for key in &mut table.foreign_keys {
        key.columns.iter_mut().for_each(rename);
        let target = renames.new_table(&key.references_table).to_owned();
        for column in &mut key.references_columns {
            *column = renames.new_column(&target, column).to_owned();
        }
        key.references_table = target;
    }
    table.name = name;
}

/// Column names inside an expression, as engines rename them there.
fn rename_in(sql: &str, table: &str, renames: &Renames) -> String {
    let rename = |token: &Token<'_>| {
        let name = token.name();
        let new = renames.new_column(table, &name);
        if new == name || !matches!(token.kind, TokenKind::Word | TokenKind::Quoted) {
            token.text.to_owned()
        } else {
            format!("\"{}\"", new.replace('"', "\"\""))
        }
    };
    tokens(sql).iter().map(rename).collect()
}
