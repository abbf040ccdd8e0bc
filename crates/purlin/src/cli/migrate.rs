//! `purlin migrate`: the commands around migrations.

pub mod baseline;
pub mod deploy;
pub mod dev;
pub mod diff;
pub mod drift;
pub mod rebase;
pub mod rollback;
pub mod squash;
pub mod status;

use std::fmt;
use std::path::PathBuf;

use purlin_migrate::Backup;
use serde::Serialize;

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
    /// Take the last applied migrations back.
    Rollback(rollback::Args),
    /// Tell what leads from one state to another, as steps or as SQL.
    Diff(diff::Args),
    /// List what something else changed in the database; adopt, correct or ignore it.
    Drift(drift::Args),
    /// Write one of two branches anew on top of the other.
    Rebase(rebase::Args),
    /// Make one migration of several.
    Squash(squash::Args),
    /// Take over a database that was there before, as the first migration.
    Baseline(baseline::Args),
    /// List the migrations and which of them the database has.
    Status(status::Args),
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Dev(args) => dev::run(args, context),
        Command::Deploy(args) => deploy::run(args, context),
        Command::Rollback(args) => rollback::run(args, context),
        Command::Diff(args) => diff::run(args, context),
        Command::Drift(args) => drift::run(args, context),
        Command::Rebase(args) => rebase::run(args, context),
        Command::Squash(args) => squash::run(args, context),
        Command::Baseline(args) => baseline::run(args, context),
        Command::Status(args) => status::run(args, context),
    }
}

/// The copies from before a change that could lose something.
#[derive(Debug, Default, Serialize)]
struct Copies {
    backup: Option<PathBuf>,
    /// On a server: what would have made one.
    #[serde(skip_serializing_if = "Option::is_none")]
    dump: Option<String>,
}

impl Copies {
    fn add(&mut self, backup: Option<Backup>) {
        match backup {
            Some(Backup::Written(path)) => self.backup = Some(path),
            Some(Backup::ByHand(command)) => self.dump = Some(command),
            Some(Backup::Nothing) | None => {}
        }
    }
}

impl fmt::Display for Copies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.backup {
            writeln!(formatter, "a copy from before is in {}", shown(path))?;
        }
        if let Some(command) = &self.dump {
            writeln!(formatter, "no copy was made; next time, before: {command}")?;
        }
        Ok(())
    }
}

/// The one that a command works on: the only one with migrations, or the one that is named.
fn one_of(databases: Vec<Database>, wanted: Option<&str>) -> Result<Database, Failure> {
    let mut fit: Vec<Database> = databases
        .into_iter()
        .filter(|database| {
            database.place.dialect().is_some() && wanted.is_none_or(|wanted| database.name == wanted)
        })
        .collect();
    let names: Vec<String> = fit.iter().map(|database| database.name.clone()).collect();
    match (fit.pop(), fit.is_empty()) {
        (Some(database), true) => Ok(database),
        (Some(_), false) => Err(Failure::wrong_use(format!(
            "there are several datasources ({}); name one with --datasource",
            names.join(", ")
        ))),
        (None, _) => Err(Failure::wrong_use(match wanted {
            Some(wanted) => format!("there is no datasource {wanted} with migrations"),
            None => "no datasource of this app has migrations".to_owned(),
        })),
    }
}

/// With its datasource, where there are several.
fn of(databases: &[Database], database: &Database, name: String) -> String {
    if databases.len() > 1 { format!("{}/{name}", database.name) } else { name }
}
