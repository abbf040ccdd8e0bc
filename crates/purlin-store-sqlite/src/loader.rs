//! Moves rows into a file that nobody else uses. Foreign keys are off: rows come in whatever order, and whoever moves
//! them looks at the end whether each leads to a row.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use purlin_core::error::Error as CoreError;
use purlin_core::schema::Schema;
use purlin_core::statement::{Guarded, Load, LoadOutcome};
use purlin_core::store::{BoxFuture, Loader};
use purlin_core::value::Value;
use purlin_sql::dialect::Sqlite;
use purlin_sql::server::chunks;
use purlin_sql::{LoadStatement, Sources, render_emptying, render_rows};
use rusqlite::{Connection, ErrorCode};

use crate::connection::open_for_migration;
use crate::error::{Error, Failure};
use crate::read::lock;
use crate::store::beside;
use crate::value::bind_all;
use crate::write::read_error;

#[derive(Debug)]
pub struct SqliteLoader {
    connection: Mutex<Connection>,
    schema: Arc<Schema>,
}

impl SqliteLoader {
    /// The tables are the migrations' business.
    pub fn open(path: &Path, schema: Arc<Schema>) -> Result<Self, Error> {
        let connection = open_for_migration(path)?;
        let set = connection.pragma_update(None, "foreign_keys", false);
        set.map_err(|source| Error::from_sqlite(path.to_owned(), source))?;
        Ok(Self { connection: Mutex::new(connection), schema })
    }

    fn load_now(&self, load: &Load) -> Result<(), CoreError> {
        let mut connection = lock(&self.connection);
        let mut run = || -> Result<(), Failure> {
            let transaction = connection.transaction()?;
            self.run(&transaction, load)?;
            match load.outcome {
                LoadOutcome::Kept => transaction.commit()?,
                LoadOutcome::Undone => transaction.rollback()?,
            }
            Ok(())
        };
        run().map_err(explained)
    }

    fn run(&self, connection: &Connection, load: &Load) -> Result<(), Failure> {
        for heap in &load.emptied {
            if let Some(emptying) = render_emptying(&self.schema, &Sqlite, *heap) {
                execute(connection, &emptying, &[])?;
            }
        }
        for rows in &load.rows {
            for chunk in chunks(rows) {
                let count = chunk.len() / rows.width().max(1);
                let insert = render_rows(&self.schema, &Sqlite, rows.heap, &rows.fields, count)
                    .ok_or_else(|| CoreError::internal("pairs of a relation without a join table"))?;
                execute(connection, &insert, chunk)?;
            }
        }
        Ok(())
    }
}

fn execute(connection: &Connection, statement: &LoadStatement, values: &[Value]) -> rusqlite::Result<()> {
    let mut prepared = connection.prepare_cached(&statement.text)?;
    bind_all(&mut prepared, &statement.bindings, Sources::new(values, &[]))?;
    prepared.raw_execute().map(|_| ())
}

/// SQLite's own words name the columns.
fn explained(failure: Failure) -> CoreError {
    match failure {
        Failure::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            CoreError::invalid("", format!("the database refuses it: {error}"))
        }
        failure => read_error(failure, Duration::MAX),
    }
}

impl Loader for SqliteLoader {
    fn load(&self, load: Guarded<Load>) -> BoxFuture<'_, Result<(), CoreError>> {
        Box::pin(async move {
            let load = load.into_inner();
            beside(|| self.load_now(&load))
        })
    }
}
