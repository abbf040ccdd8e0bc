//! `purlin doctor`: look for what would go wrong on this machine, and say what to do.

use std::fmt;

use serde::Serialize;

use super::{Context, Exit, Failure};
use crate::doctor::{Finding, State, examine};

#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct Answer {
    findings: Vec<Finding>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { about, state, message, help } in &self.findings {
            let state = match state {
                State::Ok => "ok",
                State::Warning => "warning",
                State::Problem => "problem",
            };
            let message = message.trim_end().replace('\n', "\n  ");
            writeln!(formatter, "{state:<8} {about}: {message}")?;
            if let Some(help) = help {
                writeln!(formatter, "         help: {help}")?;
            }
        }
        Ok(())
    }
}

pub fn run(_args: &Args, context: &Context) -> Result<Exit, Failure> {
    context.require_app()?;
    let findings = examine(context);
    let has_problem = findings.iter().any(|finding| finding.state == State::Problem);
    context.output.answer(&Answer { findings });
    Ok(if has_problem { Exit::Problem } else { Exit::Fine })
}
