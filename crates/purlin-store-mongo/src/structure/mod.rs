//! The collections and indexes that a schema needs. Nothing is ever dropped here, and what is not of the
//! schema is not touched.

mod apply;
mod wanted;

pub use apply::apply;
pub(crate) use apply::apply_to;
pub use wanted::{Collection, Index, structure};
