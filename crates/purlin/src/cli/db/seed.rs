//! `purlin db seed`: load `seed.json`, an object of model names with a list of rows each.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use purlin_core::Engine;
use serde::Serialize;

use crate::cli::{Context, Exit, Failure, Progress, counted, shown};
use crate::seed::{Loader, Seed, Usage, read};
use crate::wire::{self, Fallback, Missing};

const FILE: &str = "seed.json";
/// Nobody repairs more at once.
const MOST_PROBLEMS: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Another file than the app's seed.json.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Add to what is there; rows whose key exists are left as they are.
    #[arg(long, conflicts_with = "reset")]
    pub force: bool,

    /// Delete every row of the seed's models first.
    #[arg(long)]
    pub reset: bool,
}

#[derive(Debug, Serialize)]
struct Answer {
    database: String,
    tables: Vec<Loaded>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Loaded {
    table: String,
    written: usize,
    skipped: usize,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notes.iter().try_for_each(|note| writeln!(formatter, "note: {note}"))?;
        for Loaded { table, written, skipped } in &self.tables {
            write!(formatter, "{table}: {}", counted(*written, "row"))?;
            if *skipped > 0 {
                write!(formatter, ", {skipped} skipped since their keys exist")?;
            }
            writeln!(formatter)?;
        }
        let total = self.tables.iter().map(|loaded| loaded.written).sum();
        writeln!(formatter, "{} written to {}", counted(total, "row"), self.database)
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let path = args.file.clone().unwrap_or_else(|| context.app.join(FILE));
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::problem("SEED_FILE", format!("cannot read {}: {error}", shown(&path)))
            .with_help("write an object of model names, each with a list of rows: {\"User\": [{\"id\": 1}]}")
    })?;
    let seed = read(&schema, &text).map_err(|problems| refused(&path, &problems))?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    let fit = wire::require_fits(&context.app, &databases, &schema, Missing::Create)?;
    let usage = match (args.force, args.reset) {
        (_, true) => Usage::Replace,
        (true, _) => Usage::Add,
        _ => Usage::Fresh,
    };
    let tables = wire::runtime()?.block_on(async {
        let store = wire::open_store(&databases, &config.settings, &schema).await?;
        let engine = wire::engine(&config.settings, &schema, Arc::clone(&store))?;
        let loaded = load(&engine, seed, usage, &path, context).await;
        store.close().await;
        loaded
    })?;
    let places: Vec<String> = databases.iter().map(|database| database.place.to_string()).collect();
    context.output.answer(&Answer { database: places.join(", "), tables, notes: fit.notes });
    Ok(Exit::Fine)
}

async fn load(
    engine: &Arc<Engine>,
    seed: Seed,
    usage: Usage,
    path: &std::path::Path,
    context: &Context,
) -> Result<Vec<Loaded>, Failure> {
    let failed = |error: purlin_core::Error| Failure::problem("DATABASE", error.to_string());
    let loader = Loader::new(engine, usage);
    match usage {
        Usage::Add => {}
        Usage::Fresh => refuse_rows(&loader.occupied(&seed).await.map_err(failed)?)?,
        Usage::Replace => loader.empty(&seed).await.map_err(|error| {
            let message = format!("the rows that are there cannot be deleted: {error}");
            Failure::problem("RESET", message).with_help("delete what refers to them first")
        })?,
    }
    let mut progress = Progress::new(context.output.is_json());
    let loaded = loader.load(seed, |table, done, total| progress.show(table, done, total)).await;
    progress.end();
    let loaded = loaded.map_err(|problems| {
        refused(path, &problems).with_help(
            "correct it, then run `purlin db seed --reset`, or `--force` to keep what was written before it",
        )
    })?;
    let loaded = loaded.into_iter().map(|table| Loaded {
        table: table.table,
        written: table.written,
        skipped: table.skipped,
    });
    Ok(loaded.collect())
}

fn refuse_rows(occupied: &[String]) -> Result<(), Failure> {
    if occupied.is_empty() {
        return Ok(());
    }
    let message = format!("there are rows already: {}", occupied.join(", "));
    Err(Failure::problem("NOT_EMPTY", message).with_help(
        "--force adds what is missing and leaves the rest; --reset deletes all rows of the seed's models first",
    ))
}

fn refused(path: &std::path::Path, problems: &[String]) -> Failure {
    let mut lines: Vec<&str> = problems.iter().take(MOST_PROBLEMS).map(String::as_str).collect();
    let rest = problems.len().saturating_sub(MOST_PROBLEMS);
    let more = format!("and {rest} more");
    if rest > 0 {
        lines.push(&more);
    }
    let message = format!("{} cannot be loaded:\n  - {}", shown(path), lines.join("\n  - "));
    Failure::problem("SEED", message)
}
