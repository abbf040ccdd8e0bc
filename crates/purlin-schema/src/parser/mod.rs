//! Tokens to syntax tree. The parser never gives up: after a problem it goes on at the
//! next argument, line or block, so that one run reports everything.

mod attribute;
mod block;
mod cursor;
mod declaration;
mod document;
mod expr;
mod logic;
mod member;
mod text;
mod types;

pub use document::{Parsed, parse, parse_document};
