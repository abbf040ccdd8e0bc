//! The guard's front door.

use super::finding::Finding;
use super::{probe, probes};
use crate::connection::{DatabaseError, MigrationConnection};
use crate::dialect::MigrationDialect;
use crate::diff::Renames;
use crate::physical::PhysicalSchema;
use crate::render::Direction;

/// What the way from one state to another does to the rows that are there. The database must
/// hold the old state.
pub fn findings(
    dialect: MigrationDialect,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
    connection: &mut dyn MigrationConnection,
) -> Result<Vec<Finding>, DatabaseError> {
    probe::run(probes::probes(dialect.engine(), old, new, renames, Direction::Up), connection)
}

/// The same of a way back, where what is gone comes back empty.
pub(crate) fn findings_back(
    dialect: MigrationDialect,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
    connection: &mut dyn MigrationConnection,
) -> Result<Vec<Finding>, DatabaseError> {
    probe::run(probes::probes(dialect.engine(), old, new, renames, Direction::Down), connection)
}
