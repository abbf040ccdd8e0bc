//! SQLite: what `ALTER TABLE` cannot do is done by rebuilding the table; foreign keys are off meanwhile.

mod alter;
mod backup;
mod catalogue;
mod convert;
mod create;
mod create_table;
mod engine;
mod exclusive;
mod fill;
mod integrity;
mod pulled;
mod rebuild;
mod search;
mod step;
mod triggers;

pub use backup::sqlite_backup;
pub(crate) use engine::Sqlite;
pub(crate) use triggers::Trigger;
