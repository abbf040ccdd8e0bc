//! Steps to SQL. One folder per engine; the files of a migration are the same for all.

mod rendered;
mod script;
pub(crate) mod sqlite;

pub(crate) use rendered::flatten;
pub use rendered::{Direction, Rendered, render};
pub(crate) use script::{down_script, up_script};
