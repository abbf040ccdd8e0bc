//! What `db pull` makes of an SQLite file, where a declared type is hardly more than a word.

use purlin_schema::model::Scalar;

use purlin_sql::dialect::sqlite::SEARCH_PREFIX;

use super::create::identifier;
use crate::connection::Row;
use crate::database::Session;
use crate::engine::values::Values;
use crate::engine::{Beside, FieldType};
use crate::error::Error;
use crate::physical::{Column, PhysicalSchema, Table};
use crate::script::token::meaningful;

const ACTION: &str = "read the database's structure";

pub(super) fn field_type(column: &Column) -> FieldType {
    scalar(column).map_or_else(|| FieldType::unsupported(&column.column_type), FieldType::plain)
}

fn scalar(column: &Column) -> Option<Scalar> {
    let declared = column.column_type.split(" COLLATE ").next().unwrap_or_default().trim();
    let upper = declared.to_ascii_uppercase();
    let word = upper.split('(').next().unwrap_or_default().trim();
    Some(match word {
        _ if upper == "TINYINT(1)" => Scalar::Boolean,
        "BOOLEAN" | "BOOL" => Scalar::Boolean,
        "INTEGER" | "INT" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT2" | "INT4" => Scalar::Int,
        "BIGINT" | "INT8" | "UNSIGNED BIG INT" => Scalar::BigInt,
        "REAL" | "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" => Scalar::Float,
        "DECIMAL" | "NUMERIC" | "DECIMALTEXT" => Scalar::Decimal,
        "DATETIME" | "TIMESTAMP" | "DATE" => Scalar::DateTime,
        "JSON" | "JSONTEXT" | "JSONB" => Scalar::Json,
        "BLOB" => Scalar::Bytes,
        _ if ["CHAR", "CLOB", "TEXT"].iter().any(|part| word.contains(part)) => Scalar::String,
        _ => return None,
    })
}

/// The words for one scalar store alike, but a document in binary form, and what is too wide.
pub(super) fn serves_as(live: &Column, wanted: &Column) -> bool {
    if live.column_type.eq_ignore_ascii_case(&wanted.column_type) {
        return true;
    }
    // How it compares is a part of the type.
    let has_collation = |column: &Column| column.column_type.contains(" COLLATE ");
    if has_collation(live) || live.column_type.eq_ignore_ascii_case("JSONB") {
        return false;
    }
    match (scalar(live), scalar(wanted)) {
        (Some(Scalar::Int), Some(Scalar::BigInt)) => true,
        (live, wanted) => live.is_some() && live == wanted,
    }
}

/// A table's own row number counts up, whether the declaration says so or not.
pub(super) fn counts(table: &Table, column: &Column) -> bool {
    column.is_counted
        || (column.column_type.eq_ignore_ascii_case("INTEGER")
            && matches!(table.key_columns(), [only] if *only == column.name))
}

pub(super) fn beside(session: &mut Session<'_>) -> Result<Beside, Error> {
    let mut beside = Beside::default();
    let sql = "SELECT type, CASE type WHEN 'trigger' THEN tbl_name || '.' || name ELSE name END FROM sqlite_master \
               WHERE type IN ('view', 'trigger') UNION ALL SELECT 'virtual table', name FROM sqlite_master \
               WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' \
               UNION ALL SELECT 'generated column', m.name || '.' || c.name FROM sqlite_master AS m, \
               pragma_table_xinfo(m.name) AS c WHERE m.type = 'table' AND c.hidden IN (2, 3) ORDER BY 1, 2";
    let others = session.query(ACTION, sql, &[])?;
    let is_search = |row: &Row| {
        let name = row.get(1).and_then(Option::as_deref).unwrap_or_default();
        name.rsplit('.').next().is_some_and(|name| name.starts_with(SEARCH_PREFIX))
    };
    beside.leave(others.into_iter().filter(|row| !is_search(row)).collect());
    let tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL ORDER BY name";
    for row in session.query(ACTION, tables, &[])? {
        let mut values = Values::of(row);
        let (name, sql) = (values.text(), values.text());
        if meaningful(&sql).iter().any(|token| token.is_word("CHECK")) {
            beside.left.entry("table with a check constraint".to_owned()).or_default().push(name);
        }
    }
    Ok(beside)
}

/// Times as numbers, or as texts of another form: they neither sort nor compare with those that Purlin writes. Only the
/// first rows are looked at.
pub(super) fn other_forms(session: &mut Session<'_>, schema: &PhysicalSchema) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for table in &schema.tables {
        for column in table.columns.iter().filter(|column| scalar(column) == Some(Scalar::DateTime)) {
            let (name, of) = (identifier(&column.name), identifier(&table.name));
            let sql = format!(
                "SELECT 1 FROM (SELECT {name} AS v FROM {of} WHERE {name} IS NOT NULL LIMIT 1000) \
                 WHERE typeof(v) <> 'text' OR v NOT GLOB '????-??-??T??:??:??.???Z' LIMIT 1"
            );
            if !session.query(ACTION, &sql, &[])?.is_empty() {
                found.push(format!(
                    "the times in {}.{} have another form than those that Purlin writes, and do not compare with them: \
                     docs/adopt.md has the statement that converts them",
                    table.name, column.name
                ));
            }
        }
    }
    Ok(found)
}
