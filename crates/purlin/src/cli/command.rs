//! The list of commands, and the way from arguments to an exit code.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use super::{Context, Exit, Failure, Output};
use super::{admin, check, db, dev, doctor, fmt, generate, migrate, new, policy, serve};

/// An application backend in one binary: a schema file becomes a secure HTTP API.
#[derive(Debug, Parser)]
#[command(name = "purlin", version, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// The app folder: where the schema and purlin.toml are.
    #[arg(long, global = true, value_name = "FOLDER", default_value = ".")]
    pub app: PathBuf,

    /// Answer with one JSON document on standard output.
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new app folder that runs.
    New(new::Args),
    /// Serve the app, follow every change of the schema, and keep the database along.
    Dev(dev::Args),
    /// Serve the app in production.
    Serve(serve::Args),
    /// Find every mistake in the schema and in the configuration.
    Check(check::Args),
    /// Format the schema.
    Fmt(fmt::Args),
    /// Write and apply migrations.
    Migrate(migrate::Args),
    /// Work on the database of the app.
    Db(db::Args),
    /// Name the people who work on all data of the app.
    Admin(admin::Args),
    /// Make files and tokens from the schema.
    Generate(generate::Args),
    /// Ask the access rules.
    Policy(policy::Args),
    /// Look for what would go wrong on this machine.
    Doctor(doctor::Args),
}

/// Runs the command that the arguments name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(cli).into(),
        Err(error) => refuse(&error, &arguments).into(),
    }
}

fn run(cli: Cli) -> Exit {
    let context = Context { app: cli.app, output: Output::new(cli.json) };
    let result = match &cli.command {
        Command::New(args) => new::run(args, &context),
        Command::Dev(args) => dev::run(args, &context),
        Command::Serve(args) => serve::run(args, &context),
        Command::Check(args) => check::run(args, &context),
        Command::Fmt(args) => fmt::run(args, &context),
        Command::Migrate(args) => migrate::run(args, &context),
        Command::Db(args) => db::run(args, &context),
        Command::Admin(args) => admin::run(args, &context),
        Command::Generate(args) => generate::run(args, &context),
        Command::Policy(args) => policy::run(args, &context),
        Command::Doctor(args) => doctor::run(args, &context),
    };
    result.unwrap_or_else(|failure| {
        context.output.failure(&failure);
        failure.exit
    })
}

/// Help and version are answers; all else that stops the parser is wrong use.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if arguments.iter().any(|argument| argument == "--json") && !is_answer {
        let text = error.render().to_string();
        let message = text.trim().strip_prefix("error: ").unwrap_or(text.trim()).to_owned();
        Output::new(true).failure(&Failure::wrong_use(message));
    } else {
        // Nothing is left to do when even this cannot be printed.
        let _gone = error.print();
    }
    if is_answer { Exit::Fine } else { Exit::WrongUse }
}
