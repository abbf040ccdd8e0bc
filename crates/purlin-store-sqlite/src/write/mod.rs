//! Writes: a bounded queue, one writer, many plans in one commit.

mod conflict;
mod failure;
mod plan;
mod queue;
mod steps;
mod writer;

pub(crate) use failure::read_error;
pub(crate) use queue::{Job, Queue};
pub(crate) use writer::{Writer, write_until_closed};
