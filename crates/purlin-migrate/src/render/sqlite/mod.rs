//! SQLite: what `ALTER TABLE` cannot do is done by rebuilding the table.

pub(crate) mod convert;
mod create;
mod fill;
mod rebuild;
mod step;

pub(crate) use create::{identifier, literal};
pub(super) use step::statements;
