//! Declared types, in the spelling that `format_type` gives back, shortened. `@db.*` counts where the datasource is
//! PostgreSQL's; elsewhere it was written for another engine.

use std::borrow::Cow;

use purlin_core::schema::{Field, FieldKind, Model, NativeType, Provider, Scalar, Schema};

use crate::dialect::ColumnType;

/// Texts compare and sort by their bytes.
const BY_BYTES: &str = "\"C\"";

pub(super) fn of(schema: &Schema, model: &Model, field: &Field) -> ColumnType {
    let datasource = schema.datasources.get(model.datasource.index());
    let is_own = datasource
        .is_some_and(|source| matches!(source.provider, Provider::Postgresql | Provider::Cockroachdb));
    let native = field.native_type.as_ref().filter(|_| is_own).and_then(native);
    let element = native.unwrap_or_else(|| match &field.kind {
        FieldKind::Scalar(scalar) => of_scalar(*scalar),
        FieldKind::Enum(_) => text("text"),
        FieldKind::Composite(_) => ColumnType::plain("jsonb"),
        FieldKind::Unsupported(name) => ColumnType { name: Cow::Owned(name.clone()), collation: None },
        // No column; the name is never shown.
        FieldKind::Relation(_) => ColumnType::plain("bytea"),
    });
    if field.is_list() {
        return ColumnType { name: Cow::Owned(format!("{}[]", element.name)), collation: element.collation };
    }
    element
}

fn text(name: impl Into<Cow<'static, str>>) -> ColumnType {
    ColumnType { name: name.into(), collation: Some(BY_BYTES) }
}

fn of_scalar(scalar: Scalar) -> ColumnType {
    match scalar {
        Scalar::String => text("text"),
        Scalar::Boolean => ColumnType::plain("boolean"),
        Scalar::Int => ColumnType::plain("integer"),
        Scalar::BigInt => ColumnType::plain("bigint"),
        Scalar::Float => ColumnType::plain("double precision"),
        Scalar::Decimal => ColumnType::plain("numeric(65,30)"),
        Scalar::DateTime => ColumnType::plain("timestamp(3)"),
        Scalar::Json => ColumnType::plain("jsonb"),
        Scalar::Bytes => ColumnType::plain("bytea"),
    }
}

/// `None` for a name that PostgreSQL does not have: the field's own type then stands.
fn native(native: &NativeType) -> Option<ColumnType> {
    let arguments = native.arguments.join(",");
    let with = |name: &'static str| {
        if arguments.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{name}({arguments})")) }
    };
    let plain = |name: Cow<'static, str>| Some(ColumnType { name, collation: None });
    let fixed = |name: &'static str| plain(Cow::Borrowed(name));
    let one = |name: &'static str| {
        plain(if arguments.is_empty() { Cow::Owned(format!("{name}(1)")) } else { with(name) })
    };
    match native.name.as_str() {
        "Text" => Some(text("text")),
        "VarChar" => Some(text(with("varchar"))),
        "Char" => one("char").map(|column| ColumnType { collation: Some(BY_BYTES), ..column }),
        "Citext" => fixed("citext"),
        "Uuid" => fixed("uuid"),
        "Inet" => fixed("inet"),
        "Xml" => fixed("xml"),
        "Bit" => one("bit"),
        "VarBit" => plain(with("varbit")),
        "Boolean" => fixed("boolean"),
        "SmallInt" => fixed("smallint"),
        "Integer" | "Int" | "Int4" => fixed("integer"),
        "Int2" => fixed("smallint"),
        "BigInt" | "Int8" => fixed("bigint"),
        "Oid" => fixed("oid"),
        "Real" | "Float4" => fixed("real"),
        "DoublePrecision" | "Float8" => fixed("double precision"),
        "Money" => fixed("money"),
        "Decimal" => match native.arguments.as_slice() {
            [] => fixed("numeric(65,30)"),
            [precision] => plain(Cow::Owned(format!("numeric({precision},0)"))),
            _ => plain(with("numeric")),
        },
        "Timestamp" => plain(with("timestamp")),
        "Timestamptz" => plain(with("timestamptz")),
        "Date" => fixed("date"),
        "Time" => plain(with("time")),
        "Timetz" => plain(with("timetz")),
        "Json" => fixed("json"),
        "JsonB" => fixed("jsonb"),
        "ByteA" | "Bytes" => fixed("bytea"),
        _ => None,
    }
}
