//! What `db pull` makes of a PostgreSQL database.

use purlin_schema::model::Scalar;

use super::declared::{Declared, is_built_in};
use crate::database::Session;
use crate::engine::values::Values;
use crate::engine::{Beside, FieldType, NativeEnum};
use crate::error::Error;
use crate::physical::Column;

const ACTION: &str = "read the database's structure";

pub(super) fn field_type(column: &Column) -> FieldType {
    let Declared { name, arguments, .. } = Declared::of(column);
    let plain = FieldType::plain;
    let with = |scalar, native| FieldType::with(scalar, native, arguments);
    match name {
        "text" | "bpchar" | "name" => plain(Scalar::String),
        "varchar" => with(Scalar::String, "VarChar"),
        "char" => with(Scalar::String, "Char"),
        "citext" => with(Scalar::String, "Citext"),
        "uuid" => with(Scalar::String, "Uuid"),
        "inet" => with(Scalar::String, "Inet"),
        "xml" => with(Scalar::String, "Xml"),
        "bit" => with(Scalar::String, "Bit"),
        "varbit" => with(Scalar::String, "VarBit"),
        "boolean" => plain(Scalar::Boolean),
        "smallint" => with(Scalar::Int, "SmallInt"),
        "integer" => plain(Scalar::Int),
        "oid" => with(Scalar::Int, "Oid"),
        "bigint" => plain(Scalar::BigInt),
        "real" => with(Scalar::Float, "Real"),
        "double precision" => plain(Scalar::Float),
        "numeric" if matches!(arguments, "" | "65,30") => plain(Scalar::Decimal),
        "numeric" => with(Scalar::Decimal, "Decimal"),
        "money" => with(Scalar::Decimal, "Money"),
        "timestamp" if arguments == "3" => plain(Scalar::DateTime),
        "timestamp" => with(Scalar::DateTime, "Timestamp"),
        "timestamptz" => with(Scalar::DateTime, "Timestamptz"),
        "date" => with(Scalar::DateTime, "Date"),
        "time" => with(Scalar::DateTime, "Time"),
        "timetz" => with(Scalar::DateTime, "Timetz"),
        "json" => with(Scalar::Json, "Json"),
        "jsonb" => plain(Scalar::Json),
        "bytea" => plain(Scalar::Bytes),
        _ if is_built_in(name) => FieldType::unsupported(column.column_type.trim_end_matches("[]")),
        _ => FieldType::made(column.column_type.trim_end_matches("[]")),
    }
}

pub(super) fn beside(session: &mut Session<'_>) -> Result<Beside, Error> {
    let sql = "SELECT format_type(t.oid, NULL), t.typname, e.enumlabel \
               FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid ORDER BY 1, e.enumsortorder";
    let mut beside = Beside::default();
    for row in session.query(ACTION, sql, &[])? {
        let mut values = Values::of(row);
        let (declared, name, member) = (values.text(), values.text(), values.text());
        match beside.enums.last_mut().filter(|last| last.declared == declared) {
            Some(last) => last.members.push(member),
            None => beside.enums.push(NativeEnum { declared, name, is_type: true, members: vec![member] }),
        }
    }
    let sql = "WITH c AS (SELECT c.*, quote_ident(c.relname) AS name FROM pg_class c \
                 WHERE c.relnamespace = current_schema()::regnamespace) \
               SELECT 'view', relname::text FROM c WHERE relkind IN ('v', 'm') \
               UNION ALL SELECT 'foreign table', relname::text FROM c WHERE relkind = 'f' \
               UNION ALL SELECT 'partition', relname::text FROM c WHERE relispartition AND relkind IN ('r', 'p') \
               UNION ALL SELECT 'trigger', c.relname || '.' || t.tgname FROM pg_trigger t \
                 JOIN c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal \
               UNION ALL SELECT CASE k.contype WHEN 'c' THEN 'check constraint' ELSE 'exclusion constraint' END, \
                 c.relname || '.' || k.conname FROM pg_constraint k JOIN c ON c.oid = k.conrelid \
                 WHERE k.contype IN ('c', 'x') \
               UNION ALL SELECT 'generated column', c.relname || '.' || a.attname FROM pg_attribute a \
                 JOIN c ON c.oid = a.attrelid WHERE a.attgenerated <> '' AND NOT a.attisdropped \
               UNION ALL SELECT 'table with row level security', relname::text FROM c WHERE relrowsecurity \
               ORDER BY 1, 2";
    beside.leave(session.query(ACTION, sql, &[])?);
    Ok(beside)
}
