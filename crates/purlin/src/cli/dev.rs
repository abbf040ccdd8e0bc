//! `purlin dev`: serve the app and follow every change of its files.

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Listen on this port instead of the configured one; 0 takes any free one.
    #[arg(long)]
    pub port: Option<u16>,

    /// Apply changes that lose data without asking.
    #[arg(long)]
    pub accept_data_loss: bool,
}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("dev"))
}
