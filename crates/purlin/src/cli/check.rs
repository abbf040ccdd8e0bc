//! `purlin check`: every mistake in the configuration and in the schema, all at once; with `--for`, all that would be
//! different on other engines; with `--against`, what of the API breaks clients of before.

use std::fmt;
use std::path::{Path, PathBuf};

use purlin_codegen::breaking::{self, Report, Severity};
use purlin_schema::model::Schema;
use purlin_schema::portability::{Engine, UnknownEngines, differences};
use purlin_schema::{Diagnostic, SourceMap};
use serde::Serialize;
use serde_json::Value;

use super::output::{counted, shown};
use super::{Context, Exit, Failure};
use crate::wire;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A schema file or folder, instead of the app's.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Tell what would be different on these engines, and what they cannot hold: `postgres,mysql,mongodb`, or `all`.
    #[arg(long = "for", value_name = "ENGINES", value_parser = engines)]
    pub engines: Option<Engines>,

    /// Tell what breaks clients that were written for this OpenAPI document, such as the one of the main branch. Made
    /// by `purlin generate openapi`.
    #[arg(long, value_name = "FILE", conflicts_with = "path")]
    pub against: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Engines(pub Vec<Engine>);

fn engines(text: &str) -> Result<Engines, UnknownEngines> {
    Engine::parse_list(text).map(Engines)
}

#[derive(Debug, Default, Serialize)]
struct Answer {
    errors: usize,
    warnings: usize,
    files: Vec<String>,
    /// Problems around the schema: settings, and files that cannot be read.
    configuration: Vec<String>,
    diagnostics: Vec<Value>,
    /// What has become of the API, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<Value>,
    #[serde(skip)]
    rendered: String,
    #[serde(skip)]
    report: Option<Report>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.configuration {
            writeln!(formatter, "error: {problem}\n")?;
        }
        formatter.write_str(&self.rendered)?;
        let files = self.files.join(", ");
        match (self.errors, self.warnings) {
            (0, 0) => writeln!(formatter, "{files}: no problems"),
            (errors, warnings) => {
                writeln!(formatter, "{}, {}", counted(errors, "error"), counted(warnings, "warning"))
            }
        }?;
        self.report.iter().try_for_each(|report| fmt::Display::fmt(report, formatter))
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let mut answer = Answer::default();
    let before = args.against.as_deref().map(document).transpose()?;
    // Another schema than the app's has nothing to do with its configuration.
    if args.path.is_none() {
        answer.add_configuration(context)?;
    }
    match context.compile(args.path.as_deref()) {
        Ok(compiled) => {
            answer.add_schema(&compiled.sources, &compiled.diagnostics);
            if let Some(schema) = &compiled.schema {
                let found = found_for(args, context, schema);
                answer.add_diagnostics(&compiled.sources, &found);
            }
            if args.path.is_none() && answer.errors == 0 {
                answer.add_rehearsal(context)?;
            }
        }
        Err(failure) if answer.configuration.is_empty() => return Err(failure),
        // What was found in the configuration must not get lost.
        Err(failure) => {
            answer.errors += 1;
            answer.configuration.push(failure.message);
        }
    }
    if let (Some(file), Some(before), 0) = (&args.against, &before, answer.errors) {
        answer.add_report(file, before, context)?;
    }
    context.output.answer(&answer);
    let breaks = answer.report.as_ref().is_some_and(|report| report.count(Severity::Breaking) > 0);
    Ok(if answer.errors > 0 || breaks { Exit::Problem } else { Exit::Fine })
}

/// The document that clients know. One that cannot be compared is no finding: nothing was checked.
fn document(file: &Path) -> Result<Value, Failure> {
    let shown = shown(file);
    let text =
        std::fs::read_to_string(file).map_err(|error| unusable(format!("cannot read {shown}: {error}")))?;
    let document =
        serde_json::from_str(&text).map_err(|error| unusable(format!("{shown} is not JSON: {error}")))?;
    match breaking::compare(&document, &document) {
        Ok(_) => Ok(document),
        Err(reason) => Err(unusable(format!("{shown} cannot be compared: {reason}"))),
    }
}

fn unusable(message: String) -> Failure {
    let failure = Failure { code: "NO_DOCUMENT", ..Failure::wrong_use(message) };
    failure.with_help("name a document that `purlin generate openapi` wrote")
}

/// On the engines that are asked for, else on those that the addresses name.
fn found_for(args: &Args, context: &Context, schema: &Schema) -> Vec<Diagnostic> {
    if let Some(Engines(engines)) = &args.engines {
        return engines.iter().flat_map(|engine| differences(schema, *engine)).collect();
    }
    // Another schema than the app's has no database.
    let config = if args.path.is_none() { context.load_config().ok() } else { None };
    config.map_or_else(Vec::new, |config| wire::refused(schema, &wire::configured_databases(schema, &config)))
}

impl Answer {
    fn add_configuration(&mut self, context: &Context) -> Result<(), Failure> {
        context.require_app()?;
        if let Err(problems) = context.load_config() {
            self.errors += problems.0.len();
            self.configuration = problems.0.iter().map(ToString::to_string).collect();
        }
        if let Err(failure) = wire::mail_templates(&context.app) {
            let mistakes: Vec<&str> = failure.message.lines().collect();
            self.errors += mistakes.len();
            self.configuration.extend(mistakes.into_iter().map(str::to_owned));
        }
        Ok(())
    }

    /// What would keep the app from starting.
    fn add_rehearsal(&mut self, context: &Context) -> Result<(), Failure> {
        let (config, schema) = (context.config()?, context.schema()?);
        if let Err(failure) = wire::rehearse(&config, &context.title(), &schema) {
            self.errors += 1;
            let help = failure.help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
            self.configuration.push(format!("{}{help}", failure.message));
        }
        Ok(())
    }

    fn add_report(&mut self, file: &Path, before: &Value, context: &Context) -> Result<(), Failure> {
        let after = super::generate::openapi::document(context)?;
        let report = breaking::compare(before, &after)
            .map_err(|reason| unusable(format!("{} cannot be compared: {reason}", shown(file))))?;
        self.api = Some(report.to_json());
        self.report = Some(report);
        Ok(())
    }

    fn add_schema(&mut self, sources: &SourceMap, diagnostics: &[Diagnostic]) {
        self.files = sources.files().map(|(_, file)| file.name.clone()).collect();
        self.add_diagnostics(sources, diagnostics);
    }

    fn add_diagnostics(&mut self, sources: &SourceMap, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let count = if diagnostic.is_error() { &mut self.errors } else { &mut self.warnings };
            *count += 1;
            self.rendered.push_str(&diagnostic.render(sources));
            self.rendered.push('\n');
            self.diagnostics.push(diagnostic.to_json(sources));
        }
    }
}
