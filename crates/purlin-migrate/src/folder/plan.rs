//! `plan.json`: what a migration does as typed steps, and what was agreed to when it was written.

use serde::{Deserialize, Serialize};

use super::VERSION;
use crate::dialect::MigrationDialect;
use crate::diff::{Renames, Step};
use crate::guard::Accepted;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    pub version: u32,
    pub dialect: MigrationDialect,
    #[serde(default)]
    pub renames: Renames,
    pub steps: Vec<Step>,
    #[serde(default)]
    pub accepted: Accepted,
    /// Of `up.sql` as it was generated. Where the file differs, a person wrote it, and knows.
    pub checksum: String,
}

impl PlanFile {
    pub(crate) fn new(
        dialect: MigrationDialect,
        renames: Renames,
        steps: Vec<Step>,
        accepted: Accepted,
        checksum: String,
    ) -> Self {
        Self { version: VERSION, dialect, renames, steps, accepted, checksum }
    }
}
