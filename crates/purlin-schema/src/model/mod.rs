//! The checked schema: what every other crate reads. It is made once by the
//! checker and never changed. Ids are positions in its tables, so that looking
//! something up is an index and comparing is a number. Nothing here knows of SQL,
//! HTTP or of the text's syntax, except for the spans that diagnostics point at.

mod constraint;
mod datasource;
mod expr;
mod field;
mod lookup;
mod policy;
mod relation;
mod validation;

pub use constraint::{
    FieldCondition, Index, IndexField, IndexKind, PartialIndex, PrimaryKey, SortOrder, Unique,
};
pub use datasource::{Datasource, Provider, RelationMode, Url};
pub use expr::{
    Casing, CompareOp, Condition, FormatKind, ListOp, Operand, Path, PathRoot, Quantifier, TextOp,
};
pub use field::{
    Arity, CompositeType, DefaultFunction, DefaultValue, Enum, EnumValue, Field, FieldKind, Literal,
    NativeType, Scalar, Upload,
};
pub use policy::{Effect, FieldOperation, FieldPolicy, Policy, PolicyOperation};
pub use relation::{JoinTable, Link, ReferentialAction, Relation};
pub use validation::{ModelValidation, Transform, Validation, ValidationCheck};

use crate::source::Span;

/// Declares a newtype over a table position.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// The position in its table.
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    };
}

id!(
    /// A position in [`Schema::models`].
    ModelId
);
id!(
    /// A position in the fields of one [`Model`] or [`CompositeType`].
    FieldId
);
id!(
    /// A position in [`Schema::enums`].
    EnumId
);
id!(
    /// A position in [`Schema::types`].
    TypeId
);
id!(
    /// A position in [`Schema::datasources`].
    DatasourceId
);

/// A whole checked app: every name resolved, every type known.
#[derive(Clone, Debug)]
pub struct Schema {
    /// At least one: an app without a `datasource` block gets one named `db`.
    pub datasources: Vec<Datasource>,
    pub models: Vec<Model>,
    pub enums: Vec<Enum>,
    pub types: Vec<CompositeType>,
    /// The model marked `@@auth`, else the one named `User`.
    pub auth_model: Option<ModelId>,
}

/// A table (or view) and what may be done with its rows.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: ModelId,
    pub name: String,
    /// The table's name in the database (`@@map`, else the model's name).
    pub table: String,
    /// `@@schema("…")`.
    pub database_schema: Option<String>,
    pub datasource: DatasourceId,
    /// The URL segment: `@@path`, else the kebab-case plural of the name.
    pub path: String,
    /// In order of the text, inherited and mixed-in ones first.
    pub fields: Vec<Field>,
    pub primary_key: PrimaryKey,
    /// `@unique` and `@@unique`; the primary key is not repeated here.
    pub uniques: Vec<Unique>,
    pub indexes: Vec<Index>,
    /// `@@fulltext`: each entry is one set of fields.
    pub fulltext: Vec<Vec<FieldId>>,
    pub policies: Vec<Policy>,
    pub validations: Vec<ModelValidation>,
    pub is_view: bool,
    /// `@@ignore`: in the database, absent from the API.
    pub is_ignored: bool,
    /// Declared by a part of Purlin and not by the app; always ignored too.
    pub is_builtin: bool,
    /// `@@renamedFrom("Old")`: a table name that a migration renames instead of dropping.
    pub renamed_from: Option<String>,
    /// The `///` lines above it.
    pub docs: Option<String>,
    pub span: Span,
}
