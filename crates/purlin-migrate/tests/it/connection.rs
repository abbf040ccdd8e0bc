//! A `rusqlite` connection as the port, with the collation that decimal columns name.

use std::path::Path;

use purlin_core::Decimal;
use purlin_migrate::{Backup, DatabaseError, Failure, MigrationConnection, Row, sqlite_backup};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, params_from_iter};

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

    #[track_caller]
    pub(crate) fn run(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// The rows, values joined by `|`, rows by newlines.
    #[track_caller]
    pub(crate) fn rows(&mut self, sql: &str) -> String {
        let rows = self.query(sql, &[]).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let lines = rows.iter().map(|row| {
            row.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect::<Vec<_>>().join("|")
        });
        lines.collect::<Vec<_>>().join("\n")
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
