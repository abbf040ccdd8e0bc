//! Declared types.

use std::borrow::Cow;

use purlin_core::schema::{Field, FieldKind, Model, Scalar, Schema};

use crate::dialect::ColumnType;

/// Texts compare and sort by their bytes.
const BY_BYTES: &str = "\"C\"";

pub(super) fn of(_schema: &Schema, _model: &Model, field: &Field) -> ColumnType {
    let element = match &field.kind {
        FieldKind::Scalar(scalar) => of_scalar(*scalar),
        FieldKind::Enum(_) => text(),
        FieldKind::Composite(_) => ColumnType::plain("jsonb"),
        FieldKind::Unsupported(name) => ColumnType { name: Cow::Owned(name.clone()), collation: None },
        // No column; the name is never shown.
        FieldKind::Relation(_) => ColumnType::plain("bytea"),
    };
    if field.is_list() {
        return ColumnType { name: Cow::Owned(format!("{}[]", element.name)), collation: element.collation };
    }
    element
}

fn text() -> ColumnType {
    ColumnType { name: Cow::Borrowed("text"), collation: Some(BY_BYTES) }
}

fn of_scalar(scalar: Scalar) -> ColumnType {
    match scalar {
        Scalar::String => text(),
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
