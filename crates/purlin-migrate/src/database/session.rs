//! A connection with the name of its datasource, and the one way to change the structure: all
//! statements in one transaction under an exclusive lock, checked, or rolled back.

use super::integrity::Integrity;
use super::triggers::{self, Trigger};
use crate::connection::{DatabaseError, MigrationConnection, Row};
use crate::dialect::MigrationDialect;
use crate::error::Error;

pub(crate) struct Session<'c> {
    pub(crate) datasource: &'c str,
    pub(crate) dialect: MigrationDialect,
    pub(crate) connection: &'c mut dyn MigrationConnection,
    /// Of the change that runs now.
    dropped_triggers: Vec<Trigger>,
}

impl<'c> Session<'c> {
    pub(crate) fn new(
        datasource: &'c str,
        dialect: MigrationDialect,
        connection: &'c mut dyn MigrationConnection,
    ) -> Self {
        Self { datasource, dialect, connection, dropped_triggers: Vec::new() }
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

    /// Runs `change` alone on the database. Nothing of it stays unless all of it does.
    /// Foreign keys do not act meanwhile, and do afterwards; what they would have refused is found before the commit.
    pub(crate) fn exclusively<T>(
        &mut self,
        migration: Option<&str>,
        change: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // Has no effect inside a transaction, hence before it.
        self.execute("switch foreign keys off", "PRAGMA foreign_keys = OFF", &[])?;
        let result = self.execute("lock", "BEGIN EXCLUSIVE", &[]).and_then(|()| {
            let result = self.checked(migration, change);
            let result = match result {
                Ok(value) => self.execute("commit", "COMMIT", &[]).map(|()| value),
                Err(error) => Err(error),
            };
            if result.is_err() {
                // The engine may have rolled back by itself; then there is nothing left to do.
                let _ = self.connection.execute("ROLLBACK", &[]);
            }
            result
        });
        let restored = self.execute("switch foreign keys on", "PRAGMA foreign_keys = ON", &[]);
        // A script that failed half-way may have left it on.
        let _ = self.connection.execute("PRAGMA legacy_alter_table = OFF", &[]);
        result.and_then(|value| restored.map(|()| value))
    }

    fn checked<T>(
        &mut self,
        migration: Option<&str>,
        change: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.dropped_triggers.clear();
        let before = Integrity::read(self)?;
        let value = change(self)?;
        let dropped = std::mem::take(&mut self.dropped_triggers);
        let mut problems = triggers::restore(self, &dropped)?;
        problems.extend(before.problems_since(self)?);
        if problems.is_empty() {
            return Ok(value);
        }
        let migration = migration.map(str::to_owned);
        Err(Error::Broken { datasource: self.datasource.to_owned(), migration, problems })
    }

    /// Statement by statement; the first failure names its number.
    pub(crate) fn run(&mut self, migration: Option<&str>, statements: &[String]) -> Result<(), Error> {
        for (index, statement) in statements.iter().enumerate() {
            let lost = triggers::dropped_by(self, statement)?;
            self.dropped_triggers.extend(lost);
            self.connection.execute(statement, &[]).map_err(|source| Error::Statement {
                datasource: self.datasource.to_owned(),
                migration: migration.map(str::to_owned),
                number: index + 1,
                total: statements.len(),
                statement: statement.clone(),
                source,
            })?;
        }
        Ok(())
    }
}
