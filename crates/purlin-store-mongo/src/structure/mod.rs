//! The collections and indexes that a schema needs. What is not of the schema is not touched, and nothing is dropped
//! but what a caller names.

mod apply;
mod wanted;

pub(crate) use apply::{Change, apply_to};
pub use apply::{apply, drop_collection, missing, present};
pub use wanted::{Collection, Index, structure};
