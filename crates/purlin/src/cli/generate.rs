//! `purlin generate`: files made from the schema.

pub mod openapi;

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Write the OpenAPI 3.1 document of the API.
    Openapi(openapi::Args),
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Openapi(args) => openapi::run(args, context),
    }
}
