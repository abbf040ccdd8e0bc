//! Values in and out of documents.

mod decode;
mod emit;
mod encode;
mod json;
mod key;
mod kind;

pub(crate) use decode::value_of;
pub(crate) use emit::emit;
pub(crate) use encode::encode;
pub(crate) use key::{bson_key, raw_key};
pub(crate) use kind::{Element, Kind};
