//! Guarded statements to SQL text, and where each value is bound and each column goes.
//! Opens no connection. What differs between engines stands behind [`dialect::Dialect`].

pub mod dialect;

pub use dialect::{ColumnType, Dialect};
