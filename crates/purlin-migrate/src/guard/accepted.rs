//! Losses that somebody has agreed to. They are kept in `plan.json` for review.

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use crate::error::Error;

/// Each is `code:object`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Accepted(pub Vec<String>);

impl Accepted {
    /// `--allow drop-column:Post.title`.
    pub fn add(&mut self, flag: &str) -> Result<(), Error> {
        let is_whole =
            flag.split_once(':').is_some_and(|(code, object)| !code.is_empty() && !object.is_empty());
        if !is_whole {
            return Err(Error::Flag {
                flag: format!("--allow {flag}"),
                expected: "--allow code:object, such as --allow drop-column:Post.title",
            });
        }
        self.0.push(flag.to_owned());
        Ok(())
    }

    /// After somebody was asked about them.
    pub fn add_findings(&mut self, findings: &[Finding]) {
        self.0.extend(findings.iter().filter(|finding| !finding.code.is_impossible()).map(Finding::flag));
    }

    pub fn covers(&self, finding: &Finding) -> bool {
        !finding.code.is_impossible() && self.0.contains(&finding.flag())
    }

    /// Findings that nobody has agreed to.
    pub fn remaining(&self, findings: &[Finding]) -> Vec<Finding> {
        findings.iter().filter(|finding| !self.covers(finding)).cloned().collect()
    }

    #[must_use]
    pub(crate) fn with(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }
}
