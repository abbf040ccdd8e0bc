//! `purlin migrate squash`: migrations one after the other become one with the same result.

use std::fmt;

use purlin_migrate::{MigrationDialect, MigrationName, Squash};
use serde::Serialize;

use super::one_of;
use crate::cli::{Context, Exit, Failure, migration_failure};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The first one; the first of all without it.
    #[arg(long, value_name = "MIGRATION")]
    pub from: Option<String>,

    /// The last one; the last of all without it.
    #[arg(long, value_name = "MIGRATION")]
    pub to: Option<String>,

    /// What the new one is called.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Which datasource, where there are several.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    squashed: Vec<String>,
    written: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.squashed.iter().try_for_each(|id| writeln!(formatter, "squashed {id}"))?;
        writeln!(formatter, "wrote {}; databases that have all of them have it", self.written)
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    let database = one_of(databases, args.datasource.as_deref())?;
    let name = args.name.as_deref().map(MigrationName::parse).transpose();
    let name = name.map_err(|error| migration_failure(&error))?;
    let dialect = database.place.dialect().unwrap_or(MigrationDialect::Sqlite);
    let request = Squash { from: args.from.as_deref(), to: args.to.as_deref(), name: name.as_ref() };
    let squashed = wire::migrator_of(&context.app, &database.name, dialect).squash(&request);
    let (squashed, written) = squashed.map_err(|error| migration_failure(&error))?;
    context.output.answer(&Answer { squashed, written });
    Ok(Exit::Fine)
}
