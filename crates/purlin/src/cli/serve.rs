//! `purlin serve`: serve the app in production. It changes no database and makes no secret.

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Listen on this port instead of the configured one; 0 takes any free one.
    #[arg(long)]
    pub port: Option<u16>,

    /// Use embedded databases where an address is not set.
    #[arg(long)]
    pub embedded: bool,
}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("serve"))
}
