//! What every command is given: the app folder and where to speak.

use std::path::{Path, PathBuf};

use purlin_schema::SourceFile;

use super::{Failure, Output};
use crate::config::{self, Config, Environment, Problems};
use crate::schema_files;

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

    pub fn require_app(&self) -> Result<(), Failure> {
        if self.app.is_dir() {
            return Ok(());
        }
        let message = format!("there is no app folder at {}", self.app.display());
        Err(Failure::problem("NO_APP", message)
            .with_help("name another with --app, or make one with `purlin new NAME`"))
    }
}
