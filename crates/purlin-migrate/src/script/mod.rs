//! SQL scripts as text: tokens, statements, checksums.

mod statements;
pub(crate) mod token;

pub(crate) use statements::sha256;
pub use statements::{checksum, statements};
