//! `purlin migrate baseline`: take over a database that is there, without changing it.

use std::fmt;
use std::path::PathBuf;

use purlin_core::clock::{Clock, SystemClock};
use purlin_migrate::{MigrationName, TakeOver};
use serde::Serialize;

use super::of;
use crate::cli::{Context, Exit, Failure, counted, migration_failure, shown};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the migration is called; a part of its folder's name.
    #[arg(long, value_name = "NAME", conflicts_with = "upto")]
    pub name: Option<String>,

    /// Where migrations are there: the last one that the database already is, instead of all.
    #[arg(long, value_name = "NAME")]
    pub upto: Option<String>,

    /// One of several datasources, instead of all.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    written: Vec<PathBuf>,
    recorded: Vec<String>,
    left_out: Vec<String>,
    of_prisma: Vec<String>,
    notes: Vec<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notes.iter().try_for_each(|note| writeln!(formatter, "note: {note}"))?;
        self.written.iter().try_for_each(|path| writeln!(formatter, "wrote {}", shown(path)))?;
        if !self.of_prisma.is_empty() {
            let count = counted(self.of_prisma.len(), "migration");
            writeln!(formatter, "{count} of Prisma are named in it; _prisma_migrations stays as it is")?;
        }
        if !self.left_out.is_empty() {
            let count = counted(self.left_out.len(), "relation");
            writeln!(
                formatter,
                "{count} without an index: where rows are many, add @@index on the key and run `purlin migrate dev`"
            )?;
            self.left_out.iter().try_for_each(|name| writeln!(formatter, "  {name}"))?;
        }
        self.recorded
            .iter()
            .try_for_each(|id| writeln!(formatter, "recorded {id} as applied; nothing of it was run"))
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let name = args.name.as_deref().map(MigrationName::parse).transpose();
    let name = name.map_err(|error| migration_failure(&error))?;
    let schema = context.schema()?;
    let mut databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    context.require_honoured(&schema, &databases)?;
    if let Some(wanted) = &args.datasource {
        databases.retain(|database| database.name == *wanted);
        if databases.is_empty() {
            return Err(Failure::wrong_use(format!("there is no datasource {wanted} with models")));
        }
    }
    let mut answer = Answer::default();
    for database in &databases {
        if database.place.dialect().is_none() {
            answer.notes.push(format!(
                "datasource {}: MongoDB has no migrations; `purlin migrate deploy` makes what is missing",
                database.name
            ));
            continue;
        }
        let (migrator, mut connection) = wire::migrator_to_look(&context.app, database)?;
        let request = TakeOver { name: name.as_ref(), now: SystemClock.now(), upto: args.upto.as_deref() };
        let taken = migrator.baseline(&schema, &mut *connection, &request);
        let taken = taken.map_err(|error| migration_failure(&error).after("recorded", &answer.recorded))?;
        answer.notes.extend(database.note.clone());
        answer.written.extend(taken.written);
        answer.recorded.extend(taken.recorded.into_iter().map(|id| of(&databases, database, id)));
        answer.left_out.extend(taken.left_out);
        answer.of_prisma.extend(taken.of_prisma);
        answer.notes.extend(taken.notes);
    }
    context.output.answer(&answer);
    Ok(Exit::Fine)
}
