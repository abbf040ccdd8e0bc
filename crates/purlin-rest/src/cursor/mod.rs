//! Cursors: where a page ended, in a text that only this server can read or make.

mod binding;
mod seal;
mod values;

pub(crate) use binding::binding;
pub(crate) use seal::Sealer;
