//! What `purlin dev` says while it runs: a line for people, or one JSON document per line.

use std::fmt;
use std::net::SocketAddr;

use serde::Serialize;

use crate::cli::{Failure, counted};

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    Note {
        message: String,
    },
    Ready {
        address: SocketAddr,
        url: String,
        docs: String,
        models: usize,
        milliseconds: u128,
    },
    Reloaded {
        models: usize,
        changes: Vec<String>,
        milliseconds: u128,
    },
    /// `serves`: the last good one still does.
    Problem {
        code: &'static str,
        message: String,
        help: Option<String>,
        serves: bool,
    },
    Stopping,
}

impl Event {
    pub fn note(message: impl Into<String>) -> Self {
        Self::Note { message: message.into() }
    }

    pub fn problem(failure: Failure, serves: bool) -> Self {
        let Failure { code, message, help, .. } = failure;
        Self::Problem { code, message, help, serves }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note { message } => formatter.write_str(message),
            Self::Ready { url, docs, models, milliseconds, .. } => {
                let models = counted(*models, "model");
                write!(formatter, "serving {models} at {url} (after {milliseconds} ms)\n  docs: {docs}")
            }
            Self::Reloaded { models, changes, milliseconds } => {
                let models = counted(*models, "model");
                write!(formatter, "reloaded {models} in {milliseconds} ms")?;
                changes.iter().try_for_each(|change| write!(formatter, "\n  {change}"))
            }
            Self::Problem { message, help, serves, .. } => {
                write!(formatter, "error: {}", message.trim_end())?;
                if let Some(help) = help {
                    write!(formatter, "\n  help: {help}")?;
                }
                let state = if *serves {
                    "the last good version is still serving"
                } else {
                    "nothing is served until this is fixed; waiting for a change"
                };
                write!(formatter, "\n{state}")
            }
            Self::Stopping => formatter.write_str("stopping"),
        }
    }
}
