//! `purlin migrate status`: which migrations there are, which the database has, and what has drifted.
//! It changes nothing; exit code 1 says that something is to be done.

use std::fmt;

use purlin_migrate::{Status, Step};
use serde::Serialize;

use super::of;
use crate::cli::{Context, Exit, Failure, listed, migration_failure};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_up_to_date: bool,
    applied: Vec<Applied>,
    pending: Vec<String>,
    problem: Option<String>,
    unrecorded: Vec<String>,
    drift: Vec<String>,
    unwritten: Vec<String>,
    notes: Vec<String>,
    #[serde(skip)]
    lines: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Applied {
    id: String,
    finished_at: String,
    is_recorded: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notes.iter().try_for_each(|note| writeln!(formatter, "note: {note}"))?;
        for applied in &self.applied {
            writeln!(formatter, "applied  {} ({})", applied.id, applied.finished_at)?;
        }
        for id in &self.pending {
            writeln!(formatter, "pending  {id}")?;
        }
        self.lines.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

pub fn run(_args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    let mut answer = Answer { is_up_to_date: true, ..Answer::default() };
    for database in &databases {
        if let Some(steps) = wire::missing_documents(database, &schema)? {
            answer.is_up_to_date &= steps.is_empty();
            answer.pending.extend(steps.into_iter().map(|step| of(&databases, database, step)));
            continue;
        }
        let (migrator, mut connection) = wire::migrator_to_look(&context.app, database)?;
        let status = migrator.status(&schema, &mut *connection).map_err(|error| migration_failure(&error))?;
        let label = |name: String| of(&databases, database, name);
        answer.is_up_to_date &= status.is_up_to_date();
        answer.lines.extend(summary(&status).into_iter().map(label));
        answer.unrecorded.extend(strings(&status.unrecorded).into_iter().map(label));
        answer.drift.extend(strings(&status.drift).into_iter().map(label));
        answer.unwritten.extend(strings(&status.unwritten).into_iter().map(label));
        answer.pending.extend(status.pending.into_iter().map(label));
        answer.problem = answer.problem.or(status.problem);
        answer.notes.extend(database.note.clone());
        answer.applied.extend(status.applied.into_iter().map(|row| Applied {
            id: label(row.id),
            finished_at: row.finished_at,
            is_recorded: row.is_recorded,
        }));
    }
    let exit = if answer.is_up_to_date { Exit::Fine } else { Exit::Problem };
    context.output.answer(&answer);
    Ok(exit)
}

/// What is to be done, in the order in which to do it.
fn summary(status: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |title: &str, steps: &[Step]| {
        if !steps.is_empty() {
            lines.push(title.to_owned());
            lines.extend(listed(steps).into_iter().map(|line| format!("  {line}")));
        }
    };
    add(
        "changed in the database by something else than Purlin (`purlin migrate drift` settles it):",
        &status.drift,
    );
    add("in the database and in no migration (`purlin migrate dev` records it):", &status.unrecorded);
    add("in the schema and in no migration (`purlin migrate dev` writes it):", &status.unwritten);
    if let Some(problem) = &status.problem {
        lines.push(format!("problem: {problem}"));
    }
    if !status.pending.is_empty() {
        lines.push("`purlin migrate deploy` applies what is pending".to_owned());
    }
    if lines.is_empty() {
        lines.push("database, migrations and schema agree".to_owned());
    }
    lines
}

fn strings(steps: &[Step]) -> Vec<String> {
    steps.iter().map(ToString::to_string).collect()
}
