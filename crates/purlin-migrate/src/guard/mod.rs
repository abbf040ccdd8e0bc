//! The guard: what a change would lose, or why it cannot run, counted on the live rows.

mod accepted;
mod finding;
mod probe;
mod probes;

use crate::connection::{DatabaseError, MigrationConnection};
use crate::diff::Renames;
use crate::physical::PhysicalSchema;

pub use accepted::Accepted;
pub use finding::{Finding, FindingCode};

/// What the way from one state to another does to the rows that are there. The database must
/// hold the old state.
pub fn findings(
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
    connection: &mut dyn MigrationConnection,
) -> Result<Vec<Finding>, DatabaseError> {
    probe::run(probes::probes(old, new, renames), connection)
}
