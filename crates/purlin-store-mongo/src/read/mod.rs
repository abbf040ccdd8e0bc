//! Reads: pipelines run in one snapshot, their rows put together into the sink.

mod execute;
mod rows;
mod total;
mod tree;

pub(crate) use execute::{execute, needs_snapshot};
pub(crate) use rows::Cells;
