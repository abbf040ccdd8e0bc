//! `purlin migrate rollback`: take the last applied migrations back, one after the other.

use std::fmt;

use purlin_migrate::{Back, Consent};
use serde::Serialize;

use super::{Copies, one_of};
use crate::cli::{Context, Exit, Failure, LossFlags, Terminal, migration_failure, settle};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many migrations.
    #[arg(long, value_name = "COUNT", default_value_t = 1, conflicts_with = "to")]
    pub steps: usize,

    /// The migration that is to be the last one, instead.
    #[arg(long, value_name = "NAME")]
    pub to: Option<String>,

    /// Which datasource, where there are several.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,

    /// Use the embedded database in .purlin/ where an address is not set.
    #[arg(long)]
    pub embedded: bool,

    #[command(flatten)]
    pub loss: LossFlags,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    rolled_back: Vec<String>,
    irreversible: Vec<String>,
    #[serde(flatten)]
    copies: Copies,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rolled_back.iter().try_for_each(|id| writeln!(formatter, "rolled back {id}"))?;
        self.irreversible.iter().try_for_each(|loss| writeln!(formatter, "note: {loss}"))?;
        if self.rolled_back.is_empty() {
            writeln!(formatter, "it is the last one already: nothing to do")?;
        } else {
            writeln!(
                formatter,
                "`purlin migrate deploy` would apply it again; to be rid of it, delete its folder"
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
    let database = one_of(wire::databases(&schema, &config, fallback)?, args.datasource.as_deref())?;
    wire::refuse_unfinished_move(&context.app, &database)?;
    let (migrator, mut connection) = wire::migrator_to_look(&context.app, &database)?;
    let mut person = Terminal::new(context.output.is_json());
    let mut answer = Answer::default();
    let copy = wire::copy_of(&database);
    let back = args.to.as_deref().map_or(Back::Steps(args.steps), Back::To);
    let ids = migrator.way_back(&mut *connection, back).map_err(|error| migration_failure(&error))?;
    for id in ids {
        let consent = Consent { accepted: accepted.clone(), ..Consent::default() };
        let done = settle(consent, args.loss.accept_data_loss, &mut person, &copy, |consent| {
            migrator.rollback(&mut *connection, &id, &consent.accepted)
        });
        let done = done.map_err(|failure| failure.after("rolled back", &answer.rolled_back))?;
        answer.rolled_back.push(id);
        answer.irreversible.extend(done.irreversible);
        answer.copies.add(done.backup);
    }
    context.output.answer(&answer);
    Ok(Exit::Fine)
}
