//! How a command ends: its exit code, and what is said when it did not do its work.

use std::process::ExitCode;

/// The three ways to end, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Fine,
    /// The command worked and found something, or could not do its work.
    Problem,
    WrongUse,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Problem => Self::from(1),
            Exit::WrongUse => Self::from(2),
        }
    }
}

/// Why a command could not do its work, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub exit: Exit,
    /// Stable, for programs.
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
}

impl Failure {
    pub fn problem(code: &'static str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Problem, code, message: message.into(), help: None }
    }

    pub fn wrong_use(message: impl Into<String>) -> Self {
        Self { exit: Exit::WrongUse, code: "WRONG_USE", message: message.into(), help: None }
    }

    /// Several as one, each with its help; `None` without any.
    pub fn joined(failures: Vec<Self>) -> Option<Self> {
        let mut failures = failures.into_iter();
        let mut all = failures.next()?;
        for failure in failures {
            all.message = format!("{}\n{}", all.message, failure.message);
            all.help = match (all.help.take(), failure.help) {
                (Some(known), Some(help)) if known != help => Some(format!("{known}\n{help}")),
                (known, help) => known.or(help),
            };
        }
        Some(all)
    }

    /// When others of the same kind were done before it.
    #[must_use]
    pub fn after(mut self, verb: &str, done: &[String]) -> Self {
        if !done.is_empty() {
            self.message = format!("{}\n{verb} before that: {}", self.message, done.join(", "));
        }
        self
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<crate::config::Problems> for Failure {
    fn from(problems: crate::config::Problems) -> Self {
        Self::problem("CONFIGURATION", problems.to_string())
    }
}
