//! What differs between engines, one folder each. Nothing outside this module asks which engine
//! it works for.

mod contract;
mod expression;
pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod values;

pub(crate) use contract::{Conversion, Engine, ForeignKeys, Lock};
