//! `purlin fmt`: bring the schema files into their one form; comments stay.

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Change nothing; exit with 1 if a file is not formatted.
    #[arg(long)]
    pub check: bool,
}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("fmt"))
}
