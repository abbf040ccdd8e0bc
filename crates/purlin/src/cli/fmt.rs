//! `purlin fmt`: bring the schema files into their one form; comments stay.
//! A file that cannot be understood is left as it is, and so is one that cannot be written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use purlin_schema::{SourceFile, SourceMap};
use serde::Serialize;
use serde_json::Value;

use super::output::counted;
use super::{Context, Exit, Failure};
use crate::schema_files;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Change nothing; exit with 1 if a file is not formatted.
    #[arg(long)]
    pub check: bool,

    /// A schema file or folder, instead of the app's.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_check: bool,
    /// Files that were changed, or would be.
    changed: Vec<String>,
    unchanged: Vec<String>,
    diagnostics: Vec<Value>,
    #[serde(skip)]
    rendered: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.rendered)?;
        let word = if self.is_check { "is not formatted" } else { "formatted" };
        for name in &self.changed {
            writeln!(formatter, "{name}: {word}")?;
        }
        if self.changed.is_empty() && self.diagnostics.is_empty() {
            writeln!(formatter, "{}, nothing to change", counted(self.unchanged.len(), "file"))?;
        }
        Ok(())
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let mut answer = Answer { is_check: args.check, ..Answer::default() };
    for file in context.schema_files(args.path.as_deref())? {
        match purlin_schema::format(&file.text) {
            Ok(text) if text == file.text => answer.unchanged.push(file.name),
            Ok(text) => {
                if !args.check {
                    schema_files::replace(Path::new(&file.name), &text)
                        .map_err(|error| cannot_write(&file.name, &error))?;
                }
                answer.changed.push(file.name);
            }
            Err(diagnostics) => answer.add(file, &diagnostics),
        }
    }
    context.output.answer(&answer);
    let has_problem = !answer.diagnostics.is_empty() || args.check && !answer.changed.is_empty();
    Ok(if has_problem { Exit::Problem } else { Exit::Fine })
}

impl Answer {
    fn add(&mut self, file: SourceFile, diagnostics: &[purlin_schema::Diagnostic]) {
        let sources = SourceMap::new(vec![file]);
        for diagnostic in diagnostics {
            self.rendered.push_str(&diagnostic.render(&sources));
            self.rendered.push('\n');
            self.diagnostics.push(diagnostic.to_json(&sources));
        }
    }
}

fn cannot_write(name: &str, error: &io::Error) -> Failure {
    Failure::problem("CANNOT_WRITE", format!("cannot write {name}: {error}"))
        .with_help("check the rights of its folder and the space on its disk; the file is as it was")
}
