//! PostgreSQL's catalogue. Tables outside the connection's own schema are named with theirs.

use std::collections::BTreeMap;

use purlin_schema::builtin::is_bookkeeping;

use super::declared::shortened;
use super::search;
use crate::database::Session;
use crate::engine::values::Values;
use crate::error::Error;
use crate::physical::{
    Action, Column, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema, PrimaryKey, Table,
};

const ACTION: &str = "read the database's structure";

/// How a table `c` in a namespace `n` is called.
const NAME: &str =
    "CASE WHEN n.nspname = current_schema() THEN c.relname ELSE n.nspname || '.' || c.relname END";

/// Tables that somebody made, and no parts of others.
const IS_TABLE: &str = "c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' \
                        AND n.nspname <> 'information_schema'";

pub(super) fn read(session: &mut Session<'_>) -> Result<PhysicalSchema, Error> {
    let mut tables = columns(session)?;
    indexes(session, &mut tables)?;
    foreign_keys(session, &mut tables)?;
    for table in tables.values_mut() {
        search::resolve(session, table, NAME)?;
    }
    let tables = tables.into_iter().filter(|(name, _)| !is_bookkeeping(name)).map(|(_, mut table)| {
        table.indexes.sort_by(|left, right| left.name.cmp(&right.name));
        table.foreign_keys.sort_by(|left, right| left.name.cmp(&right.name));
        table
    });
    Ok(PhysicalSchema { tables: tables.collect(), enums: Vec::new() })
}

fn columns(session: &mut Session<'_>) -> Result<BTreeMap<String, Table>, Error> {
    let sql = format!(
        "SELECT {NAME}, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
         pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '', co.collname \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
         JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation \
         WHERE {IS_TABLE} ORDER BY 1, a.attnum"
    );
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in session.query(ACTION, &sql, &[])? {
        let mut values = Values::of(row);
        let (table, name) = (values.text(), values.text());
        let mut column_type = shortened(&values.text());
        let is_required = values.truth();
        let default = values.optional();
        let is_identity = values.truth();
        if let Some(collation) = values.optional() {
            column_type = format!("{column_type} COLLATE \"{collation}\"");
        }
        let is_counted = is_identity || default.as_deref().is_some_and(|it| it.starts_with("nextval("));
        let entry = tables.entry(table.clone()).or_insert_with(|| Table {
            name: table,
            model: None,
            columns: Vec::new(),
            primary_key: None,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            renamed_from: None,
        });
        entry.columns.push(Column {
            name,
            field: None,
            is_list: column_type.contains("[]"),
            column_type,
            is_nullable: !is_required,
            is_counted,
            default: default.filter(|_| !is_counted),
            fill: None,
            enumeration: None,
            renamed_from: None,
        });
    }
    Ok(tables)
}

fn indexes(session: &mut Session<'_>, tables: &mut BTreeMap<String, Table>) -> Result<(), Error> {
    let sql = format!(
        "SELECT {NAME}, x.relname, i.indisprimary, i.indisunique, pg_get_expr(i.indpred, i.indrelid), am.amname, \
         a.attname, CASE WHEN k.attnum = 0 THEN pg_get_indexdef(i.indexrelid, k.place::integer, true) END, \
         i.indoption[k.place - 1] & 1 = 1, CASE WHEN NOT o.opcdefault THEN o.opcname END \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam \
         CROSS JOIN LATERAL unnest(i.indkey::integer[]) WITH ORDINALITY AS k(attnum, place) \
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0 \
         LEFT JOIN pg_opclass o ON o.oid = i.indclass[k.place - 1] \
         WHERE {IS_TABLE} AND k.place <= i.indnkeyatts AND NOT i.indisexclusion AND i.indisvalid ORDER BY 1, 2, k.place"
    );
    for row in session.query(ACTION, &sql, &[])? {
        let mut values = Values::of(row);
        let (table, name) = (values.text(), values.text());
        let Some(table) = tables.get_mut(&table) else { continue };
        let (is_primary, is_unique) = (values.truth(), values.truth());
        let (condition, method) = (values.optional(), values.text());
        let (column, expression) = (values.optional(), values.optional());
        let is_descending = values.truth();
        let ops = values.optional();
        if is_primary {
            let key = table.primary_key.get_or_insert_with(|| PrimaryKey { name, columns: Vec::new() });
            key.columns.extend(column);
            continue;
        }
        if table.indexes.last().is_none_or(|index| index.name != name) {
            let method = (method != "btree").then_some(method);
            table.indexes.push(Index { name, is_unique, parts: Vec::new(), condition, method });
        }
        let key =
            column.map_or_else(|| IndexKey::Expression(expression.unwrap_or_default()), IndexKey::Column);
        if let Some(index) = table.indexes.last_mut() {
            index.parts.push(IndexPart { key, is_descending, ops, length: None });
        }
    }
    Ok(())
}

fn foreign_keys(session: &mut Session<'_>, tables: &mut BTreeMap<String, Table>) -> Result<(), Error> {
    let target = NAME.replace("n.nspname", "fn.nspname").replace("c.relname", "fc.relname");
    let sql = format!(
        "SELECT {NAME}, con.conname, {target}, a.attname, fa.attname, con.confdeltype, con.confupdtype \
         FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_class fc ON fc.oid = con.confrelid JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
         CROSS JOIN LATERAL unnest(con.conkey, con.confkey) WITH ORDINALITY AS k(attnum, fattnum, place) \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum \
         JOIN pg_attribute fa ON fa.attrelid = fc.oid AND fa.attnum = k.fattnum \
         WHERE con.contype = 'f' AND {IS_TABLE} ORDER BY 1, 2, k.place"
    );
    for row in session.query(ACTION, &sql, &[])? {
        let mut values = Values::of(row);
        let (table, name, references_table) = (values.text(), values.text(), values.text());
        let Some(table) = tables.get_mut(&table) else { continue };
        let (column, target) = (values.text(), values.text());
        let (on_delete, on_update) = (action(&values.text()), action(&values.text()));
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

fn action(letter: &str) -> Action {
    match letter {
        "c" => Action::Cascade,
        "r" => Action::Restrict,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
