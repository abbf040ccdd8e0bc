//! Alone on the database, statement by statement. What concerns rows is one transaction with its note; what changes
//! the structure is committed by itself, between its two notes.

use super::{journal, lock};
use crate::connection::{DatabaseError, Failure};
use crate::database::{self, Session};
use crate::engine::contract::Work;
use crate::error::Error;
use crate::physical::PhysicalSchema;
use crate::script::{checksum, token};

pub(super) fn exclusively(session: &mut Session<'_>, work: Work<'_>) -> Result<(), Error> {
    lock::take(session)?;
    let result = prepared(session, work);
    if result.is_err() {
        let _ = session.connection.execute("ROLLBACK", &[]);
    }
    lock::free(session);
    result
}

fn prepared(session: &mut Session<'_>, work: Work<'_>) -> Result<(), Error> {
    // Now: later it would end a transaction.
    database::create(session)?;
    journal::create(session)?;
    work(session)?;
    session.execute("commit", "COMMIT", &[])
}

pub(super) fn announce(session: &mut Session<'_>, target: &PhysicalSchema) -> Result<(), Error> {
    journal::announce(session, target)
}

/// Ends inside a transaction: the history's row and the state follow, and then the commit.
pub(super) fn run(
    session: &mut Session<'_>,
    migration: Option<&str>,
    statements: &[String],
) -> Result<(), Error> {
    if let Some(id) = migration {
        database::start(session, id, statements.len())?;
    }
    for (index, statement) in statements.iter().enumerate() {
        match migration {
            Some(id) => noted(session, id, statements, index)?,
            None => session
                .connection
                .execute(statement, &[])
                .map_err(|source| stopped(session, None, statements, index, source))?,
        }
    }
    session.execute("begin", "START TRANSACTION", &[])?;
    if migration.is_none() {
        journal::end(session)?;
    }
    Ok(())
}

/// One statement of a migration, unless it is committed already.
fn noted(session: &mut Session<'_>, id: &str, statements: &[String], index: usize) -> Result<(), Error> {
    let Some(statement) = statements.get(index) else { return Ok(()) };
    let (number, sum) = (index + 1, checksum(statement));
    let known = journal::read(session, id, number)?;
    match &known {
        Some(noted) if noted.is_finished && noted.checksum == sum => return Ok(()),
        Some(noted) if noted.is_finished => {
            let (datasource, migration) = (session.datasource.to_owned(), id.to_owned());
            return Err(Error::Edited { datasource, migration });
        }
        _ => {}
    }
    // It may have been cut off before or behind the statement itself.
    let is_second_try = known.is_some_and(|noted| noted.checksum == sum);
    journal::start(session, id, number, &sum)?;
    let is_of_rows = is_of_rows(statement);
    if is_of_rows {
        session.execute("begin", "START TRANSACTION", &[])?;
    }
    match session.connection.execute(statement, &[]) {
        Ok(()) => {}
        Err(error) if is_second_try && !is_of_rows && error.failure == Failure::AlreadyDone => {}
        Err(error) => {
            let _ = session.connection.execute("ROLLBACK", &[]);
            // The server has said no: nothing of it is done.
            journal::forget(session, id, number)?;
            return Err(stopped(session, Some(id), statements, index, error));
        }
    }
    journal::finish(session, id, number)?;
    if is_of_rows { session.execute("commit", "COMMIT", &[]) } else { Ok(()) }
}

fn is_of_rows(statement: &str) -> bool {
    let tokens = token::meaningful(statement);
    let first = tokens.first();
    first
        .is_some_and(|first| ["INSERT", "UPDATE", "DELETE", "REPLACE"].iter().any(|word| first.is_word(word)))
}

fn stopped(
    session: &Session<'_>,
    migration: Option<&str>,
    statements: &[String],
    index: usize,
    source: DatabaseError,
) -> Error {
    Error::Stopped {
        datasource: session.datasource.to_owned(),
        migration: migration.map(str::to_owned),
        committed: u32::try_from(index).unwrap_or(u32::MAX),
        total: u32::try_from(statements.len()).unwrap_or(u32::MAX),
        statement: statements.get(index).cloned().unwrap_or_default(),
        source,
    }
}
