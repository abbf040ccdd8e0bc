//! The physical schema of one datasource on one engine, and how it is made from the schema.

mod build;
mod condition;
mod constraint;
mod fill;
mod lookup;
mod names;
mod schema;

pub use build::physical;
pub use fill::{Fill, FillKind};
pub use schema::{
    Action, Column, EnumMember, Enumeration, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema,
    PrimaryKey, Table,
};
