//! Values in and out of SQLite.

mod bind;
mod date_time;
mod emit;
mod from_column;

pub(crate) use bind::{Sources, bind_all};
pub(crate) use emit::{emit, emit_given};
pub(crate) use from_column::value_of;
