//! Reads: held snapshots, statements kept ready, rows straight into the sink.

mod buffer;
mod execute;
mod plans;
mod reader;
mod rows;
mod total;
mod tree;

pub(crate) use execute::{ReadContext, execute};
pub(crate) use plans::{Plan, Plans};
pub(crate) use reader::{Reader, Readers, Snapshot, lock};
pub(crate) use total::Counting;
