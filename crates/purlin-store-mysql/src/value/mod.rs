//! Values in and out of MySQL.

mod bind;
mod cell;

pub(crate) use bind::bound;
pub(crate) use cell::Columns;
