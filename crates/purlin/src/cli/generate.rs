//! `purlin generate`: what is made from the schema.

pub mod client;
pub mod openapi;
pub mod signing_key;
pub mod token;

use super::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Write the client of the API in TypeScript.
    Client(client::Args),
    /// Write the OpenAPI 3.1 document of the API.
    Openapi(openapi::Args),
    /// Write a new key that signs access tokens.
    SigningKey(signing_key::Args),
    /// Print a bearer token for a user, to try rules with.
    Token(token::Args),
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Client(args) => client::run(args, context),
        Command::Openapi(args) => openapi::run(args, context),
        Command::SigningKey(args) => signing_key::run(args, context),
        Command::Token(args) => token::run(args, context),
    }
}
