//! `purlin migrate deploy`: apply every migration that the database does not have.

use crate::cli::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("migrate deploy"))
}
