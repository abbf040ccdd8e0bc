//! Introspection for callers outside this crate.

use super::sqlite;
use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::dialect::MigrationDialect;
use crate::error::Error;
use crate::physical::PhysicalSchema;

/// Everything that the database holds, but the tables that migrations keep for themselves.
pub fn introspect(
    datasource: &str,
    dialect: MigrationDialect,
    connection: &mut dyn MigrationConnection,
) -> Result<PhysicalSchema, Error> {
    match dialect {
        MigrationDialect::Sqlite => sqlite::read(&mut Session::new(datasource, dialect, connection)),
    }
}
