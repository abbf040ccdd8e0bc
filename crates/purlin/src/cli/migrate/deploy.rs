//! `purlin migrate deploy`: apply every migration that the database does not have.

use std::fmt;

use purlin_migrate::Consent;
use serde::Serialize;

use super::{Copies, of};
use crate::cli::{Context, Exit, Failure, LossFlags, Terminal, counted, settle};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Use the embedded database in .purlin/ where an address is not set.
    #[arg(long)]
    pub embedded: bool,

    /// Before a rolling upgrade: apply only what running copies of the version before survive.
    #[arg(long, value_name = "PHASE")]
    pub only: Option<Only>,

    #[command(flatten)]
    pub loss: LossFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Only {
    Expand,
}

#[derive(Debug, Default, Serialize)]
struct Answer {
    applied: Vec<String>,
    /// The database had been changed that way already.
    recorded: Vec<String>,
    waiting: Vec<String>,
    #[serde(flatten)]
    copies: Copies,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in &self.applied {
            writeln!(formatter, "applied {id}")?;
        }
        match self.applied.len() {
            0 if !self.waiting.is_empty() || !self.recorded.is_empty() => {}
            0 => writeln!(formatter, "the database has every migration: nothing to do")?,
            count => writeln!(formatter, "{} applied", counted(count, "migration"))?,
        }
        for id in &self.recorded {
            writeln!(formatter, "recorded {id}: the database is that way already")?;
        }
        for id in &self.waiting {
            writeln!(
                formatter,
                "waiting {id}: `purlin migrate deploy` applies it when no copy from before serves"
            )?;
        }
        self.copies.fmt(formatter)
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let accepted = args.loss.accepted()?;
    let schema = context.schema()?;
    let fallback = if args.embedded { Fallback::Embedded } else { Fallback::Refuse };
    let databases = wire::databases(&schema, &config, fallback)?;
    context.require_honoured(&schema, &databases)?;
    let mut person = Terminal::new(context.output.is_json());
    let mut answer = Answer::default();
    for database in &databases {
        wire::refuse_unfinished_move(&context.app, database)?;
        if let Some(steps) = wire::make_documents(database, &schema)? {
            answer.applied.extend(steps.into_iter().map(|step| of(&databases, database, step)));
            continue;
        }
        let (migrator, mut connection) = wire::migrator(&context.app, database)?;
        let consent = Consent { accepted: accepted.clone(), ..Consent::default() };
        let deployed =
            settle(consent, args.loss.accept_data_loss, &mut person, &wire::copy_of(database), |consent| {
                match args.only {
                    Some(Only::Expand) => migrator.deploy_expanding(&mut *connection, &consent.accepted),
                    None => migrator.deploy(&mut *connection, &consent.accepted),
                }
            });
        // What went before it stays applied: a copy that tries again goes on from there.
        let deployed = deployed.map_err(|failure| failure.after("applied", &answer.applied))?;
        answer.applied.extend(deployed.migrations.into_iter().map(|id| of(&databases, database, id)));
        answer.recorded.extend(deployed.recorded.into_iter().map(|id| of(&databases, database, id)));
        answer.waiting.extend(deployed.waiting.into_iter().map(|id| of(&databases, database, id)));
        answer.copies.add(deployed.backup);
    }
    context.output.answer(&answer);
    Ok(Exit::Fine)
}
