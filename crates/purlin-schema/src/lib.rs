//! Text to a checked [`model::Schema`], with diagnostics that point at the text.

pub mod model;
pub mod source;
pub mod suggest;
