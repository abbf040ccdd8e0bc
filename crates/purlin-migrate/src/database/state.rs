//! What the database is known to hold: the physical schema that was applied last, written in
//! the same transaction. A database without it is read from its own catalogue.

use super::session::Session;
use crate::diff::Answers;
use crate::error::Error;
use crate::physical::PhysicalSchema;

const TABLE: &str = "_purlin_schema";

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) schema: PhysicalSchema,
    /// Renames that were decided for `purlin dev` and are in no migration yet.
    pub(crate) answers: Answers,
    /// Made by someone else: found by reading the catalogue.
    pub(crate) is_foreign: bool,
}

impl State {
    pub(crate) fn read(session: &mut Session<'_>) -> Result<Self, Error> {
        let engine = session.engine();
        if engine.has_table(session, TABLE)? {
            let sql = engine.sql();
            let select = format!(
                "SELECT {}, {} FROM {} WHERE {} = {}",
                sql.identifier("snapshot"),
                sql.identifier("answers"),
                sql.identifier(TABLE),
                sql.identifier("datasource"),
                session.engine().placeholder(1)
            );
            let datasource = session.datasource.to_owned();
            let rows = session.query("read the recorded schema", &select, &[&datasource])?;
            if let Some([Some(snapshot), Some(answers)]) = rows.first().map(Vec::as_slice) {
                let unreadable = |error: serde_json::Error| Error::Malformed {
                    path: format!("{TABLE} of datasource \"{datasource}\"").into(),
                    reason: format!("the recorded schema cannot be read: {error}"),
                };
                return Ok(Self {
                    schema: serde_json::from_str(snapshot).map_err(unreadable)?,
                    answers: serde_json::from_str(answers).map_err(unreadable)?,
                    is_foreign: false,
                });
            }
        }
        let schema = engine.introspect(session)?;
        let is_foreign = !schema.tables.is_empty();
        Ok(Self { schema, answers: Answers::default(), is_foreign })
    }
}

pub(crate) fn write_state(
    session: &mut Session<'_>,
    schema: &PhysicalSchema,
    answers: &Answers,
) -> Result<(), Error> {
    create(session)?;
    let (sql, now) = (session.engine().sql(), session.engine().now());
    let datasource = session.datasource.to_owned();
    let delete = format!(
        "DELETE FROM {} WHERE {} = {}",
        sql.identifier(TABLE),
        sql.identifier("datasource"),
        session.engine().placeholder(1)
    );
    session.execute("record the schema", &delete, &[&datasource])?;
    let columns: Vec<String> = COLUMNS.iter().map(|column| sql.identifier(column)).collect();
    let insert = format!(
        "INSERT INTO {} ({}) VALUES ({}, {}, {}, {now})",
        sql.identifier(TABLE),
        columns.join(", "),
        session.engine().placeholder(1),
        session.engine().placeholder(2),
        session.engine().placeholder(3)
    );
    let snapshot = json(schema)?;
    let answers = json(answers)?;
    session.execute("record the schema", &insert, &[&datasource, &snapshot, &answers])
}

const COLUMNS: [&str; 4] = ["datasource", "snapshot", "answers", "changed_at"];

/// Before anything is written: on some engines it ends a transaction.
pub(crate) fn create(session: &mut Session<'_>) -> Result<(), Error> {
    let engine = session.engine();
    if engine.has_table(session, TABLE)? {
        return Ok(());
    }
    let sql = engine.sql();
    let (key, long) = engine.text_types();
    let [datasource, snapshot, answers, changed_at] = COLUMNS.map(|column| sql.identifier(column));
    let create = format!(
        "CREATE TABLE IF NOT EXISTS {} ({datasource} {key} NOT NULL PRIMARY KEY, {snapshot} {long} NOT NULL, \
         {answers} {long} NOT NULL, {changed_at} {key} NOT NULL){}",
        sql.identifier(TABLE),
        engine.table_options()
    );
    session.execute("record the schema", &create, &[])
}

pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Malformed {
        path: TABLE.into(),
        reason: format!("the schema cannot be written: {error}"),
    })
}
