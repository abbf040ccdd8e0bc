//! `purlin doctor`: look for what would go wrong on this machine, and say what to do.

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("doctor"))
}
