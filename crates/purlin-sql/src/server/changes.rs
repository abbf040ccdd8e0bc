//! The versions of tables on a server that other copies of the program write to as well.

use std::time::{Duration, Instant};

use purlin_core::schema::{ModelId, Schema};
use purlin_core::statement::WritePlan;

use super::plan::touched;
use crate::read_statement::Table;
use crate::versions::Versions;

/// What other copies write is seen by caches after this long. Whoever is signed in is read again so often.
const STALE_AFTER: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Changes {
    versions: Versions,
    started: Instant,
}

impl Changes {
    pub fn new(schema: &Schema) -> Self {
        Self { versions: Versions::new(schema), started: Instant::now() }
    }

    /// After a plan, whether it failed or not: an answer that was lost may have been a commit.
    pub fn ran(&self, schema: &Schema, plan: &WritePlan) {
        self.versions.begin();
        self.versions.end(&touched(schema, &self.versions, plan));
    }

    /// Differs from an earlier one if rows of the model may have changed since.
    pub fn version(&self, model: ModelId) -> u64 {
        let slices = self.started.elapsed().as_millis() / STALE_AFTER.as_millis();
        self.versions.table(Table::Model(model)).wrapping_add(u64::try_from(slices).unwrap_or(u64::MAX))
    }
}
