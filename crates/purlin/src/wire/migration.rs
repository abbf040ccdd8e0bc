//! The migrator's port on the database of a datasource.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use purlin_migrate::{
    Backup, DatabaseError, Failure as Kind, MigrationConnection, MigrationDialect, Migrator, Row,
    sqlite_backup,
};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

use super::mysql_migration::{self, MySqlMigration};
use super::postgres_migration::{self, PostgresMigration};
use super::{Database, Place};
use crate::cli::Failure;

/// Migrations wait for each other rather than fail.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// To a database of any engine.
pub type AnyMigration = Box<dyn MigrationConnection>;

/// The migrator of an app's database, and a connection of its own to it. Makes the database where it is missing.
pub fn migrator(app: &Path, database: &Database) -> Result<(Migrator, AnyMigration), Failure> {
    let connection: AnyMigration = match &database.place {
        Place::File(path) => {
            let opened = purlin_store_sqlite::open_for_migration(path);
            let connection = opened.map_err(|error| failed(database, &error.to_string()))?;
            sqlite(app, database, connection)?
        }
        Place::Postgres(address) => {
            Box::new(PostgresMigration::open(address).map_err(|error| failed(database, &error))?)
        }
        Place::MySql(address) => {
            Box::new(MySqlMigration::open(address, true).map_err(|error| failed(database, &error))?)
        }
        Place::Mongo(_) => return Err(no_statements(database)),
    };
    let dialect = database.place.dialect().unwrap_or(MigrationDialect::Sqlite);
    Ok((migrator_of(app, &database.name, dialect), connection))
}

/// To look only: a database file that does not exist is taken for an empty database, and is not made.
pub fn migrator_to_look(app: &Path, database: &Database) -> Result<(Migrator, AnyMigration), Failure> {
    let connection: AnyMigration = match &database.place {
        Place::File(path) if path.exists() => return migrator(app, database),
        Place::File(_) => {
            let opened = Connection::open_in_memory();
            sqlite(app, database, opened.map_err(|error| failed(database, &error.to_string()))?)?
        }
        Place::Postgres(address) => {
            Box::new(PostgresMigration::open_to_look(address).map_err(|error| failed(database, &error))?)
        }
        Place::MySql(address) => {
            Box::new(MySqlMigration::open(address, false).map_err(|error| failed(database, &error))?)
        }
        Place::Mongo(_) => return Err(no_statements(database)),
    };
    let dialect = database.place.dialect().unwrap_or(MigrationDialect::Sqlite);
    Ok((migrator_of(app, &database.name, dialect), connection))
}

/// For what is done with files alone.
pub fn migrator_of(app: &Path, datasource: &str, dialect: MigrationDialect) -> Migrator {
    Migrator::new(datasource, dialect, &app.join("migrations"))
}

/// With a connection to nothing.
pub fn migrator_without_database(
    app: &Path,
    datasource: &str,
    dialect: MigrationDialect,
) -> Result<(Migrator, AnyMigration), Failure> {
    let opened =
        Connection::open_in_memory().map_err(|error| Failure::problem("DATABASE", error.to_string()))?;
    let connection = SqliteMigration { connection: opened, backups: app.join(".purlin").join("backups") };
    Ok((migrator_of(app, datasource, dialect), Box::new(connection)))
}

/// What becomes of a copy, for those who are asked whether data may be lost.
pub fn copy_of(database: &Database) -> String {
    let by_hand = |command: String| {
        format!("this server makes no copy by itself; make one first, such as with `{command}`")
    };
    match &database.place {
        Place::Postgres(address) => by_hand(postgres_migration::dump_command(address, "before")),
        Place::MySql(address) => by_hand(mysql_migration::dump_command(address, "before")),
        Place::File(_) | Place::Mongo(_) => {
            "a copy of the database is made in .purlin/backups first".to_owned()
        }
    }
}

/// Whoever can tell asks `super::documents` instead.
fn no_statements(database: &Database) -> Failure {
    failed(database, "MongoDB has no migrations: its collections and indexes follow the schema")
}

fn sqlite(app: &Path, database: &Database, connection: Connection) -> Result<AnyMigration, Failure> {
    connection.busy_timeout(LOCK_TIMEOUT).map_err(|error| failed(database, &error.to_string()))?;
    let backups = app.join(".purlin").join("backups");
    Ok(Box::new(SqliteMigration { connection, backups }))
}

fn failed(database: &Database, error: &str) -> Failure {
    Failure::problem("DATABASE", format!("datasource {}: {error}", database.name))
}

/// A server that cannot be reached, or refuses the user.
pub(super) fn cannot_use(address: &dyn Display, error: &dyn Display) -> String {
    format!(
        "cannot use {address}: {error}; check host, port, user, password and encryption in the address, and that the \
         server runs there"
    )
}

pub(super) fn forbidden(address: &dyn Display, message: &str) -> String {
    format!(
        "{message}, as the user of {address}; grant it the right to create, change and read tables there, or name \
         one that has it"
    )
}

pub(super) fn read_only(address: &dyn Display, message: &str) -> String {
    format!(
        "{message}, at {address}; name the server that takes writes, and a user whose transactions may write"
    )
}

#[derive(Debug)]
struct SqliteMigration {
    connection: Connection,
    backups: PathBuf,
}

impl MigrationConnection for SqliteMigration {
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError> {
        self.query(sql, parameters).map(|_| ())
    }

    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError> {
        let mut statement = self.connection.prepare(sql).map_err(|error| described(&error))?;
        let columns = statement.column_count();
        let mut rows =
            statement.query(rusqlite::params_from_iter(parameters)).map_err(|error| described(&error))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|error| described(&error))? {
            let values: Result<Row, rusqlite::Error> =
                (0..columns).map(|column| row.get_ref(column).map(printed)).collect();
            found.push(values.map_err(|error| described(&error))?);
        }
        Ok(found)
    }

    fn backup(&mut self, label: &str) -> Result<Backup, DatabaseError> {
        let folder = self.backups.clone();
        sqlite_backup(self, &folder, label)
    }
}

/// As SQLite itself prints a value.
fn printed(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) | ValueRef::Blob(text) => Some(String::from_utf8_lossy(text).into_owned()),
    }
}

fn described(error: &rusqlite::Error) -> DatabaseError {
    let failure = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::Busy,
        Some(
            ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure,
        ) => Kind::Storage,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Kind::Damaged,
        _ => Kind::Other,
    };
    DatabaseError { failure, message: error.to_string() }
}
