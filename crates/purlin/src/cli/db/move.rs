//! `purlin db move`: the data of an app to another database. It can be cut short at any time; the same command goes on.

use std::fmt;
use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cli::{Context, Exit, Failure, Progress as Bar, counted};
use crate::config::{Config, Settings};
use crate::moving::{self, Difference, Ending, Found, Part, Progress, Side, State, Structure};
use crate::wire::{self, Database, Fallback, Missing, Place};

/// Nobody waits for an answer, and some of what is asked takes long.
const STATEMENT_TIMEOUT: std::time::Duration = std::time::Duration::from_hours(24);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the data goes: file:…, postgresql://…, mysql://… or mongodb://…; nothing of the app may be there.
    #[arg(long, value_name = "URL")]
    pub to: String,

    /// Which datasource, where the app has several.
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    from: String,
    to: String,
    parts: Vec<Line>,
    /// What says where the data is; none where the schema does.
    variable: Option<String>,
    notes: Vec<String>,
}

/// Everything in it was found identical: else there is no answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    name: String,
    rows: u64,
    checksum: String,
    is_builtin: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "moved {} to {}", self.from, self.to)?;
        let own: u64 = self.parts.iter().filter(|line| line.is_builtin).map(|line| line.rows).sum();
        let shown = self.parts.iter().filter(|line| !line.is_builtin);
        let mut lines: Vec<(&str, u64)> = shown.map(|line| (line.name.as_str(), line.rows)).collect();
        lines.push(("Purlin's own tables", own));
        let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, rows) in lines {
            let rows = counted(usize::try_from(rows).unwrap_or(usize::MAX), "row");
            writeln!(formatter, "  {name:width$}  {rows:>14}  identical")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(formatter, "note: {note}"))?;
        match &self.variable {
            Some(variable) => {
                writeln!(
                    formatter,
                    "now set {variable} to the address that you gave with --to, and start the app again"
                )
            }
            None => writeln!(
                formatter,
                "now write the address that you gave with --to into the datasource of the schema, and start the app again"
            ),
        }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let mut config = context.config()?;
    let schema = context.schema()?;
    let source = chosen(args, &schema, &config)?;
    let place = Place::parse(&args.to, &source.name, &context.app)?;
    if place == source.place {
        return Err(Failure::wrong_use(format!("the data is in {place} already: --to names another place")));
    }
    let target = Database { place, note: None, ..source.clone() };
    context.require_honoured(&schema, std::slice::from_ref(&target))?;
    config.settings.database.statement_timeout = STATEMENT_TIMEOUT;
    let with_progress = moving::schema_of_progress(&schema, source.datasource)?;
    let structure =
        Structure { app: &context.app, target: &target, schema: &schema, with_progress: &with_progress };
    let found = structure.look()?;
    let parts = moving::parts(&schema, source.datasource);
    let run = Run {
        context,
        settings: &config.settings,
        fingerprint: fingerprint(context)?,
        schema: &schema,
        with_progress: &with_progress,
        source: &source,
        target: &target,
        parts: &parts,
        structure: &structure,
    };
    let runtime = wire::runtime()?;
    let (state, ending) = runtime.block_on(run.copied(found))?;
    let notes = structure.end(ending.writes_migration)?;
    structure.forget_progress()?;
    let line = |part: &Part| {
        let moved = state.parts.get(&part.label).cloned().unwrap_or_default();
        Line {
            name: part.label.clone(),
            rows: moved.rows,
            checksum: moved.checksum.unwrap_or_default(),
            is_builtin: part.is_builtin,
        }
    };
    let datasource = schema.datasources.get(source.datasource.index());
    context.output.answer(&Answer {
        from: source.place.to_string(),
        to: target.place.to_string(),
        parts: parts.iter().map(line).collect(),
        variable: datasource.and_then(wire::variable_of).map(str::to_owned),
        notes,
    });
    Ok(Exit::Fine)
}

/// The datasource that is meant.
fn chosen(args: &Args, schema: &Schema, config: &Config) -> Result<Database, Failure> {
    let databases = wire::databases(schema, config, Fallback::Embedded)?;
    let names = || databases.iter().map(|database| database.name.as_str()).collect::<Vec<_>>().join(", ");
    let chosen = if let Some(name) = &args.datasource {
        databases.iter().find(|database| database.name == *name).ok_or_else(|| {
            Failure::wrong_use(format!("no model stands in a datasource {name}; there is {}", names()))
        })?
    } else if let [only] = databases.as_slice() {
        only
    } else {
        let message = format!("the app has several datasources ({}): name one with --datasource", names());
        return Err(Failure::wrong_use(message));
    };
    if chosen.place.is_missing() {
        let message = format!("datasource {}: there is no database at {}", chosen.name, chosen.place);
        return Err(Failure::problem("DATABASE", message).with_help("there is nothing to move"));
    }
    Ok(chosen.clone())
}

/// A move goes on only with the schema that it began with.
fn fingerprint(context: &Context) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    for file in context.schema_files(None)? {
        hash.update(file.text.as_bytes());
        hash.update([0]);
    }
    Ok(hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

/// What one move knows.
struct Run<'a> {
    context: &'a Context,
    settings: &'a Settings,
    fingerprint: String,
    schema: &'a Arc<Schema>,
    with_progress: &'a Arc<Schema>,
    source: &'a Database,
    target: &'a Database,
    parts: &'a [Part],
    structure: &'a Structure<'a>,
}

impl Run<'_> {
    /// Everything up to the point where all that is missing is the end of the structure.
    async fn copied(&self, found: Found) -> Result<(State, Ending), Failure> {
        let known = match found {
            Found::Move => self.known().await?,
            Found::Nothing => None,
        };
        if let Some(State { ending: Some(ending), .. }) = &known {
            let ending = *ending;
            return Ok((known.unwrap_or_else(|| self.fresh()), ending));
        }
        wire::require_fit(&self.context.app, self.source, self.schema, Missing::Refuse)?;
        let source = wire::open_store(std::slice::from_ref(self.source), self.settings, self.schema).await?;
        let moved = self.copied_from(&source, known).await;
        source.close().await;
        moved
    }

    async fn copied_from(
        &self,
        source: &Arc<dyn Store>,
        known: Option<State>,
    ) -> Result<(State, Ending), Failure> {
        let mut bar = Bar::new(self.context.output.is_json());
        let looking = |bar: &mut Bar, label: &str, number| {
            bar.show(&format!("looking at {label}"), number, self.parts.len());
        };
        let survey = moving::survey(source, self.schema, self.parts, self.target, |label, number| {
            looking(&mut bar, label, number);
        });
        let total = survey.await?.total();
        let place = self.source.place.to_string();
        moving::require_references(source, self.schema, self.source.datasource, &place).await?;
        self.structure.begin()?;
        let (store, loader) = wire::open_to_fill(self.target, self.settings, self.with_progress).await?;
        let progress = Progress::new(self.with_progress, &store).map_err(|error| internal(&error))?;
        let mut state = if let Some(known) = known {
            known
        } else {
            self.require_empty(&store).await?;
            self.fresh()
        };
        let shown = |bar: &mut Bar, what: &str, label: &str, rows: u64| {
            let number = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
            bar.show(&format!("{what} {label}"), number(rows), number(total));
        };
        let ways = ((source, self.schema), (&loader, &progress));
        moving::copy(ways.0, ways.1, self.parts, &mut state, |label, rows| {
            shown(&mut bar, "moving", label, rows);
        })
        .await?;
        let ours = Side { store: Arc::clone(&store), schema: Arc::clone(self.with_progress) };
        let theirs = Side { store: Arc::clone(source), schema: Arc::clone(self.schema) };
        let differences = moving::verify(&theirs, &ours, self.parts, &mut state, |label, rows| {
            shown(&mut bar, "comparing", label, rows);
        })
        .await?;
        drop(bar);
        let ending = Ending { writes_migration: self.structure.has_other_migrations()? };
        if differences.is_empty() {
            let place = self.target.place.to_string();
            moving::require_references(&store, self.schema, self.target.datasource, &place).await?;
            state.ending = Some(ending);
        }
        let saved = moving::save(&loader, &progress, &state, Vec::new(), Vec::new()).await;
        saved.map_err(|error| internal(&error))?;
        store.close().await;
        if differences.is_empty() { Ok((state, ending)) } else { Err(different(&differences)) }
    }

    /// How far an unfinished move has come, if it is this one.
    async fn known(&self) -> Result<Option<State>, Failure> {
        let databases = std::slice::from_ref(self.target);
        let store = wire::open_store(databases, self.settings, self.with_progress).await?;
        let progress = Progress::new(self.with_progress, &store).map_err(|error| internal(&error))?;
        let state = progress.read().await.map_err(|error| internal(&error))?;
        store.close().await;
        let Some(state) = state else { return Ok(None) };
        let source = self.source.place.to_string();
        let message = if state.source != source {
            format!(
                "{} holds a move from {} that has not ended, not from {source}",
                self.target.place, state.source
            )
        } else if state.schema != self.fingerprint {
            format!("{} holds a move that began with another schema than that of now", self.target.place)
        } else {
            return Ok(Some(state));
        };
        Err(Failure::problem("OTHER_MOVE", message).with_help(
            "end that one as it began, or drop the app's tables there, with _purlin_move, and begin anew",
        ))
    }

    fn fresh(&self) -> State {
        State {
            source: self.source.place.to_string(),
            schema: self.fingerprint.clone(),
            ending: None,
            parts: std::collections::BTreeMap::new(),
        }
    }

    /// Whoever wrote there while nobody had moved anything did not mean it to be replaced.
    async fn require_empty(&self, store: &Arc<dyn Store>) -> Result<(), Failure> {
        let rows = moving::occupied(store, self.with_progress, self.parts).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let message = format!("{} has rows already: {}", self.target.place, rows.join(", "));
        Err(Failure::problem("NOT_EMPTY", message)
            .with_help("a move fills a database that has nothing of the app: name another"))
    }
}

fn internal(error: &purlin_core::Error) -> Failure {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::problem("DATABASE", format!("the progress of the move: {error}{cause}"))
}

fn different(differences: &[Difference]) -> Failure {
    let line = |found: &Difference| {
        format!("  - {}: {} in the source, {} in the target", found.part, found.source, found.target)
    };
    let lines: Vec<String> = differences.iter().map(line).collect();
    let message =
        format!("not moved: these differ, for somebody has written meanwhile (rows):\n{}", lines.join("\n"));
    Failure::problem("DIFFERENT", message).with_help(
        "stop the app and whatever else writes to either database, and run the same command again: it copies these anew",
    )
}
