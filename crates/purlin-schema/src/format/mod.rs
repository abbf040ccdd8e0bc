//! The formatter. It writes tokens in their order and changes only the space between
//! them, so that no comment is lost and formatting twice changes nothing.

mod document;
mod inline;
mod table;

pub use document::format;
