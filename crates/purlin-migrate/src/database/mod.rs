//! The database under migration: its own two tables, and the connection that carries a change.

mod applied;
mod session;
mod state;

pub(crate) use applied::{History, record};
pub(crate) use session::Session;
pub(crate) use state::{State, write_state};
