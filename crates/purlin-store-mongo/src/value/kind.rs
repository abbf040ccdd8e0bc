//! The storage form of a column.

use purlin_core::schema::{Enum, Field, FieldKind, Scalar, Schema};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind<'s> {
    pub element: Element<'s>,
    pub is_list: bool,
}

/// A column that is no list, or one element of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Element<'s> {
    Boolean,
    Int,
    BigInt,
    Float,
    Decimal,
    Text,
    /// A string in the API, `@db.ObjectId` in the database.
    ObjectId,
    DateTime,
    Json,
    Bytes,
    /// Stored by the member's database name.
    Member(&'s Enum),
}

impl<'s> Kind<'s> {
    pub(crate) fn of(schema: &'s Schema, field: &Field) -> Self {
        Self { element: Element::of(schema, field), is_list: field.is_list() }
    }

    pub(crate) fn is_json(self) -> bool {
        matches!(self.element, Element::Json)
    }
}

impl<'s> Element<'s> {
    pub(crate) fn of(schema: &'s Schema, field: &Field) -> Self {
        match &field.kind {
            FieldKind::Enum(id) => Self::Member(schema.enumeration(*id)),
            FieldKind::Composite(_) => Self::Json,
            FieldKind::Relation(_) | FieldKind::Unsupported(_) => Self::Text,
            FieldKind::Scalar(scalar) => match scalar {
                Scalar::String => {
                    let native = field.native_type.as_ref();
                    if native.is_some_and(|native| native.name == "ObjectId") {
                        Self::ObjectId
                    } else {
                        Self::Text
                    }
                }
                Scalar::Boolean => Self::Boolean,
                Scalar::Int => Self::Int,
                Scalar::BigInt => Self::BigInt,
                Scalar::Float => Self::Float,
                Scalar::Decimal => Self::Decimal,
                Scalar::DateTime => Self::DateTime,
                Scalar::Json => Self::Json,
                Scalar::Bytes => Self::Bytes,
            },
        }
    }
}
