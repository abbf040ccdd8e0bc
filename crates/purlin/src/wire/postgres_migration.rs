//! The migrator's port on PostgreSQL.

use purlin_migrate::{Backup, DatabaseError, Failure, MigrationConnection, Row};
use purlin_store_postgres::{
    Address, MigrationConnection as Connection, MigrationError, MigrationErrorKind, create_database,
    open_for_migration, open_to_look,
};

use super::migration::{cannot_use, forbidden, read_only};

#[derive(Debug)]
pub(super) struct PostgresMigration {
    connection: Connection,
    address: Address,
}

impl PostgresMigration {
    /// Makes the database itself where the server has none of this name.
    pub(super) fn open(address: &Address) -> Result<Self, String> {
        let opened = match open_for_migration(address) {
            Err(error) if error.kind == MigrationErrorKind::MissingDatabase => {
                create_database(address)
                    .map_err(|error| format!("{address} does not exist, and cannot be made: {error}"))?;
                open_for_migration(address)
            }
            opened => opened,
        };
        Self::of(address, opened)
    }

    pub(super) fn open_to_look(address: &Address) -> Result<Self, String> {
        Self::of(address, open_to_look(address))
    }

    fn of(address: &Address, opened: Result<Connection, MigrationError>) -> Result<Self, String> {
        let connection = opened.map_err(|error| match error.kind {
            MigrationErrorKind::MissingDatabase => format!(
                "{address} does not exist yet; `purlin migrate deploy` and `purlin dev` make it, or `createdb {}`",
                address.database
            ),
            _ => cannot_use(address, &error),
        })?;
        Ok(Self { connection, address: address.clone() })
    }
}

impl MigrationConnection for PostgresMigration {
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError> {
        self.query(sql, parameters).map(|_| ())
    }

    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError> {
        let address = &self.address;
        self.connection.query(sql, parameters).map_err(|error| described(address, error))
    }

    fn backup(&mut self, label: &str) -> Result<Backup, DatabaseError> {
        Ok(Backup::ByHand(dump_command(&self.address, label)))
    }
}

/// Without the password, which the tool asks for.
pub(super) fn dump_command(address: &Address, label: &str) -> String {
    format!(
        "pg_dump --format=custom --file={label}.dump --host={} --port={} --username={} {}",
        address.host, address.port, address.user, address.database
    )
}

fn described(address: &Address, error: MigrationError) -> DatabaseError {
    let message = match error.kind {
        MigrationErrorKind::Forbidden => forbidden(address, &error.message),
        MigrationErrorKind::ReadOnly => read_only(address, &error.message),
        _ => error.message,
    };
    let failure = match error.kind {
        MigrationErrorKind::Busy => Failure::Busy,
        MigrationErrorKind::Storage => Failure::Storage,
        _ => Failure::Other,
    };
    DatabaseError { failure, message }
}
