//! `purlin migrate`: the commands around migrations.

pub mod baseline;
pub mod deploy;
pub mod dev;
pub mod status;

use std::fmt;
use std::path::PathBuf;

use super::{Context, Exit, Failure, shown};
use crate::wire::Database;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Write a migration from the last one to the schema, and apply it here.
    Dev(dev::Args),
    /// Apply every migration that the database does not have.
    Deploy(deploy::Args),
    /// Take over a database that was there before, as the first migration.
    Baseline(baseline::Args),
    /// List the migrations and which of them the database has.
    Status(status::Args),
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Dev(args) => dev::run(args, context),
        Command::Deploy(args) => deploy::run(args, context),
        Command::Baseline(args) => baseline::run(args, context),
        Command::Status(args) => status::run(args, context),
    }
}

/// Where the copy from before is, when one was made.
fn backup_line(formatter: &mut fmt::Formatter<'_>, backup: Option<&PathBuf>) -> fmt::Result {
    backup.map_or(Ok(()), |path| writeln!(formatter, "a copy from before is in {}", shown(path)))
}

/// With its datasource, where there are several.
fn of(databases: &[Database], database: &Database, name: String) -> String {
    if databases.len() > 1 { format!("{}/{name}", database.name) } else { name }
}
