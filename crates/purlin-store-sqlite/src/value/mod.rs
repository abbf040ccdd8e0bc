//! Values in and out of SQLite.

mod bind;
mod cells;

pub(crate) use bind::bind_all;
pub(crate) use cells::{Columns, cell};
