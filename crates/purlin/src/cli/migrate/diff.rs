//! `purlin migrate diff`: what leads from one state to another, as steps or as SQL. It changes nothing.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_migrate::{Comparison, MigrationDialect, Phase, Side};
use serde::Serialize;

use super::one_of;
use crate::cli::{ConsentFlags, Context, Exit, Failure, migration_failure};
use crate::wire::{self, Fallback};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to begin: schema, migrations (the last one), database, empty, a migration's name, or a schema file.
    #[arg(long, value_name = "STATE", default_value = "migrations")]
    pub from: String,

    /// Where to arrive.
    #[arg(long, value_name = "STATE", default_value = "schema")]
    pub to: String,

    /// Print the SQL.
    #[arg(long)]
    pub script: bool,

    /// Exit with 1 where there is a difference.
    #[arg(long)]
    pub exit_code: bool,

    /// Which datasource, where there are several.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,

    #[command(flatten)]
    pub consent: ConsentFlags,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_different: bool,
    steps: Vec<Line>,
    questions: Vec<String>,
    refusals: Vec<String>,
    findings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    step: String,
    phase: Phase,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(script) = &self.script {
            return formatter.write_str(script);
        }
        if !self.is_different {
            return writeln!(formatter, "there is no difference");
        }
        for Line { step, phase } in &self.steps {
            let phase = match phase {
                Phase::Expand => "expand  ",
                Phase::Contract => "contract",
                Phase::Breaking => "breaking",
            };
            writeln!(formatter, "{phase}  {step}")?;
        }
        for question in &self.questions {
            writeln!(formatter, "question: {question}")?;
        }
        self.refusals.iter().try_for_each(|refusal| writeln!(formatter, "breaking: {refusal}"))?;
        self.findings.iter().try_for_each(|finding| writeln!(formatter, "loss: {finding}"))
    }
}

impl Answer {
    fn of(found: Comparison, with_script: bool) -> Self {
        let question =
            |question: &purlin_migrate::Question| format!("{question} ({})", question.flags().join(", or "));
        Self {
            is_different: !found.steps.is_empty(),
            questions: found.questions.iter().map(question).collect(),
            refusals: found.refusals,
            findings: found.findings.iter().map(ToString::to_string).collect(),
            steps: found
                .steps
                .iter()
                .zip(found.phases)
                .map(|(step, phase)| Line { step: step.to_string(), phase })
                .collect(),
            script: with_script.then_some(found.script),
        }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let consent = args.consent.consent()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    let database = one_of(databases, args.datasource.as_deref())?;
    let (from, to) = (State::read(&args.from, context, &schema)?, State::read(&args.to, context, &schema)?);
    let (migrator, mut connection) = if from.is_of_database() || to.is_of_database() {
        wire::migrator_to_look(&context.app, &database)?
    } else {
        // Nobody asks it anything.
        let dialect = database.place.dialect().unwrap_or(MigrationDialect::Sqlite);
        wire::migrator_without_database(&context.app, &database.name, dialect)?
    };
    let found = migrator
        .compare(&mut *connection, from.side(), to.side(), &consent.answers)
        .map_err(|error| migration_failure(&error))?;
    let exit = if args.exit_code && !found.steps.is_empty() { Exit::Problem } else { Exit::Fine };
    context.output.answer(&Answer::of(found, args.script));
    Ok(exit)
}

/// What a flag names.
#[derive(Debug)]
enum State {
    Empty,
    Migrations,
    Migration(String),
    Database,
    Schema(Arc<Schema>),
}

impl State {
    fn read(word: &str, context: &Context, schema: &Arc<Schema>) -> Result<Self, Failure> {
        let path = Path::new(word);
        let is_file = path.exists() && (path.extension().is_some() || path.is_dir());
        Ok(match word {
            "empty" => Self::Empty,
            "migrations" => Self::Migrations,
            "database" => Self::Database,
            "schema" => Self::Schema(Arc::clone(schema)),
            _ if is_file => Self::Schema(context.schema_of(Some(path))?.0),
            name => Self::Migration(name.to_owned()),
        })
    }

    fn is_of_database(&self) -> bool {
        matches!(self, Self::Database)
    }

    fn side(&self) -> Side<'_> {
        match self {
            Self::Empty => Side::Empty,
            Self::Migrations => Side::Migrations,
            Self::Migration(name) => Side::Migration(name),
            Self::Database => Side::Database,
            Self::Schema(schema) => Side::Schema(schema),
        }
    }
}
