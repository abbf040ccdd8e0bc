//! The one way to change the structure: all statements in one transaction under an exclusive lock, checked, or
//! rolled back. Foreign keys do not act meanwhile, and do afterwards; what they would have refused is found
//! before the commit.

use super::integrity::Integrity;
use super::triggers;
use crate::database::Session;
use crate::engine::contract::Work;
use crate::error::Error;

pub(super) fn exclusively(
    session: &mut Session<'_>,
    migration: Option<&str>,
    work: Work<'_>,
) -> Result<(), Error> {
    // Has no effect inside a transaction, hence before it.
    session.execute("switch foreign keys off", "PRAGMA foreign_keys = OFF", &[])?;
    let result = session.execute("lock", "BEGIN EXCLUSIVE", &[]).and_then(|()| {
        let result =
            checked(session, migration, work).and_then(|()| session.execute("commit", "COMMIT", &[]));
        if result.is_err() {
            // The engine may have rolled back by itself; then there is nothing left to do.
            let _ = session.connection.execute("ROLLBACK", &[]);
        }
        result
    });
    let restored = session.execute("switch foreign keys on", "PRAGMA foreign_keys = ON", &[]);
    // A script that failed half-way may have left it on.
    let _ = session.connection.execute("PRAGMA legacy_alter_table = OFF", &[]);
    result.and(restored)
}

fn checked(session: &mut Session<'_>, migration: Option<&str>, work: Work<'_>) -> Result<(), Error> {
    session.dropped_triggers.clear();
    let before = Integrity::read(session)?;
    work(session)?;
    let dropped = std::mem::take(&mut session.dropped_triggers);
    let mut problems = triggers::restore(session, &dropped)?;
    problems.extend(before.problems_since(session)?);
    if problems.is_empty() {
        return Ok(());
    }
    let migration = migration.map(str::to_owned);
    Err(Error::Broken { datasource: session.datasource.to_owned(), migration, problems })
}

pub(super) fn run(
    session: &mut Session<'_>,
    migration: Option<&str>,
    statements: &[String],
) -> Result<(), Error> {
    for (index, statement) in statements.iter().enumerate() {
        let lost = triggers::dropped_by(session, statement)?;
        session.dropped_triggers.extend(lost);
        session
            .connection
            .execute(statement, &[])
            .map_err(|source| session.failed(migration, statements, index, source))?;
    }
    Ok(())
}
