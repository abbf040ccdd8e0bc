//! The history that Prisma keeps in `_prisma_migrations`: read, and left alone.

use crate::database::Session;
use crate::error::Error;

const TABLE: &str = "_prisma_migrations";

/// The names of the migrations that Prisma applied, in order. One that did not end well is refused.
pub(super) fn applied(session: &mut Session<'_>) -> Result<Vec<String>, Error> {
    let engine = session.engine();
    if !engine.has_table(session, TABLE)? {
        return Ok(Vec::new());
    }
    let [name, finished, rolled_back, started] =
        ["migration_name", "finished_at", "rolled_back_at", "started_at"]
            .map(|name| engine.sql().identifier(name));
    let truth = |column: &str| format!("CASE WHEN {column} IS NULL THEN 0 ELSE 1 END");
    let sql = format!(
        "SELECT {name}, {}, {} FROM {} ORDER BY {started}, {name}",
        truth(&finished),
        truth(&rolled_back),
        engine.sql().identifier(TABLE)
    );
    let mut applied = Vec::new();
    let mut broken = Vec::new();
    for row in session.query("read the history of Prisma", &sql, &[])? {
        let mut values = row.into_iter().map(Option::unwrap_or_default);
        let mut next = || values.next().unwrap_or_default();
        let (name, is_finished, is_rolled_back) = (next(), next() == "1", next() == "1");
        match (is_finished, is_rolled_back) {
            (_, true) => {}
            (true, false) => applied.push(name),
            (false, false) => broken.push(name),
        }
    }
    if broken.is_empty() {
        return Ok(applied);
    }
    Err(Error::PrismaUnfinished { datasource: session.datasource.to_owned(), migrations: broken })
}
