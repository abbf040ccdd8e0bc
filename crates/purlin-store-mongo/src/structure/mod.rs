//! The collections and indexes that a schema needs. Nothing is ever dropped here, and what is not of the
//! schema is not touched.

mod apply;
mod wanted;

pub(crate) use apply::{Change, apply_to};
pub use apply::{apply, missing};
pub use wanted::{Collection, Index, structure};
