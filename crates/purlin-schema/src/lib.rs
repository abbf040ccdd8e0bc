//! Schema text to a checked schema, with diagnostics that point at the text, and the
//! formatter. Pure except for `load`, the only place that reads the disk.

pub mod ast;
pub mod builtin;
mod check;
pub mod diagnostic;
mod error;
pub mod format;
pub mod lexer;
pub mod load;
pub mod model;
pub mod naming;
pub mod parser;
pub mod portability;
pub mod source;
pub mod suggest;

pub use builtin::Builtin;
pub use check::{Compiled, check, compile};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use error::Error;
pub use format::format;
pub use load::load;
pub use parser::{Parsed, parse};
pub use source::{FileId, SourceFile, SourceMap, Span};
