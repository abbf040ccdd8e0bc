//! Declared types. SQLite derives a column's affinity from substrings of the declared name:
//! what is stored as text must contain `TEXT` (and not `INT`), or numbers would be converted.

use std::borrow::Cow;

use purlin_core::schema::{Field, FieldKind, Scalar};

use super::DECIMAL_COLLATION;
use crate::dialect::ColumnType;

pub(super) fn of(field: &Field) -> ColumnType {
    if let FieldKind::Unsupported(name) = &field.kind {
        return ColumnType { name: Cow::Owned(name.clone()), collation: None };
    }
    if field.is_list() {
        return ColumnType::plain("JSONTEXT");
    }
    match &field.kind {
        FieldKind::Scalar(scalar) => of_scalar(*scalar),
        FieldKind::Enum(_) => ColumnType::plain("TEXT"),
        FieldKind::Composite(_) => ColumnType::plain("JSONTEXT"),
        // No column; the name is never shown.
        FieldKind::Relation(_) | FieldKind::Unsupported(_) => ColumnType::plain("BLOB"),
    }
}

fn of_scalar(scalar: Scalar) -> ColumnType {
    match scalar {
        Scalar::String => ColumnType::plain("TEXT"),
        Scalar::Boolean => ColumnType::plain("BOOLEAN"),
        Scalar::Int => ColumnType::plain("INTEGER"),
        Scalar::BigInt => ColumnType::plain("BIGINT"),
        Scalar::Float => ColumnType::plain("REAL"),
        Scalar::Decimal => {
            ColumnType { name: Cow::Borrowed("DECIMALTEXT"), collation: Some(DECIMAL_COLLATION) }
        }
        Scalar::DateTime => ColumnType::plain("DATETIME"),
        Scalar::Json => ColumnType::plain("JSONTEXT"),
        Scalar::Bytes => ColumnType::plain("BLOB"),
    }
}
