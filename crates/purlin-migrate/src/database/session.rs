//! A connection with the name of its datasource and its engine.

use crate::connection::{DatabaseError, MigrationConnection, Row};
use crate::dialect::MigrationDialect;
use crate::engine::sqlite::Trigger;
use crate::engine::{Engine, Lock};
use crate::error::Error;

pub(crate) struct Session<'c> {
    pub(crate) datasource: &'c str,
    pub(crate) dialect: MigrationDialect,
    pub(crate) connection: &'c mut dyn MigrationConnection,
    pub(crate) lock: Lock,
    /// SQLite: of the change that runs now.
    pub(crate) dropped_triggers: Vec<Trigger>,
}

impl<'c> Session<'c> {
    pub(crate) fn new(
        datasource: &'c str,
        dialect: MigrationDialect,
        connection: &'c mut dyn MigrationConnection,
    ) -> Self {
        Self { datasource, dialect, connection, lock: Lock::default(), dropped_triggers: Vec::new() }
    }

    pub(crate) fn engine(&self) -> &'static dyn Engine {
        self.dialect.engine()
    }

    pub(crate) fn query(
        &mut self,
        action: &'static str,
        sql: &str,
        parameters: &[&str],
    ) -> Result<Vec<Row>, Error> {
        self.connection.query(sql, parameters).map_err(|source| self.error(action, source))
    }

    pub(crate) fn execute(
        &mut self,
        action: &'static str,
        sql: &str,
        parameters: &[&str],
    ) -> Result<(), Error> {
        self.connection.execute(sql, parameters).map_err(|source| self.error(action, source))
    }

    pub(crate) fn error(&self, action: &'static str, source: DatabaseError) -> Error {
        Error::Database { datasource: self.datasource.to_owned(), action, source }
    }

    /// Runs `change` alone on the database. Nothing of it stays unless all of it does, where the engine can do that.
    pub(crate) fn exclusively<T>(
        &mut self,
        migration: Option<&str>,
        change: impl FnOnce(&mut Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (mut change, mut done) = (Some(change), None);
        self.engine().exclusively(self, migration, &mut |session| {
            if let Some(change) = change.take() {
                done = Some(change(session)?);
            }
            Ok(())
        })?;
        done.ok_or_else(|| Error::Stale { datasource: self.datasource.to_owned() })
    }

    /// Statement by statement; the first failure names its number.
    pub(crate) fn run(&mut self, migration: Option<&str>, statements: &[String]) -> Result<(), Error> {
        self.engine().run(self, migration, statements)
    }

    /// What a statement's failure is to people. `index` counts from 0.
    pub(crate) fn failed(
        &self,
        migration: Option<&str>,
        statements: &[String],
        index: usize,
        source: DatabaseError,
    ) -> Error {
        Error::Statement {
            datasource: self.datasource.to_owned(),
            migration: migration.map(str::to_owned),
            number: index + 1,
            total: statements.len(),
            statement: statements.get(index).cloned().unwrap_or_default(),
            source,
        }
    }
}
