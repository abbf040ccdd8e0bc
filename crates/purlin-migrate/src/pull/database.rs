//! `db pull`: rounds of comparing until the text says what the database holds.

use std::collections::BTreeSet;

use purlin_schema::{Diagnostic, SourceFile};

use super::found::{Found, namespace};
use super::known::Known;
use super::merge::{Report, round};
use super::{mark, remaining};
use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::dialect::MigrationDialect;
use crate::error::Error;

/// New blocks, then the names of their keys; the rest is for what one edit hides from another.
const MOST_ROUNDS: usize = 6;

#[derive(Clone, Copy, Debug)]
pub struct Pull<'a> {
    /// One of the schema's.
    pub datasource: &'a str,
    pub dialect: MigrationDialect,
    /// Namespaces of PostgreSQL whose tables are taken beside those of the connection's own.
    pub namespaces: &'a [String],
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// All files, in the order given.
    pub files: Vec<SourceFile>,
    /// What was added to the text or changed in it.
    pub changes: Vec<String>,
    /// What the text has and the database has not; it is marked and stays.
    pub gone: Vec<String>,
    /// What of the database stays outside of the schema.
    pub notes: Vec<String>,
    /// Where the database is not what the schema says, and why.
    pub remaining: Vec<String>,
}

/// The schema's files as they are to be, so that they say what the database holds. Nothing is written.
pub fn pull(
    request: &Pull<'_>,
    files: Vec<SourceFile>,
    connection: &mut dyn MigrationConnection,
) -> Result<Pulled, Error> {
    let engine = request.dialect.engine();
    let original = files.clone();
    let mut files = mark::clean(files);
    let mut known = Known::of(files.clone(), request.datasource, request.dialect)?;
    let used: BTreeSet<String> = known
        .physical
        .tables
        .iter()
        .filter_map(|table| namespace(engine, &table.name).map(|(namespace, _)| namespace.to_owned()))
        .chain(request.namespaces.iter().cloned())
        .collect();
    let mut session = Session::new(request.datasource, request.dialect, connection);
    let is_known =
        |table: &str| known.physical.tables.iter().any(|other| engine.is_same_name(&other.name, table));
    session.execute("read", engine.begin_reading(), &[])?;
    let found = Found::read(&mut session, |name| used.contains(name), is_known);
    let forms = found.as_ref().ok().map(|found| engine.other_forms(&mut session, &found.schema));
    session.execute("read", "COMMIT", &[])?;
    let found = found?;
    let mut report = Report::default();
    let mut marked = files.clone();
    for _ in 0..MOST_ROUNDS {
        let edits = round(engine, &known, &found, &mut report);
        let edited = known.texts.with(edits).map_err(|problems| unsound(&problems))?;
        let clean = mark::clean(edited.clone());
        let is_settled = clean == files;
        marked = edited;
        if is_settled {
            break;
        }
        files = clean;
        known = Known::of(files.clone(), request.datasource, request.dialect)?;
    }
    // A text that says the same in another layout is left alone.
    let is_same = original.iter().zip(&marked).all(|(before, after)| {
        before.text == after.text || purlin_schema::format(&before.text).is_ok_and(|text| text == after.text)
    });
    let mut notes = found.notes.clone();
    notes.extend(report.notes);
    notes.extend(forms.transpose()?.unwrap_or_default());
    Ok(Pulled {
        remaining: shown(remaining::remaining(engine, &known, &found)),
        files: if is_same { original } else { marked },
        changes: shown(report.changes),
        gone: shown(report.gone),
        notes: shown(notes),
    })
}

/// Names come from the database: what would end a line, or move the cursor of a terminal, is no part of a message.
fn shown(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().map(|line| line.replace(char::is_control, "\u{fffd}")).collect()
}

fn unsound(problems: &[Diagnostic]) -> Error {
    Error::Schema { problems: problems.iter().map(|problem| problem.message.clone()).collect() }
}
