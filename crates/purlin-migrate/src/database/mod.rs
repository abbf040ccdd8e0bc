//! The database under migration: its own two tables, and the connection that carries a change.

mod applied;
mod session;
mod state;

pub(crate) use applied::{AppliedRow, History, Unfinished, forget, record, rollback_key, start};
pub(crate) use session::Session;
pub(crate) use state::{State, json, write_state};

use crate::error::Error;

/// The tables of migrations themselves, where they are missing.
pub(crate) fn create(session: &mut Session<'_>) -> Result<(), Error> {
    applied::create(session)?;
    state::create(session)
}
