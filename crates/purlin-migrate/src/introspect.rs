//! A live database to a physical schema: what its catalogue says, without schema names.

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
    dialect.engine().introspect(&mut Session::new(datasource, dialect, connection))
}
