//! The history in the database: one row per migration, written in the transaction that applied it.

use super::session::Session;
use crate::error::Error;

pub(crate) const TABLE: &str = "_purlin_migrations";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// Sorted by id.
    pub(crate) rows: Vec<AppliedRow>,
    /// Where changes are no transactions: the one that was cut short.
    pub(crate) unfinished: Option<Unfinished>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    pub(crate) id: String,
    /// On its way back.
    pub(crate) is_rollback: bool,
    /// How many statements it has.
    pub(crate) total: usize,
}

impl Unfinished {
    /// Under what name its statements are noted.
    pub(crate) fn key(&self) -> String {
        if self.is_rollback { rollback_key(&self.id) } else { self.id.clone() }
    }
}

/// Stands for the way back of a migration, while it is under way.
const ROLLBACK: &str = "rollback of ";

pub(crate) fn rollback_key(id: &str) -> String {
    format!("{ROLLBACK}{id}")
}

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
        let engine = session.engine();
        if !engine.has_table(session, TABLE)? {
            return Ok(Self::default());
        }
        let sql = format!(
            "SELECT {}, {}, {}, {}, {}, {} FROM {} WHERE {} = {} ORDER BY 1",
            name(session, "id"),
            name(session, "checksum"),
            name(session, "started_at"),
            name(session, "finished_at"),
            name(session, "is_recorded"),
            name(session, "statements"),
            name(session, TABLE),
            name(session, "datasource"),
            engine.placeholder(1)
        );
        let datasource = session.datasource.to_owned();
        let mut history = Self::default();
        for row in session.query("read the history", &sql, &[&datasource])? {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || values.next().unwrap_or_default();
            let (id, checksum, started_at, finished_at) = (next(), next(), next(), next());
            let (is_recorded, total) = (next() == "1", next().parse().unwrap_or(0));
            if !finished_at.is_empty() {
                history.rows.push(AppliedRow { id, checksum, finished_at, is_recorded });
            } else if engine.is_transactional() {
                return Err(Error::Unfinished { datasource, migration: id, started_at });
            } else {
                let is_rollback = id.starts_with(ROLLBACK);
                let id = id.strip_prefix(ROLLBACK).unwrap_or(&id).to_owned();
                history.unfinished = Some(Unfinished { id, is_rollback, total });
            }
        }
        Ok(history)
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.rows.iter().any(|row| row.id == id)
    }

    /// Whether it was begun and not ended, on its way there.
    pub(crate) fn is_begun(&self, id: &str) -> bool {
        self.unfinished.as_ref().is_some_and(|unfinished| unfinished.id == id && !unfinished.is_rollback)
    }
}

/// Adds a finished row, or finishes the one that was started.
pub(crate) fn record(
    session: &mut Session<'_>,
    id: &str,
    checksum: &str,
    statements: usize,
    is_recorded: bool,
) -> Result<(), Error> {
    if !session.engine().is_transactional() {
        forget(session, id)?;
    }
    let finished = session.engine().now();
    insert(session, id, checksum, statements, is_recorded, finished)
}

/// Adds a row that is not finished: on engines where it cannot be part of the change.
pub(crate) fn start(session: &mut Session<'_>, id: &str, statements: usize) -> Result<(), Error> {
    forget(session, id)?;
    insert(session, id, "", statements, false, "NULL")
}

/// Takes its row away.
pub(crate) fn forget(session: &mut Session<'_>, id: &str) -> Result<(), Error> {
    let engine = session.engine();
    let sql = format!(
        "DELETE FROM {} WHERE {} = {} AND {} = {}",
        name(session, TABLE),
        name(session, "datasource"),
        engine.placeholder(1),
        name(session, "id"),
        engine.placeholder(2)
    );
    let datasource = session.datasource.to_owned();
    session.execute("write the history", &sql, &[&datasource, id])
}

fn insert(
    session: &mut Session<'_>,
    id: &str,
    checksum: &str,
    statements: usize,
    is_recorded: bool,
    finished: &str,
) -> Result<(), Error> {
    create(session)?;
    let sql = session.engine().sql();
    let columns: Vec<String> = COLUMNS.iter().map(|column| sql.identifier(column)).collect();
    let insert = format!(
        "INSERT INTO {} ({}) VALUES ({}, {}, {}, {statements}, {}, {}, {finished})",
        sql.identifier(TABLE),
        columns.join(", "),
        session.engine().placeholder(1),
        session.engine().placeholder(2),
        session.engine().placeholder(3),
        u8::from(is_recorded),
        session.engine().now(),
    );
    let datasource = session.datasource.to_owned();
    session.execute("write the history", &insert, &[&datasource, id, checksum])
}

const COLUMNS: [&str; 7] =
    ["datasource", "id", "checksum", "statements", "is_recorded", "started_at", "finished_at"];

/// Before anything is written: on some engines it ends a transaction.
pub(crate) fn create(session: &mut Session<'_>) -> Result<(), Error> {
    let engine = session.engine();
    if engine.has_table(session, TABLE)? {
        return Ok(());
    }
    let (key, _) = engine.text_types();
    let types = [
        format!("{key} NOT NULL"),
        format!("{key} NOT NULL"),
        format!("{key} NOT NULL"),
        "INTEGER NOT NULL".to_owned(),
        "INTEGER NOT NULL".to_owned(),
        format!("{key} NOT NULL"),
        key.to_owned(),
    ];
    let columns: Vec<String> = COLUMNS
        .iter()
        .zip(types)
        .map(|(column, declared)| format!("{} {declared}", name(session, column)))
        .collect();
    let sql = format!(
        "CREATE TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({}, {})){}",
        name(session, TABLE),
        columns.join(", "),
        name(session, "datasource"),
        name(session, "id"),
        engine.table_options()
    );
    session.execute("write the history", &sql, &[])
}

fn name(session: &Session<'_>, name: &str) -> String {
    session.engine().sql().identifier(name)
}
