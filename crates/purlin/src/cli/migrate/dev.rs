//! `purlin migrate dev`: write the next migration and apply it to the development database.

use std::fmt;
use std::path::PathBuf;

use purlin_core::clock::{Clock, SystemClock};
use purlin_migrate::{MigrateDev, MigrationName, Phase, Recorded};
use serde::Serialize;

use super::{Copies, of};
use crate::cli::{ConsentFlags, Context, Exit, Failure, Terminal, listed, migration_failure, settle, shown};
use crate::wire::{self, Database, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the migration is for; a part of its folder's name.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Write the files and apply nothing.
    #[arg(long)]
    pub create_only: bool,

    /// For a rolling upgrade: write what running copies of the version before would not survive as a second migration.
    #[arg(long)]
    pub split: bool,

    #[command(flatten)]
    pub consent: ConsentFlags,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// Those of the folder that the database did not have.
    applied: Vec<String>,
    /// At most one for each datasource, or two with --split.
    written: Vec<Written>,
    #[serde(flatten)]
    copies: Copies,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    id: String,
    folder: PathBuf,
    steps: Vec<String>,
    /// What it is to running copies of the version before.
    phase: Phase,
    is_applied: bool,
    #[serde(skip)]
    lines: Vec<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in &self.applied {
            writeln!(formatter, "applied {id}")?;
        }
        if self.written.is_empty() {
            writeln!(formatter, "the migrations lead to the schema: there is nothing to write")?;
        }
        for written in &self.written {
            let done = if written.is_applied { "wrote and applied" } else { "wrote" };
            writeln!(formatter, "{done} {}", shown(&written.folder))?;
            written.lines.iter().try_for_each(|line| writeln!(formatter, "  {line}"))?;
            if written.phase == Phase::Breaking {
                writeln!(
                    formatter,
                    "note: running copies of the version before would not survive it; --split writes it in two parts"
                )?;
            }
            if !written.is_applied {
                writeln!(formatter, "edit up.sql as you need; `purlin migrate dev` applies it")?;
            }
        }
        self.copies.fmt(formatter)?;
        self.notes.iter().try_for_each(|note| writeln!(formatter, "note: {note}"))
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let consent = args.consent.consent()?;
    let name = args.name.as_deref().map(MigrationName::parse).transpose();
    let name = name.map_err(|error| migration_failure(&error))?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    context.require_honoured(&schema, &databases)?;
    let mut person = Terminal::new(context.output.is_json());
    let mut answer = Answer::default();
    for database in &databases {
        wire::refuse_unfinished_move(&context.app, database)?;
        if let Some(steps) = wire::make_documents(database, &schema)? {
            // There is nothing to write down.
            answer.applied.extend(steps.into_iter().map(|step| of(&databases, database, step)));
            continue;
        }
        let (migrator, mut connection) = wire::migrator(&context.app, database)?;
        let accept = args.consent.loss.accept_data_loss;
        let recorded = settle(consent.clone(), accept, &mut person, &wire::copy_of(database), |consent| {
            let request = MigrateDev {
                name: name.as_ref(),
                now: SystemClock.now(),
                create_only: args.create_only,
                split: args.split,
                consent,
            };
            migrator.migrate_dev(&schema, &mut *connection, &request)
        });
        let recorded = recorded.map_err(|failure| failure.after("applied", &answer.applied))?;
        answer.add(&databases, database, recorded);
    }
    context.output.answer(&answer);
    Ok(Exit::Fine)
}

impl Answer {
    fn add(&mut self, databases: &[Database], database: &Database, recorded: Recorded) {
        self.notes.extend(database.note.clone());
        self.notes.extend(recorded.notes);
        self.applied.extend(recorded.deployed.into_iter().map(|id| of(databases, database, id)));
        self.written.extend(recorded.written.into_iter().map(|written| Written {
            id: written.id,
            folder: written.path,
            steps: written.steps.iter().map(ToString::to_string).collect(),
            lines: listed(&written.steps),
            phase: written.phase,
            is_applied: written.is_applied,
        }));
        self.copies.add(recorded.backup);
    }
}
