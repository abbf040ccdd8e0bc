//! What a check found: errors that fail it and warnings that only inform.
//! Checks collect everything first, so that one run names every problem.

use anyhow::{Result, bail};

#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Report {
    pub(crate) fn error(&mut self, message: impl Into<String>) {
        self.errors.push(message.into());
    }

    pub(crate) fn warning(&mut self, message: impl Into<String>) {
        self.warnings.push(message.into());
    }

    /// Prints the findings and turns errors into a failure.
    pub(crate) fn finish(mut self, check: &str) -> Result<()> {
        self.errors.sort();
        self.warnings.sort();
        for warning in &self.warnings {
            println!("warning: {warning}");
        }
        for error in &self.errors {
            println!("error: {error}");
        }
        if self.errors.is_empty() {
            println!("{check}: fine ({} warnings)", self.warnings.len());
            return Ok(());
        }
        bail!("{check}: {} errors", self.errors.len())
    }

    #[cfg(test)]
    pub(crate) fn errors(&self) -> &[String] {
        &self.errors
    }
}
