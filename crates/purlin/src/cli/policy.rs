//! `purlin policy`: what the access rules say, asked without a request.

pub mod explain;
pub mod test;

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Tell whether somebody may do something with a row, and which rule decides.
    Explain(explain::Args),
    /// Check the cases of policies.test.json, and look for rows that one tenant reaches of another.
    Test(test::Args),
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Explain(args) => explain::run(args, context),
        Command::Test(args) => test::run(args, context),
    }
}
