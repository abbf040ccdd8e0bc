//! Input to final rows: transforms, validation attributes, defaults, what is required. Every problem of
//! every field is reported, not the first.

mod create;
mod field;
mod reference;
mod update;
mod whole_row;

pub use field::problems;

pub(crate) use create::{Connect, Draft, Making, draft_row};
pub(crate) use reference::{KeyPart, Reference};
pub(crate) use update::{ChangeSet, NewChange, change_set};
pub(crate) use whole_row::StoredRow;
