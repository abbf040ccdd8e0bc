//! `purlin migrate status`: which migrations there are, and which the database has.

use crate::cli::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("migrate status"))
}
