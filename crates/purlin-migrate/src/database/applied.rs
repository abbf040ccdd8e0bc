//! The history in the database: one row per migration, written in the transaction that applied it.

use super::session::Session;
use crate::error::Error;

pub(crate) const TABLE: &str = "_purlin_migrations";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History(pub(crate) Vec<AppliedRow>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppliedRow {
    pub(crate) id: String,
    pub(crate) checksum: String,
    pub(crate) finished_at: String,
    /// Only recorded: `purlin dev` had already made the changes.
    pub(crate) is_recorded: bool,
}

impl History {
    pub(crate) fn read(session: &mut Session<'_>) -> Result<Self, Error> {
        if !exists(session, TABLE)? {
            return Ok(Self::default());
        }
        let sql = format!(
            "SELECT \"id\", \"checksum\", \"started_at\", \"finished_at\", \"is_recorded\" FROM \"{TABLE}\" \
             WHERE \"datasource\" = ?1 ORDER BY \"id\""
        );
        let datasource = session.datasource.to_owned();
        let mut rows = Vec::new();
        for row in session.query("read the history", &sql, &[&datasource])? {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || values.next().unwrap_or_default();
            let (id, checksum, started_at, finished_at) = (next(), next(), next(), next());
            if finished_at.is_empty() {
                return Err(Error::Unfinished { datasource, migration: id, started_at });
            }
            rows.push(AppliedRow { id, checksum, finished_at, is_recorded: next() == "1" });
        }
        Ok(Self(rows))
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|row| row.id == id)
    }
}

/// Adds a finished row. On an engine without transactional changes it would start without
/// `finished_at`, and get it at the end.
pub(crate) fn record(
    session: &mut Session<'_>,
    id: &str,
    checksum: &str,
    statements: usize,
    is_recorded: bool,
) -> Result<(), Error> {
    create(session)?;
    let sql = format!(
        "INSERT INTO \"{TABLE}\" (\"datasource\", \"id\", \"checksum\", \"statements\", \"is_recorded\", \"started_at\", \"finished_at\") \
         VALUES (?1, ?2, ?3, CAST(?4 AS INTEGER), CAST(?5 AS INTEGER), \
         strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
    );
    let datasource = session.datasource.to_owned();
    let (count, recorded) = (statements.to_string(), if is_recorded { "1" } else { "0" });
    session.execute("write the history", &sql, &[&datasource, id, checksum, &count, recorded])
}

fn create(session: &mut Session<'_>) -> Result<(), Error> {
    let sql = format!(
        "CREATE TABLE IF NOT EXISTS \"{TABLE}\" (\"datasource\" TEXT NOT NULL, \"id\" TEXT NOT NULL, \
         \"checksum\" TEXT NOT NULL, \"statements\" INTEGER NOT NULL, \"is_recorded\" INTEGER NOT NULL, \
         \"started_at\" TEXT NOT NULL, \"finished_at\" TEXT, PRIMARY KEY (\"datasource\", \"id\"))"
    );
    session.execute("write the history", &sql, &[])
}

pub(super) fn exists(session: &mut Session<'_>, table: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
    Ok(!session.query("read the database", sql, &[table])?.is_empty())
}
