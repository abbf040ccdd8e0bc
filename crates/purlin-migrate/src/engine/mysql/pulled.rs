//! What `db pull` makes of a database of the MySQL family.

use purlin_schema::model::Scalar;

use super::declared::Declared;
use crate::database::Session;
use crate::engine::values::Values;
use crate::engine::{Beside, FieldType, NativeEnum};
use crate::error::Error;
use crate::physical::Column;
use crate::script::token::{TokenKind, meaningful};

const ACTION: &str = "read the database's structure";

pub(super) fn field_type(column: &Column) -> FieldType {
    let Declared { name, arguments, is_unsigned } = Declared::of(column);
    let plain = FieldType::plain;
    let with = |scalar, native| FieldType::with(scalar, native, arguments);
    let whole = |scalar, signed, unsigned| match (is_unsigned, signed) {
        (true, _) => FieldType::native(scalar, unsigned),
        (false, "") => FieldType::plain(scalar),
        (false, signed) => FieldType::native(scalar, signed),
    };
    match name {
        "varchar" => with(Scalar::String, "VarChar"),
        "char" => with(Scalar::String, "Char"),
        "tinytext" => with(Scalar::String, "TinyText"),
        "text" => with(Scalar::String, "Text"),
        "mediumtext" => with(Scalar::String, "MediumText"),
        "longtext" => plain(Scalar::String),
        "tinyint" if arguments == "1" => plain(Scalar::Boolean),
        "bit" if arguments == "1" => with(Scalar::Boolean, "Bit"),
        "tinyint" => whole(Scalar::Int, "TinyInt", "UnsignedTinyInt"),
        "smallint" => whole(Scalar::Int, "SmallInt", "UnsignedSmallInt"),
        "mediumint" => whole(Scalar::Int, "MediumInt", "UnsignedMediumInt"),
        "int" => whole(Scalar::Int, "", "UnsignedInt"),
        "bigint" => whole(Scalar::BigInt, "", "UnsignedBigInt"),
        "year" => FieldType::native(Scalar::Int, "Year"),
        "float" => FieldType::native(Scalar::Float, "Float"),
        "double" => plain(Scalar::Float),
        "decimal" if arguments == "65,30" => plain(Scalar::Decimal),
        "decimal" => with(Scalar::Decimal, "Decimal"),
        "datetime" if arguments == "3" => plain(Scalar::DateTime),
        "datetime" => with(Scalar::DateTime, "DateTime"),
        "timestamp" => with(Scalar::DateTime, "Timestamp"),
        "date" => with(Scalar::DateTime, "Date"),
        "time" => with(Scalar::DateTime, "Time"),
        "json" => plain(Scalar::Json),
        "binary" => with(Scalar::Bytes, "Binary"),
        "varbinary" => with(Scalar::Bytes, "VarBinary"),
        "tinyblob" => with(Scalar::Bytes, "TinyBlob"),
        "blob" => with(Scalar::Bytes, "Blob"),
        "mediumblob" => with(Scalar::Bytes, "MediumBlob"),
        "longblob" => plain(Scalar::Bytes),
        "enum" => FieldType::made(&column.column_type),
        _ => FieldType::unsupported(&column.column_type),
    }
}

pub(super) fn beside(session: &mut Session<'_>, is_mariadb: bool) -> Result<Beside, Error> {
    let mut beside = Beside::default();
    let sql = "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS \
               WHERE TABLE_SCHEMA = DATABASE() AND DATA_TYPE = 'enum' ORDER BY TABLE_NAME, ORDINAL_POSITION";
    for row in session.query(ACTION, sql, &[])? {
        let mut values = Values::of(row);
        let (table, column, text) = (values.text(), values.text(), values.text());
        let declared = super::declared::canonical(&text);
        if beside.enums.iter().all(|other| other.declared != declared) {
            let members = members(&text);
            let name = format!("{table}.{column}");
            beside.enums.push(NativeEnum { declared, name, is_type: false, members });
        }
    }
    for sql in [
        "SELECT 'view', TABLE_NAME FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'BASE TABLE' ORDER BY 2",
        "SELECT 'trigger', CONCAT(EVENT_OBJECT_TABLE, '.', TRIGGER_NAME) FROM information_schema.TRIGGERS \
         WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 2",
        "SELECT 'generated column', CONCAT(TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS \
         WHERE TABLE_SCHEMA = DATABASE() AND GENERATION_EXPRESSION <> '' ORDER BY 2",
        "SELECT 'column that is set on each update', CONCAT(TABLE_NAME, '.', COLUMN_NAME) \
         FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND LOWER(EXTRA) LIKE '%on update%' ORDER BY 2",
        "SELECT DISTINCT CONCAT(LOWER(INDEX_TYPE), ' index'), CONCAT(TABLE_NAME, '.', INDEX_NAME) \
         FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() \
         AND INDEX_TYPE IN ('FULLTEXT', 'SPATIAL') ORDER BY 2",
        // MariaDB writes down its JSON columns as checks.
        if is_mariadb {
            "SELECT 'check constraint', CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME) FROM information_schema.CHECK_CONSTRAINTS \
             WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE NOT LIKE 'json_valid(%' ORDER BY 2"
        } else {
            "SELECT 'check constraint', CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME) FROM information_schema.TABLE_CONSTRAINTS \
             WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK' ORDER BY 2"
        },
    ] {
        beside.leave(session.query(ACTION, sql, &[])?);
    }
    Ok(beside)
}

/// `enum('a','it''s')`.
fn members(declared: &str) -> Vec<String> {
    let texts = meaningful(declared).into_iter().filter(|token| token.kind == TokenKind::Text);
    texts.map(|token| token.text.trim_matches('\'').replace("''", "'")).collect()
}
