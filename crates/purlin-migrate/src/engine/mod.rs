//! What differs between engines, one folder each. Nothing outside this module asks which engine
//! it works for.

mod beside;
mod contract;
mod expression;
mod field_type;
pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod stand_in;
mod values;

pub(crate) use beside::{Beside, NativeEnum};
pub(crate) use contract::{Conversion, Engine, ForeignKeys, Lock};
pub(crate) use expression::{constant_of as constant, is_now};
pub(crate) use field_type::{FieldType, TypeWord};
pub(crate) use stand_in::{is_distinct, stand_in};
