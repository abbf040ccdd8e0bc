//! Steps to SQL. The engine writes the statements; the files of a migration are the same for all.

mod rendered;
mod script;

pub(crate) use rendered::flatten;
pub use rendered::{Direction, Rendered, render};
pub(crate) use script::{down_script, irreversible, sections, up_script};
