//! Connections: opened alike everywhere, with the functions that statements name.

mod decimal_order;
mod functions;
mod measures;
mod open;
mod time_limit;

pub(crate) use functions::ARITHMETIC_PREFIX;
pub use open::open_for_migration;
pub(crate) use open::{Purpose, open, prepare_file};
pub(crate) use time_limit::TimeLimit;
