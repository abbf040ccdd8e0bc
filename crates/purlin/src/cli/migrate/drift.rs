//! `purlin migrate drift`: what something else than Purlin changed in the database, and what becomes of it.

use std::fmt;

use purlin_migrate::{Consent, Drift};
use serde::Serialize;

use super::{Copies, one_of};
use crate::cli::{Context, Exit, Failure, LossFlags, Terminal, migration_failure, settle};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these, such as User.size; all without any.
    #[arg(value_name = "OBJECT")]
    pub objects: Vec<String>,

    /// Take it as known: `purlin migrate dev` records it or takes it away, as the schema says.
    #[arg(long, group = "what")]
    pub adopt: bool,

    /// Bring the database back to what its migrations made.
    #[arg(long, group = "what")]
    pub correct: bool,

    /// Never tell of it again, on any database of this app.
    #[arg(long, group = "what")]
    pub ignore: bool,

    /// Which datasource, where there are several.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,

    #[command(flatten)]
    pub loss: LossFlags,
}

#[derive(Debug, Serialize)]
struct Answer {
    /// What was done with it.
    outcome: Option<&'static str>,
    objects: Vec<String>,
    #[serde(flatten)]
    copies: Copies,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for object in &self.objects {
            writeln!(formatter, "{} {object}", self.outcome.unwrap_or("drifted"))?;
        }
        match (self.outcome, self.objects.is_empty()) {
            (_, true) => writeln!(formatter, "the database is what Purlin made of it")?,
            (Some("adopted"), _) => writeln!(
                formatter,
                "`purlin db pull` takes it into the schema, `purlin migrate dev` into a migration"
            )?,
            (Some(_), _) => {}
            (None, _) => writeln!(formatter, "settle it with --adopt, --correct or --ignore")?,
        }
        self.copies.fmt(formatter)
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let accepted = args.loss.accepted()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    let database = one_of(databases, args.datasource.as_deref())?;
    wire::refuse_unfinished_move(&context.app, &database)?;
    let (migrator, mut connection) = wire::migrator_to_look(&context.app, &database)?;
    let (drift, outcome) = match (args.adopt, args.correct, args.ignore) {
        (true, _, _) => (Drift::Adopt, "adopted"),
        (_, true, _) => (Drift::Correct, "corrected"),
        (_, _, true) => (Drift::Ignore, "ignored from now on:"),
        _ => {
            let objects = migrator.drift(&schema, &mut *connection);
            let objects = objects.map_err(|error| migration_failure(&error))?;
            let exit = if objects.is_empty() { Exit::Fine } else { Exit::Problem };
            context.output.answer(&Answer { outcome: None, objects, copies: Copies::default() });
            return Ok(exit);
        }
    };
    let mut person = Terminal::new(context.output.is_json());
    let consent = Consent { accepted, ..Consent::default() };
    let copy = wire::copy_of(&database);
    let (objects, backup) = settle(consent, args.loss.accept_data_loss, &mut person, &copy, |consent| {
        migrator.settle_drift(&schema, &mut *connection, drift, &args.objects, &consent.accepted)
    })?;
    let mut copies = Copies::default();
    copies.add(backup);
    context.output.answer(&Answer { outcome: Some(outcome), objects, copies });
    Ok(Exit::Fine)
}
