//! A `rusqlite` connection as the port, with the collation that decimal columns name.

use std::path::Path;

use purlin_core::Decimal;
use purlin_migrate::{
    Backup, DatabaseError, Failure, MigrationConnection, MigrationDialect, Row, sqlite_backup,
};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, params_from_iter};

use crate::database::Database;

#[derive(Debug)]
pub(crate) struct TestConnection(pub(crate) Connection);

impl TestConnection {
    pub(crate) fn memory() -> Self {
        Self::of(Connection::open_in_memory().unwrap())
    }

    pub(crate) fn file(path: &Path) -> Self {
        Self::of(Connection::open(path).unwrap())
    }

    fn of(connection: Connection) -> Self {
        connection.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
        // No test takes the machine's power away.
        let _ = connection.pragma_update(None, "synchronous", "OFF");
        connection
            .create_collation("purlin_decimal", |left, right| {
                match (Decimal::parse(left), Decimal::parse(right)) {
                    (Ok(left), Ok(right)) => left.cmp(&right),
                    _ => left.cmp(right),
                }
            })
            .unwrap();
        Self(connection)
    }
}

impl MigrationConnection for TestConnection {
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError> {
        self.query(sql, parameters).map(|_| ())
    }

    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError> {
        let mut statement = self.0.prepare(sql).map_err(failed)?;
        let count = statement.column_count();
        let mut rows = statement.query(params_from_iter(parameters)).map_err(failed)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push((0..count).map(|index| text(row.get_ref(index).unwrap())).collect());
        }
        Ok(found)
    }

    fn backup(&mut self, label: &str) -> Result<Backup, DatabaseError> {
        let folder =
            self.0.path().and_then(|path| Path::new(path).parent()).unwrap_or(Path::new("")).to_owned();
        sqlite_backup(self, &folder.join("backups"), label)
    }
}

impl Database for TestConnection {
    fn dialect(&self) -> MigrationDialect {
        MigrationDialect::Sqlite
    }

    fn port(&mut self) -> &mut dyn MigrationConnection {
        self
    }

    /// Foreign keys off, one transaction, then the check.
    fn apply(&mut self, statements: &[String]) -> Result<(), String> {
        self.run("PRAGMA foreign_keys = OFF; BEGIN");
        let result = statements
            .iter()
            .try_for_each(|sql| self.0.execute_batch(sql).map_err(|error| format!("{error}: {sql}")));
        let orphans = self.rows("PRAGMA foreign_key_check");
        let result = result.and(if orphans.is_empty() { Ok(()) } else { Err(orphans) });
        self.run(if result.is_ok() { "COMMIT" } else { "ROLLBACK" });
        self.run("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF");
        result
    }

    fn clear(&mut self) {
        *self = Self::memory();
    }

    #[track_caller]
    fn run(&mut self, script: &str) {
        self.0.execute_batch(script).unwrap_or_else(|error| panic!("{error}: {script}"));
    }
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Some(format!("{bytes:02x?}")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn failed(error: rusqlite::Error) -> DatabaseError {
    let failure = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::Busy,
        Some(ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Failure::Storage,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Failure::Damaged,
        _ => Failure::Other,
    };
    DatabaseError { failure, message: error.to_string() }
}
