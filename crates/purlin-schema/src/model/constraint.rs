//! Keys and indexes of a model.

use super::{FieldId, Literal};
use crate::source::Span;

/// `@id` or `@@id`; for a model without either, its first required unique key.
#[derive(Clone, Debug)]
pub struct PrimaryKey {
    pub fields: Vec<IndexField>,
    /// `name:`, the key that clients use for a compound id; default `a_b`.
    pub client_name: Option<String>,
    /// `map:`, the constraint's name in the database.
    pub constraint: Option<String>,
    /// The attribute.
    pub span: Span,
}

/// `@unique` or `@@unique`.
#[derive(Clone, Debug)]
pub struct Unique {
    pub fields: Vec<IndexField>,
    /// `name:`, the key that clients use for a compound key; default `a_b`.
    pub client_name: Option<String>,
    /// `map:`, the constraint's name in the database.
    pub constraint: Option<String>,
    pub partial: Option<PartialIndex>,
    /// The attribute.
    pub span: Span,
}

/// `@@index`.
#[derive(Clone, Debug)]
pub struct Index {
    pub fields: Vec<IndexField>,
    /// `map:` (or the legacy `name:`).
    pub name: Option<String>,
    pub kind: IndexKind,
    pub partial: Option<PartialIndex>,
    /// The attribute.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexField {
    pub field: FieldId,
    /// Members of a composite type: `@@index([address.city])` holds `["city"]`.
    pub path: Vec<String>,
    pub sort: SortOrder,
    pub length: Option<u32>,
    /// `ops:` as written, for engines that know operator classes.
    pub ops: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum SortOrder {
    #[default]
    Ascending,
    Descending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum IndexKind {
    #[default]
    BTree,
    Hash,
    Gist,
    Gin,
    SpGist,
    Brin,
}

/// `where:` of a unique key or an index.
#[derive(Clone, Debug, PartialEq)]
pub enum PartialIndex {
    /// `where: raw("…")`.
    Raw(String),
    /// `where: { a: null, b: { not: 5 } }`, all of which must hold.
    Fields(Vec<(FieldId, FieldCondition)>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum FieldCondition {
    /// Equal to the literal; `Literal::Null` means null.
    Is(Literal),
    /// Not equal to the literal; `Literal::Null` means not null.
    Not(Literal),
}
