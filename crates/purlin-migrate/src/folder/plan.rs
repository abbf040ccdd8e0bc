//! `plan.json`: what a migration does as typed steps, and what was agreed to when it was written.

use serde::{Deserialize, Serialize};

use crate::dialect::MigrationDialect;
use crate::diff::{Phase, Renames, Step};
use crate::guard::Accepted;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    pub version: u32,
    pub dialect: MigrationDialect,
    #[serde(default)]
    pub renames: Renames,
    pub steps: Vec<Step>,
    /// What each step is to copies of the app from before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    #[serde(default)]
    pub accepted: Accepted,
    /// Where a database was taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// The migrations that it stands for: who has applied all of them has applied it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub squashed: Vec<Squashed>,
    /// Of `up.sql` as it was generated. Where the file differs, a person wrote it, and knows.
    pub checksum: String,
    /// The same of `down.sql`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub down_checksum: String,
}

/// A migration that is no longer a folder of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Squashed {
    pub id: String,
    /// Of its `up.sql`.
    pub checksum: String,
    /// Those that it stood for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub squashed: Vec<Squashed>,
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
