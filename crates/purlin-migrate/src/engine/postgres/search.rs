//! The index of a model's `@@fulltext`: a GIN index over an expression.

use purlin_sql::dialect::postgres::search_document;

use super::create::{identifier, table_name};
use crate::database::Session;
use crate::engine::values::Values;
use crate::error::Error;
use crate::physical::{Index, IndexKey, Table};

const ACTION: &str = "read the database's structure";

pub(super) fn create(table: &Table, index: &Index) -> String {
    let columns = index.parts.iter().filter_map(|part| part.key.column());
    let columns: Vec<String> = columns.map(identifier).collect();
    format!(
        "CREATE INDEX {} ON {} USING gin (({}))",
        identifier(&index.name),
        table_name(&table.name),
        search_document(&columns)
    )
}

/// Whether the catalogue's index is one; what its expression reads is asked for then.
pub(super) fn is_one(index: &Index) -> bool {
    index.method.as_deref() == Some("gin")
        && matches!(index.parts.as_slice(), [part] if matches!(&part.key,
            IndexKey::Expression(sql) if sql.contains("array_to_tsvector(string_to_array(btrim(")))
}

/// Puts the columns in place of the expression.
pub(super) fn resolve(
    session: &mut Session<'_>,
    table: &mut Table,
    name_of_table: &str,
) -> Result<(), Error> {
    for index in table.indexes.iter_mut().filter(|index| is_one(index)) {
        let sql = format!(
            "SELECT a.attname FROM pg_class x JOIN pg_index i ON i.indexrelid = x.oid \
             JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = x.oid AND d.refobjid = c.oid \
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid \
             WHERE x.relname = $1 AND {name_of_table} = $2 ORDER BY a.attnum"
        );
        let rows = session.query(ACTION, &sql, &[&index.name, &table.name])?;
        let mut columns: Vec<String> = rows.into_iter().map(|row| Values::of(row).text()).collect();
        columns.dedup();
        *index = Index::search(index.name.clone(), columns);
    }
    Ok(())
}
