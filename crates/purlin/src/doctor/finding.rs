//! One thing that was looked at, how it is, and what to do.

use serde::Serialize;

use crate::cli::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// Fine for now, or fine in development.
    Warning,
    Problem,
}

#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at, in a word.
    pub about: &'static str,
    pub state: State,
    pub message: String,
    pub help: Option<String>,
}

impl Finding {
    pub fn ok(about: &'static str, message: impl Into<String>) -> Self {
        Self { about, state: State::Ok, message: message.into(), help: None }
    }

    pub fn warning(about: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { about, state: State::Warning, message: message.into(), help: Some(help.into()) }
    }

    pub fn problem(about: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { about, state: State::Problem, message: message.into(), help: Some(help.into()) }
    }

    pub fn of_failure(about: &'static str, failure: Failure) -> Self {
        Self { about, state: State::Problem, message: failure.message, help: failure.help }
    }
}
