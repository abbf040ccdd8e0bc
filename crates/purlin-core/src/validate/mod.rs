//! Input to final rows: transforms, validation attributes, defaults, what is required. Every problem of
//! every field is reported, not the first.

mod create;
mod field;
mod update;

pub(crate) use create::{Connect, Draft, Making, draft_row};
pub(crate) use update::{ChangeSet, MergedRow, NewChange, change_set};
