//! The list itself, by groups of codes: 00 values, 01 types of the database, 02 values that the database makes,
//! 03 keys and indexes, 04 relations, 05 names, 06 the rest. A code never changes its meaning. Each state says what
//! the stores and the migrations do: whoever changes that changes it here.

mod around;
mod defaults;
mod groups;
mod keys;
mod values;

pub use groups::{GROUPS, Group, constructs};
