//! Declared types.

use std::borrow::Cow;

use purlin_core::schema::{Field, FieldKind, Model, Scalar, Schema};

use super::MySql;
use crate::dialect::ColumnType;

pub(super) fn of(_dialect: MySql, _schema: &Schema, _model: &Model, field: &Field) -> ColumnType {
    if field.is_list() {
        return ColumnType::plain("json");
    }
    match &field.kind {
        FieldKind::Scalar(scalar) => of_scalar(*scalar),
        FieldKind::Enum(_) => ColumnType::plain("varchar(191)"),
        FieldKind::Composite(_) => ColumnType::plain("json"),
        FieldKind::Unsupported(name) => ColumnType { name: Cow::Owned(name.clone()), collation: None },
        // No column; the name is never shown.
        FieldKind::Relation(_) => ColumnType::plain("longblob"),
    }
}

fn of_scalar(scalar: Scalar) -> ColumnType {
    match scalar {
        Scalar::String => ColumnType::plain("varchar(191)"),
        Scalar::Boolean => ColumnType::plain("tinyint(1)"),
        Scalar::Int => ColumnType::plain("int"),
        Scalar::BigInt => ColumnType::plain("bigint"),
        Scalar::Float => ColumnType::plain("double"),
        Scalar::Decimal => ColumnType::plain("decimal(65,30)"),
        Scalar::DateTime => ColumnType::plain("datetime(3)"),
        Scalar::Json => ColumnType::plain("json"),
        Scalar::Bytes => ColumnType::plain("longblob"),
    }
}
