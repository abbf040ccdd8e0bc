//! What the tests ask of a database, whichever engine it is.

use purlin_migrate::{MigrationConnection, MigrationDialect};

pub(crate) trait Database: MigrationConnection {
    fn dialect(&self) -> MigrationDialect;

    /// The port, to be handed on.
    fn port(&mut self) -> &mut dyn MigrationConnection;

    /// Several statements, as the runner carries them out.
    fn apply(&mut self, statements: &[String]) -> Result<(), String>;

    /// Of a server.
    fn url(&self) -> Option<&str> {
        None
    }

    /// Takes all tables away.
    fn clear(&mut self);

    /// Rows as text, values joined by `|`, rows by newlines.
    #[track_caller]
    fn rows(&mut self, sql: &str) -> String {
        let rows = self.query(sql, &[]).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let lines = rows.iter().map(|row| {
            row.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect::<Vec<_>>().join("|")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Statements with semicolons between them.
    #[track_caller]
    fn run(&mut self, script: &str) {
        for sql in purlin_migrate::statements(script) {
            self.execute(&sql, &[]).unwrap_or_else(|error| panic!("{error}: {sql}"));
        }
    }
}

/// A name in statements of the tests.
pub(crate) fn quote(dialect: MigrationDialect, name: &str) -> String {
    match dialect {
        MigrationDialect::MySql => format!("`{name}`"),
        _ => format!("\"{name}\""),
    }
}
