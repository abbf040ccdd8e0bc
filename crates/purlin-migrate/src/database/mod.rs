//! The database under migration: its own two tables, its lock, and what must hold before a commit.

mod applied;
mod backup;
mod integrity;
mod session;
mod state;
mod triggers;

pub(crate) use applied::{History, record};
pub use backup::sqlite_backup;
pub(crate) use session::Session;
pub(crate) use state::{State, write_state};
