//! What differs between engines, one folder each. Nothing outside this module asks which engine
//! it works for.

mod contract;
pub(crate) mod sqlite;

pub(crate) use contract::{Conversion, Engine, ForeignKeys, Lock};
