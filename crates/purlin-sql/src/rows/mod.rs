//! Result rows, whichever engine they come from: cells to values, and rows with rows below them to nested objects.

mod buffer;
mod cell;
mod date_time;
mod emit;
mod tree;
mod value;
mod write;

pub use buffer::{Buffer, BufferedRow};
pub use cell::{Cell, Cells};
pub use emit::{emit, emit_given};
pub use tree::{Branch, ParentKeys, Tree, is_shown};
pub use value::value_of;
pub use write::{write_columns, write_row};
