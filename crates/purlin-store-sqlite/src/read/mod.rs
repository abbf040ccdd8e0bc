//! Reads: held snapshots, statements kept ready, rows straight into the sink.

mod execute;
mod pace;
mod places;
mod plans;
mod reader;
mod total;
mod tree;

pub(crate) use execute::{ReadContext, execute};
pub(crate) use pace::Pace;
pub(crate) use places::{Place, Places};
pub(crate) use plans::{Plan, Plans};
pub(crate) use reader::{Reader, Readers, Snapshot, lock};
pub(crate) use total::Counting;
