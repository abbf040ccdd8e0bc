//! What every command is given: the app folder and where to speak.

use std::path::PathBuf;

use super::{Failure, Output};
use crate::config::{self, Config, Environment};

#[derive(Clone, Debug)]
pub struct Context {
    pub app: PathBuf,
    pub output: Output,
}

impl Context {
    /// The configuration of the app folder; every problem of it is one failure.
    pub fn config(&self) -> Result<Config, Failure> {
        self.require_app()?;
        Ok(config::load(&self.app, Environment::of_process())?)
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
