//! The migrator's port on MySQL, MariaDB and TiDB.

use purlin_migrate::{Backup, DatabaseError, Failure, MigrationConnection, Row};
use purlin_store_mysql::{
    Address, MigrationConnection as Connection, MigrationError, MigrationErrorKind, create_database,
    open_for_migration,
};

use super::migration::{cannot_use, forbidden, read_only};

#[derive(Debug)]
pub(super) struct MySqlMigration {
    connection: Connection,
    address: Address,
}

impl MySqlMigration {
    /// `may_make` the database itself where the server has none of this name.
    pub(super) fn open(address: &Address, may_make: bool) -> Result<Self, String> {
        if address.database.is_empty() {
            return Err(purlin_store_mysql::Error::NoDatabase { address: address.clone() }.to_string());
        }
        let opened = match open_for_migration(address) {
            Err(error) if error.kind == MigrationErrorKind::MissingDatabase && may_make => {
                create_database(address)
                    .map_err(|error| format!("{address} does not exist, and cannot be made: {error}"))?;
                open_for_migration(address)
            }
            opened => opened,
        };
        let connection = opened.map_err(|error| match error.kind {
            MigrationErrorKind::MissingDatabase => format!(
                "{address} does not exist yet; `purlin migrate deploy` and `purlin dev` make it, or \
                 `CREATE DATABASE {}`",
                address.database
            ),
            _ => cannot_use(address, &error),
        })?;
        Ok(Self { connection, address: address.clone() })
    }
}

impl MigrationConnection for MySqlMigration {
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
        "mysqldump --single-transaction --host={} --port={} --user={} --password {} > {label}.sql",
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
        MigrationErrorKind::Changed => Failure::Changed,
        MigrationErrorKind::AlreadyDone => Failure::AlreadyDone,
        _ => Failure::Other,
    };
    DatabaseError { failure, message }
}
