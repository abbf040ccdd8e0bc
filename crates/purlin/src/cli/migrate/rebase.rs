//! `purlin migrate rebase`: of two branches that continue one migration, write one anew on top of the other.

use std::fmt;

use purlin_core::clock::{Clock, SystemClock};
use purlin_migrate::MigrationDialect;
use serde::Serialize;

use super::one_of;
use crate::cli::{ConsentFlags, Context, Exit, Failure, Terminal, settle};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The first migration of the branch that no other database has applied yet.
    #[arg(value_name = "MIGRATION")]
    pub migration: String,

    /// Which datasource, where there are several.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,

    #[command(flatten)]
    pub consent: ConsentFlags,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    removed: Vec<String>,
    written: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.removed.iter().try_for_each(|id| writeln!(formatter, "removed {id}"))?;
        match &self.written {
            Some(id) => writeln!(formatter, "wrote {id}; `purlin migrate dev` applies it"),
            None => writeln!(formatter, "the schema asks for nothing beyond the other branch"),
        }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    let database = one_of(databases, args.datasource.as_deref())?;
    let dialect = database.place.dialect().unwrap_or(MigrationDialect::Sqlite);
    let migrator = wire::migrator_of(&context.app, &database.name, dialect);
    let mut person = Terminal::new(context.output.is_json());
    let rebased = settle(args.consent.consent()?, false, &mut person, "", |consent| {
        migrator.rebase(&schema, &args.migration, SystemClock.now(), &consent.answers)
    })?;
    context.output.answer(&Answer { removed: rebased.removed, written: rebased.written });
    Ok(Exit::Fine)
}
