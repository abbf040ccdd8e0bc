//! A live database to a physical schema: what its catalogue says, without schema names.

mod create_table;
mod sqlite;

use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::dialect::MigrationDialect;
use crate::error::Error;
use crate::physical::PhysicalSchema;

pub(crate) use sqlite::read;

/// Everything that the database holds, but Purlin's own tables.
pub fn introspect(
    datasource: &str,
    dialect: MigrationDialect,
    connection: &mut dyn MigrationConnection,
) -> Result<PhysicalSchema, Error> {
    match dialect {
        MigrationDialect::Sqlite => read(&mut Session { datasource, dialect, connection }),
    }
}
