//! What the database is known to hold: the physical schema that was applied last, written in
//! the same transaction. A database without it is read from its own catalogue.

use super::applied::exists;
use super::session::Session;
use crate::diff::Answers;
use crate::error::Error;
use crate::introspect;
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
        if exists(session, TABLE)? {
            let sql = format!("SELECT \"snapshot\", \"answers\" FROM \"{TABLE}\" WHERE \"datasource\" = ?1");
            let datasource = session.datasource.to_owned();
            let rows = session.query("read the recorded schema", &sql, &[&datasource])?;
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
        let schema = introspect::read(session)?;
        let is_foreign = !schema.tables.is_empty();
        Ok(Self { schema, answers: Answers::default(), is_foreign })
    }
}

pub(crate) fn write_state(
    session: &mut Session<'_>,
    schema: &PhysicalSchema,
    answers: &Answers,
) -> Result<(), Error> {
    let create = format!(
        "CREATE TABLE IF NOT EXISTS \"{TABLE}\" (\"datasource\" TEXT NOT NULL PRIMARY KEY, \"snapshot\" TEXT NOT NULL, \
         \"answers\" TEXT NOT NULL, \"changed_at\" TEXT NOT NULL)"
    );
    session.execute("record the schema", &create, &[])?;
    let sql = format!(
        "INSERT INTO \"{TABLE}\" (\"datasource\", \"snapshot\", \"answers\", \"changed_at\") \
         VALUES (?1, ?2, ?3, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) ON CONFLICT (\"datasource\") DO UPDATE SET \
         \"snapshot\" = excluded.\"snapshot\", \"answers\" = excluded.\"answers\", \"changed_at\" = excluded.\"changed_at\""
    );
    let datasource = session.datasource.to_owned();
    let to_text = |text: Result<String, serde_json::Error>| {
        text.map_err(|error| Error::Malformed {
            path: TABLE.into(),
            reason: format!("the schema cannot be written: {error}"),
        })
    };
    let snapshot = to_text(serde_json::to_string(schema))?;
    let answers = to_text(serde_json::to_string(answers))?;
    session.execute("record the schema", &sql, &[&datasource, &snapshot, &answers])
}
