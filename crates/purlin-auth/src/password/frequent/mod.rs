//! The list of common passwords, embedded: no network, no file to lose.

mod list;

pub(super) use list::contains;
