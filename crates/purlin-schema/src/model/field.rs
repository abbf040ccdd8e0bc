//! Fields, their types and defaults; enums and composite types.

use super::{Condition, EnumId, FieldId, FieldPolicy, Operand, Relation, Transform, TypeId, Validation};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Field {
    pub id: FieldId,
    pub name: String,
    /// The column's name (`@map`, else the field's name). Unused for relations.
    pub column: String,
    pub kind: FieldKind,
    pub arity: Arity,
    pub default: Option<DefaultValue>,
    /// Part of the primary key.
    pub is_id: bool,
    /// Unique by itself: `@unique`, a single-field `@@unique` or a single-field primary key.
    pub is_unique: bool,
    pub is_updated_at: bool,
    /// `@omit`, or implied by `@password`: never in an answer unless selected by the system.
    pub is_omitted: bool,
    pub is_password: bool,
    /// `@ignore`: in the database, absent from the API.
    pub is_ignored: bool,
    /// `@computed`: a value the store derives; not writable.
    pub is_computed: bool,
    /// `@active`, or a Boolean named `isActive` on the auth model.
    pub is_active_flag: bool,
    pub upload: Option<Upload>,
    pub native_type: Option<NativeType>,
    /// In order of the text.
    pub transforms: Vec<Transform>,
    pub validations: Vec<Validation>,
    pub policies: Vec<FieldPolicy>,
    /// `@renamedFrom("old")`: a column name that a migration renames instead of dropping.
    pub renamed_from: Option<String>,
    pub docs: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum FieldKind {
    Scalar(Scalar),
    Enum(EnumId),
    Composite(TypeId),
    Relation(Relation),
    /// `Unsupported("…")`: in the database, absent from the API.
    Unsupported(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    String,
    Boolean,
    /// 32 bits.
    Int,
    /// 64 bits; a string in JSON.
    BigInt,
    Float,
    /// Exact; a string in JSON.
    Decimal,
    /// UTC, milliseconds.
    DateTime,
    Json,
    /// base64 in JSON.
    Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arity {
    Required,
    Optional,
    List,
}

/// A constant as written. Numbers keep their text, so that no digit is lost.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Boolean(bool),
    Number(String),
    /// Also an enum member, by its schema name (the field's type tells which).
    String(String),
    List(Vec<Literal>),
    Object(Vec<(String, Literal)>),
}

#[derive(Clone, Debug)]
pub enum DefaultValue {
    /// Typed by the field it belongs to: for an enum, `Literal::String` with the member's name.
    Literal(Literal),
    Function(DefaultFunction),
    /// Only in ZModel: `@default(auth().id)`.
    Auth(Operand),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultFunction {
    Autoincrement,
    Now,
    /// `version` is 4 or 7; `uuid()` means 7. `format` holds one `%s`.
    Uuid {
        version: u8,
        format: Option<String>,
    },
    Cuid {
        version: u8,
        format: Option<String>,
    },
    Nanoid {
        length: u8,
        format: Option<String>,
    },
    Ulid {
        format: Option<String>,
    },
    /// The database makes it: with an SQL text, or by a trigger.
    Dbgenerated(Option<String>),
    /// MongoDB's ObjectId.
    Auto,
    Sequence,
}

/// `@db.VarChar(20)`: name `VarChar`, arguments `["20"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeType {
    pub name: String,
    pub arguments: Vec<String>,
}

/// `@upload(accept: […], maxSize: "5MB")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub accept: Vec<String>,
    pub max_size_bytes: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct Enum {
    pub id: EnumId,
    pub name: String,
    /// `@@map`, else the name.
    pub database_name: String,
    pub values: Vec<EnumValue>,
    pub docs: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct EnumValue {
    pub name: String,
    /// `@map`, else the name: what is stored.
    pub database_name: String,
    /// `@renamedFrom("OLD")`: what the value was called; a migration changes the rows that hold it.
    pub renamed_from: Option<String>,
    pub docs: Option<String>,
}

/// `type N { … }` used as a field's type: one JSON value with known members.
#[derive(Clone, Debug)]
pub struct CompositeType {
    pub id: TypeId,
    pub name: String,
    /// Never relations.
    pub fields: Vec<Field>,
    /// `@@validate` inside the type.
    pub validations: Vec<(Condition, Option<String>)>,
    pub docs: Option<String>,
    pub span: Span,
}
