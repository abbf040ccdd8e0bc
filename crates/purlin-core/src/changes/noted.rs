//! The versions of tables on a server that other copies of the program write to as well.

use std::time::{Duration, Instant};

use super::table::Table;
use super::versions::{Touched, Versions};
use super::written::touched;
use crate::schema::{ModelId, Schema};
use crate::statement::WritePlan;

/// For most servers: whoever is signed in is read again so often.
pub const STALE_AFTER: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Changes {
    versions: Versions,
    started: Instant,
    /// What other copies write is seen after this long by who asks for `version`.
    stale_after: Duration,
}

/// A plan on its way. Its tables count as changed when this goes, however the plan ended and whether or not
/// anyone waited for it: an answer that was lost may have been a commit.
#[derive(Debug)]
pub struct Noting<'c> {
    changes: &'c Changes,
    touched: Touched,
}

impl Changes {
    pub fn new(schema: &Schema, stale_after: Duration) -> Self {
        Self { versions: Versions::new(schema), started: Instant::now(), stale_after }
    }

    pub fn noting(&self, schema: &Schema, plan: &WritePlan) -> Noting<'_> {
        Noting { changes: self, touched: touched(schema, &self.versions, plan) }
    }

    /// Differs from an earlier one if rows of the model may have changed since, by whomever.
    pub fn version(&self, model: ModelId) -> u64 {
        let slices = self.started.elapsed().as_nanos() / self.stale_after.as_nanos().max(1);
        self.of(&[Table::Model(model)]).wrapping_add(u64::try_from(slices).unwrap_or(u64::MAX))
    }

    /// Differs from an earlier one if this process has changed one of the tables since.
    pub fn of(&self, tables: &[Table]) -> u64 {
        self.versions.of(tables)
    }
}

impl Drop for Noting<'_> {
    fn drop(&mut self) {
        self.changes.versions.begin();
        self.changes.versions.end(&self.touched);
    }
}
