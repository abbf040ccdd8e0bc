//! `plan.json`: what a migration does as typed steps, and what was agreed to when it was written.

use serde::{Deserialize, Serialize};

use super::VERSION;
use crate::dialect::MigrationDialect;
use crate::diff::{Renames, Step};
use crate::guard::Accepted;
use crate::script::checksum;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    pub version: u32,
    pub dialect: MigrationDialect,
    #[serde(default)]
    pub renames: Renames,
    pub steps: Vec<Step>,
    #[serde(default)]
    pub accepted: Accepted,
    /// Where a database was taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// Of `up.sql` as it was generated. Where the file differs, a person wrote it, and knows.
    pub checksum: String,
    /// The same of `down.sql`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub down_checksum: String,
}

/// How a database was found that was there before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Baseline {
    /// Indexes that Purlin would make for relations by itself, and that this database goes without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// What Prisma had applied; for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_prisma: Vec<String>,
}

impl PlanFile {
    pub(crate) fn new(
        dialect: MigrationDialect,
        renames: Renames,
        steps: Vec<Step>,
        accepted: Accepted,
        up: &str,
        down: &str,
    ) -> Self {
        let (checksum, down_checksum) = (checksum(up), checksum(down));
        Self { version: VERSION, dialect, renames, steps, accepted, baseline: None, checksum, down_checksum }
    }
}
