//! `purlin db pull`: take what a database holds into the schema. What the schema says already stays as it is written.

use std::fmt;
use std::path::{Path, PathBuf};

use purlin_migrate::{Pull, Pulled, pull};
use purlin_schema::SourceFile;
use purlin_schema::model::Schema;
use serde::Serialize;

use crate::cli::{Context, Exit, Failure, counted, migration_failure, shown};
use crate::config::Config;
use crate::schema_files;
use crate::wire::{self, Database, Fallback};

/// Where a schema is written that is not there yet.
const NEW_FILE: &str = "schema.zmodel";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the schema, and write nothing.
    #[arg(long)]
    pub print: bool,

    /// One of several datasources.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,

    /// Take the tables of this schema of PostgreSQL, too; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub schema: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_print: bool,
    /// Those that were changed, or would be.
    files: Vec<File>,
    changes: Vec<String>,
    gone: Vec<String>,
    notes: Vec<String>,
    remaining: Vec<String>,
    #[serde(skip)]
    is_new: bool,
}

#[derive(Debug, Serialize)]
struct File {
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is printed stays a schema.
        let start = if self.is_print { "// " } else { "" };
        for text in self.files.iter().filter_map(|file| file.text.as_ref()) {
            writeln!(formatter, "{text}")?;
        }
        let mut list = |title: &str, lines: &[String]| {
            if lines.is_empty() {
                return Ok(());
            }
            writeln!(formatter, "{start}{title}")?;
            lines.iter().try_for_each(|line| writeln!(formatter, "{start}  {line}"))
        };
        list("changed in the schema:", if self.is_new { &[] } else { &self.changes })?;
        list("in the schema and not in the database, marked by a comment:", &self.gone)?;
        list("of the database, and not in the schema:", &self.notes)?;
        list("where the database is not what the schema says:", &self.remaining)?;
        if self.files.is_empty() {
            writeln!(formatter, "{start}the schema says what the database holds: nothing to change")?;
        }
        for file in self.files.iter().filter(|file| file.text.is_none()) {
            writeln!(formatter, "wrote {}", shown(&file.path))?;
        }
        let models = self.changes.iter().filter(|line| line.starts_with("model ")).count();
        if models > 0 {
            let count = counted(models, "new model");
            writeln!(
                formatter,
                "{start}{count}: closed to everybody until you write rules, such as @@allow('read', true)"
            )?;
        }
        Ok(())
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let start = Start::of(context, &config)?;
    let databases = wire::databases(&start.schema, &config, start.fallback())?;
    let database = chosen(&databases, args.datasource.as_deref())?;
    let Some(dialect) = database.place.dialect() else { return Err(no_structure(database)) };
    if database.place.is_missing() {
        let message = format!("datasource {}: there is no database at {}", database.name, database.place);
        return Err(Failure::problem("NO_DATABASE", message).with_help("correct its address (DATABASE_URL)"));
    }
    let (_, mut connection) = wire::migrator_to_look(&context.app, database)?;
    let request = Pull { datasource: &database.name, dialect, namespaces: &args.schema };
    let pulled = pull(&request, start.files.clone(), &mut *connection);
    let pulled = pulled.map_err(|error| migration_failure(&error))?;
    if start.is_new && pulled.changes.is_empty() {
        let message = format!("datasource {}: {} has no table for a model", database.name, database.place);
        let help = pulled.notes.join("\n");
        let failure = Failure::problem("NO_TABLES", message);
        return Err(if help.is_empty() { failure } else { failure.with_help(help) });
    }
    let answer = answer(args, &start, pulled)?;
    context.output.answer(&answer);
    Ok(Exit::Fine)
}

/// The schema before the pull.
struct Start {
    files: Vec<SourceFile>,
    schema: Schema,
    is_new: bool,
}

impl Start {
    fn of(context: &Context, config: &Config) -> Result<Self, Failure> {
        let failed = |error: schema_files::Error| Failure::problem("SCHEMA_FILES", error.to_string());
        let (files, is_new) = match schema_files::load(&context.app) {
            Ok(files) => (files, false),
            Err(schema_files::Error::Missing { .. }) => (vec![empty(&context.app, config)?], true),
            Err(error) => return Err(failed(error)),
        };
        let compiled = purlin_schema::compile(files.clone());
        let Some(schema) = compiled.schema else {
            let errors = compiled.diagnostics.iter().filter(|found| found.is_error());
            let list: Vec<String> = errors.map(|found| found.render(&compiled.sources)).collect();
            let count = counted(list.len(), "error");
            return Err(Failure::problem("SCHEMA", format!("the schema has {count}\n\n{}", list.join("\n"))));
        };
        Ok(Self { files, schema, is_new })
    }

    /// Without a schema there is no embedded database either.
    fn fallback(&self) -> Fallback {
        if self.is_new { Fallback::Refuse } else { Fallback::Embedded }
    }
}

/// A schema of nothing but its datasource, of the engine that the address names.
fn empty(app: &Path, config: &Config) -> Result<SourceFile, Failure> {
    let of = |provider: &str| {
        let text = format!(
            "datasource db {{\n  provider = \"{provider}\"\n  url      = env(\"DATABASE_URL\")\n}}\n"
        );
        SourceFile::new(app.join(NEW_FILE).display().to_string(), text)
    };
    let schema = purlin_schema::compile(vec![of("sqlite")]).schema;
    let schema = schema.ok_or_else(|| Failure::problem("SCHEMA", "an empty schema cannot be read"))?;
    let databases = wire::databases(&schema, config, Fallback::Refuse)?;
    let provider = databases.first().map_or("sqlite", |database| database.place.provider());
    Ok(of(provider))
}

fn chosen<'d>(databases: &'d [Database], name: Option<&str>) -> Result<&'d Database, Failure> {
    let names = || databases.iter().map(|database| database.name.as_str()).collect::<Vec<_>>().join(", ");
    match (name, databases) {
        (None, [only]) => Ok(only),
        (None, _) => {
            let message = format!("there are several datasources ({}): name one with --datasource", names());
            Err(Failure::wrong_use(message))
        }
        (Some(name), _) => databases.iter().find(|database| database.name == name).ok_or_else(|| {
            Failure::wrong_use(format!("there is no datasource {name}; there are: {}", names()))
        }),
    }
}

fn no_structure(database: &Database) -> Failure {
    let message = format!("datasource {}: MongoDB declares no structure that could be read", database.name);
    Failure::problem("NO_STRUCTURE", message).with_help(
        "write the models by hand, or put the schema.prisma that was used with this database into the app folder: its \
         collections are taken as they are; `purlin check --for mongodb` tells what is different there",
    )
}

fn answer(args: &Args, start: &Start, pulled: Pulled) -> Result<Answer, Failure> {
    let mut files = Vec::new();
    for (before, after) in start.files.iter().zip(pulled.files) {
        if before.text == after.text && !args.print {
            continue;
        }
        let path = PathBuf::from(&after.name);
        if !args.print {
            schema_files::replace(&path, &after.text).map_err(|error| {
                Failure::problem("CANNOT_WRITE", format!("cannot write {}: {error}", shown(&path))).with_help(
                    "check the rights of its folder and the space on its disk; the file is as it was",
                )
            })?;
        }
        files.push(File { path, text: args.print.then_some(after.text) });
    }
    let Pulled { changes, gone, notes, remaining, .. } = pulled;
    Ok(Answer { is_print: args.print, files, changes, gone, notes, remaining, is_new: start.is_new })
}
