//! `purlin migrate dev`: write the next migration and apply it to the development database.

use std::fmt;
use std::path::PathBuf;

use purlin_core::clock::{Clock, SystemClock};
use purlin_migrate::{Backup, MigrateDev, MigrationName, Recorded};
use serde::Serialize;

use super::backup_line;
use crate::cli::{ConsentFlags, Context, Exit, Failure, Terminal, listed, migration_failure, settle, shown};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the migration is for; a part of its folder's name.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Write the files and apply nothing.
    #[arg(long)]
    pub create_only: bool,

    #[command(flatten)]
    pub consent: ConsentFlags,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// Those of the folder that the database did not have.
    applied: Vec<String>,
    written: Option<Written>,
    backup: Option<PathBuf>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    id: String,
    folder: PathBuf,
    steps: Vec<String>,
    is_applied: bool,
    #[serde(skip)]
    lines: Vec<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in &self.applied {
            writeln!(formatter, "applied {id}")?;
        }
        match &self.written {
            None => writeln!(formatter, "the migrations lead to the schema: there is nothing to write")?,
            Some(written) => {
                let done = if written.is_applied { "wrote and applied" } else { "wrote" };
                writeln!(formatter, "{done} {}", shown(&written.folder))?;
                written.lines.iter().try_for_each(|line| writeln!(formatter, "  {line}"))?;
                if !written.is_applied {
                    writeln!(formatter, "edit up.sql as you need; `purlin migrate dev` applies it")?;
                }
            }
        }
        backup_line(formatter, self.backup.as_ref())?;
        self.notes.iter().try_for_each(|note| writeln!(formatter, "note: {note}"))
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let consent = args.consent.consent()?;
    let name = args.name.as_deref().map(MigrationName::parse).transpose();
    let name = name.map_err(|error| migration_failure(&error))?;
    let schema = context.schema()?;
    let database = wire::database(&schema, &config, Fallback::Embedded)?;
    let (migrator, mut connection) = wire::migrator(&context.app, &database)?;
    let mut person = Terminal::new(context.output.is_json());
    let recorded = settle(consent, args.consent.loss.accept_data_loss, &mut person, |consent| {
        let request = MigrateDev {
            name: name.as_ref(),
            now: SystemClock.now(),
            create_only: args.create_only,
            consent,
        };
        migrator.migrate_dev(&schema, &mut connection, &request)
    })?;
    context.output.answer(&Answer::new(recorded, database.note));
    Ok(Exit::Fine)
}

impl Answer {
    fn new(recorded: Recorded, note: Option<String>) -> Self {
        let written = recorded.written.map(|written| Written {
            id: written.id,
            folder: written.path,
            steps: written.steps.iter().map(ToString::to_string).collect(),
            lines: listed(&written.steps),
            is_applied: written.is_applied,
        });
        let backup = match recorded.backup {
            Some(Backup::Written(path)) => Some(path),
            _ => None,
        };
        let notes = note.into_iter().chain(recorded.notes).collect();
        Self { applied: recorded.deployed, written, backup, notes }
    }
}
