//! `purlin db`: the commands around the app's database.

pub mod r#move;
pub mod pull;
pub mod seed;

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Move the data to another database, of the same or of another engine.
    Move(r#move::Args),
    /// Take what the database holds into the schema.
    Pull(pull::Args),
    /// Load the rows of seed.json.
    Seed(seed::Args),
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Move(args) => r#move::run(args, context),
        Command::Pull(args) => pull::run(args, context),
        Command::Seed(args) => seed::run(args, context),
    }
}
