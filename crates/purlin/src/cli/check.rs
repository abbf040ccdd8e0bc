//! `purlin check`: every mistake in the configuration and in the schema, all at once.

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, context: &Context) -> Result<Exit, Failure> {
    context.config()?;
    Err(Failure::unavailable("check"))
}
