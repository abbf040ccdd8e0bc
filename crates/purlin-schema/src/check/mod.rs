//! Syntax trees to the checked schema. Every stage reports all it finds and goes on with
//! what can be understood; the schema exists only if nothing was an error.

mod attributes;
mod builtin;
mod checker;
mod circles;
mod compile;
mod crossings;
mod datasources;
mod defaults;
mod enums;
mod expr;
mod fields;
mod inherit;
mod keys;
mod literal;
mod outline;
mod path;
mod policies;
mod relations;
mod shape;
mod tables;
mod validations;

pub(crate) use compile::compile_builtin;
pub use compile::{Compiled, check, compile};
