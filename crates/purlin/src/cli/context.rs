//! What every command is given: the app folder and where to speak.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use purlin_schema::model::Schema;
use purlin_schema::{Compiled, SourceFile};

use super::output::counted;
use super::{Failure, Output};
use crate::config::{self, Config, Environment, Problems};
use crate::schema_files;
use crate::wire::{self, Database};

#[derive(Clone, Debug)]
pub struct Context {
    pub app: PathBuf,
    pub output: Output,
}

impl Context {
    /// The configuration of the app folder; every problem of it is one failure.
    pub fn config(&self) -> Result<Config, Failure> {
        self.require_app()?;
        Ok(self.load_config()?)
    }

    pub(super) fn load_config(&self) -> Result<Config, Problems> {
        config::load(&self.app, Environment::of_process())
    }

    /// The files of the app's schema, or of another one.
    pub fn schema_files(&self, other: Option<&Path>) -> Result<Vec<SourceFile>, Failure> {
        let files = if let Some(path) = other {
            purlin_schema::load(path).map_err(schema_files::Error::from)
        } else {
            self.require_app()?;
            schema_files::load(&self.app)
        };
        files.map_err(|error| Failure::problem("SCHEMA_FILES", error.to_string()))
    }

    /// The checked schema, with all that was found about it.
    pub fn compile(&self, other: Option<&Path>) -> Result<Compiled, Failure> {
        let compiled = purlin_schema::compile(self.schema_files(other)?);
        if compiled.schema.as_ref().is_some_and(|schema| schema.models.is_empty()) {
            let names: Vec<&str> = compiled.sources.files().map(|(_, file)| file.name.as_str()).collect();
            let message = format!("there is no model in {}", names.join(", "));
            return Err(Failure::problem("NO_MODELS", message).with_help(
                "write one, such as `model Note { id Int @id @default(autoincrement()) text String }`",
            ));
        }
        Ok(compiled)
    }

    /// The checked schema of the app, with Purlin's own tables; all that is wrong with it is one failure.
    pub fn schema(&self) -> Result<Arc<Schema>, Failure> {
        Ok(self.schema_with_warnings()?.0)
    }

    /// The same, with the number of warnings.
    pub fn schema_with_warnings(&self) -> Result<(Arc<Schema>, usize), Failure> {
        self.schema_of(None)
    }

    /// The same of another file than the app's.
    pub fn schema_of(&self, other: Option<&Path>) -> Result<(Arc<Schema>, usize), Failure> {
        let compiled = self.compile(other)?;
        if let Some(schema) = compiled.schema {
            let schema = wire::with_builtin(schema)?;
            return Ok((Arc::new(schema), compiled.diagnostics.len()));
        }
        let errors = compiled.diagnostics.iter().filter(|found| found.is_error());
        let list: Vec<String> = errors.map(|found| found.render(&compiled.sources)).collect();
        let message = format!("the schema has {}\n\n{}", counted(list.len(), "error"), list.join("\n"));
        Err(Failure::problem("SCHEMA", message))
    }

    /// Refuses a schema that the engine of a database cannot hold, with all that stands in the way.
    pub fn require_honoured(&self, schema: &Schema, databases: &[Database]) -> Result<(), Failure> {
        let refused = wire::refused(schema, databases);
        if refused.is_empty() {
            return Ok(());
        }
        let sources = self.compile(None)?.sources;
        let list: Vec<String> = refused.iter().map(|found| found.render(&sources)).collect();
        let count = counted(list.len(), "thing");
        let message =
            format!("the schema asks for {count} that its database cannot hold\n\n{}", list.join("\n"));
        Err(Failure::problem("ENGINE", message)
            .with_help("`purlin check --for all` tells what becomes of the schema on each engine"))
    }

    /// What the app is called: its folder.
    pub fn title(&self) -> String {
        let folder = self.app.canonicalize().unwrap_or_else(|_| self.app.clone());
        folder.file_name().map_or_else(|| "app".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    pub fn require_app(&self) -> Result<(), Failure> {
        if self.app.is_dir() {
            return Ok(());
        }
        let message = format!("there is no app folder at {}", self.app.display());
        Err(Failure::problem("NO_APP", message)
            .with_help("name another with --app, or make one with `purlin new NAME`"))
    }
}
