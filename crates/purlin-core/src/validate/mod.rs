//! Input to final rows: transforms, validation attributes, defaults, what is required. Every problem of
//! every field is reported, not the first.

mod create;
mod field;
mod nested;
mod reference;
mod update;
mod whole_row;

pub use field::problems;

pub(crate) use create::{Connect, Draft, Drafting, KnownRow, Making};
pub(crate) use field::transformed;
pub(crate) use nested::{Owned, OwnedWrite, Related, RelatedWrite, looks_at_each};
pub(crate) use reference::{KeyPart, Reference};
pub(crate) use update::{ChangeSet, NewChange};
