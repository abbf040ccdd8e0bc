//! Two physical schemas to ordered steps.

mod between;
mod carry;
mod difference;
mod foreign_keys;
mod indexes;
mod join;
mod matching;
mod order;
mod question;
mod rename;
mod similarity;
mod step;
mod steps;
mod table;

pub use difference::{Difference, diff};
pub use question::{Answer, Answers, Question};
pub use rename::{ColumnRename, MemberRename, Rename, Renames};
pub use step::{Change, EnumColumn, Step};

pub(crate) use between::Between;
pub use between::Phase;
pub(crate) use carry::carry;
pub(crate) use steps::steps;
pub(crate) use table::column_changes;
