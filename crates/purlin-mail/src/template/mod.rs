//! What mails look like: a small language of placeholders, the built-in texts, and the app's own.

mod builtin;
mod load;
mod parse;
mod render;
mod values;

pub use load::{Rendered, Templates};
pub use values::PLACEHOLDERS;
pub(crate) use values::Values;
