//! The physical schema of one datasource on one engine, and how it is made from the schema.

mod build;
mod condition;
mod constraint;
mod fill;
mod lookup;
mod names;
mod schema;

pub(crate) use build::implied_indexes;
pub use build::physical;
pub(crate) use constraint::method_kind;
pub use fill::{Fill, FillKind};
pub use schema::{
    Action, Column, EnumMember, Enumeration, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema,
    PrimaryKey, Table,
};
