//! Values in and out of PostgreSQL.

mod array;
mod bind;
mod cell;
mod numeric;

pub(crate) use bind::{Bound, Misfit, bound};
pub(crate) use cell::Columns;
