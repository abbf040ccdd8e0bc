//! How the columns of a result become values again.

use purlin_core::schema::{Enum, Field, FieldKind, Scalar, Schema};

/// One column of a result that is written out under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputColumn {
    pub key: Box<str>,
    /// The position in the result, from zero.
    pub position: usize,
    pub decode: Decode,
    /// Null may mean hidden, also of a list.
    pub is_guarded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decode {
    Boolean,
    Int,
    BigInt,
    Float,
    Decimal,
    Text,
    DateTime,
    Json,
    Bytes,
    /// Members whose stored name differs from the schema's: (stored, shown).
    Member(Box<[(Box<str>, Box<str>)]>),
    /// A JSON array of elements.
    List(Box<Decode>),
}

impl Decode {
    pub fn of(schema: &Schema, field: &Field) -> Self {
        let element = match &field.kind {
            FieldKind::Scalar(scalar) => Self::of_scalar(*scalar),
            FieldKind::Enum(id) => Self::of_enum(schema.enumeration(*id)),
            FieldKind::Composite(_) => Self::Json,
            FieldKind::Relation(_) | FieldKind::Unsupported(_) => Self::Text,
        };
        if field.is_list() { Self::List(Box::new(element)) } else { element }
    }

    fn of_scalar(scalar: Scalar) -> Self {
        match scalar {
            Scalar::String => Self::Text,
            Scalar::Boolean => Self::Boolean,
            Scalar::Int => Self::Int,
            Scalar::BigInt => Self::BigInt,
            Scalar::Float => Self::Float,
            Scalar::Decimal => Self::Decimal,
            Scalar::DateTime => Self::DateTime,
            Scalar::Json => Self::Json,
            Scalar::Bytes => Self::Bytes,
        }
    }

    fn of_enum(definition: &Enum) -> Self {
        let renamed: Box<[(Box<str>, Box<str>)]> = definition
            .values
            .iter()
            .filter(|member| member.name != member.database_name)
            .map(|member| (member.database_name.as_str().into(), member.name.as_str().into()))
            .collect();
        if renamed.is_empty() { Self::Text } else { Self::Member(renamed) }
    }
}
