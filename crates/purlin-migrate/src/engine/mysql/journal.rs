//! Which statements of a change are committed: a row for each, written before and after it, so that a change that was
//! cut short goes on behind the last good one.

use crate::database::Session;
use crate::error::Error;
use crate::physical::PhysicalSchema;

/// Its name begins as the history's, which no schema owns.
const TABLE: &str = "`_purlin_migrations_statements`";
/// Stands for the changes of `purlin dev`, which have no name.
const DEV: &str = "";
const ACTION: &str = "note the statements";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) checksum: String,
    pub(super) is_finished: bool,
}

/// Before anything is written: it ends a transaction.
pub(super) fn create(session: &mut Session<'_>) -> Result<(), Error> {
    let sql = format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (`datasource` varchar(191) NOT NULL, `migration` varchar(191) NOT NULL, \
         `step` int NOT NULL, `checksum` varchar(191) NOT NULL, `target` longtext, `started_at` varchar(191) NOT NULL, \
         `finished_at` varchar(191), PRIMARY KEY (`datasource`, `migration`, `step`)){}",
        super::create::TABLE_OPTIONS
    );
    session.execute(ACTION, &sql, &[])
}

/// What is known of one statement; `number` counts from 1.
pub(super) fn read(
    session: &mut Session<'_>,
    migration: &str,
    number: usize,
) -> Result<Option<Noted>, Error> {
    let sql = format!(
        "SELECT `checksum`, `finished_at` FROM {TABLE} WHERE `datasource` = ? AND `migration` = ? AND `step` = {number}"
    );
    let datasource = session.datasource.to_owned();
    let rows = session.query(ACTION, &sql, &[&datasource, migration])?;
    Ok(rows.into_iter().next().map(|row| {
        let mut values = row.into_iter();
        let checksum = values.next().flatten().unwrap_or_default();
        Noted { checksum, is_finished: values.next().flatten().is_some() }
    }))
}

pub(super) fn start(
    session: &mut Session<'_>,
    migration: &str,
    number: usize,
    checksum: &str,
) -> Result<(), Error> {
    forget(session, migration, number)?;
    let now = session.engine().now();
    let sql = format!(
        "INSERT INTO {TABLE} (`datasource`, `migration`, `step`, `checksum`, `started_at`) VALUES (?, ?, {number}, ?, {now})"
    );
    let datasource = session.datasource.to_owned();
    session.execute(ACTION, &sql, &[&datasource, migration, checksum])
}

pub(super) fn finish(session: &mut Session<'_>, migration: &str, number: usize) -> Result<(), Error> {
    let sql = format!(
        "UPDATE {TABLE} SET `finished_at` = {} WHERE `datasource` = ? AND `migration` = ? AND `step` = {number}",
        session.engine().now()
    );
    let datasource = session.datasource.to_owned();
    session.execute(ACTION, &sql, &[&datasource, migration])
}

pub(super) fn forget(session: &mut Session<'_>, migration: &str, number: usize) -> Result<(), Error> {
    let sql = format!("DELETE FROM {TABLE} WHERE `datasource` = ? AND `migration` = ? AND `step` = {number}");
    let datasource = session.datasource.to_owned();
    session.execute(ACTION, &sql, &[&datasource, migration])
}

/// How many statements of it are done.
pub(super) fn finished(session: &mut Session<'_>, migration: &str) -> Result<usize, Error> {
    if !session.engine().has_table(session, TABLE.trim_matches('`'))? {
        return Ok(0);
    }
    let sql = format!(
        "SELECT count(*) FROM {TABLE} WHERE `datasource` = ? AND `migration` = ? AND `finished_at` IS NOT NULL"
    );
    let datasource = session.datasource.to_owned();
    let rows = session.query(ACTION, &sql, &[&datasource, migration])?;
    let count = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
}

pub(super) fn forget_all(session: &mut Session<'_>, migration: &str) -> Result<(), Error> {
    let sql = format!("DELETE FROM {TABLE} WHERE `datasource` = ? AND `migration` = ?");
    let datasource = session.datasource.to_owned();
    session.execute(ACTION, &sql, &[&datasource, migration])
}

/// A change without a name begins: what it leads to, should it be cut short.
pub(super) fn announce(session: &mut Session<'_>, target: &PhysicalSchema) -> Result<(), Error> {
    end(session)?;
    let now = session.engine().now();
    let target = crate::database::json(target)?;
    let sql = format!(
        "INSERT INTO {TABLE} (`datasource`, `migration`, `step`, `checksum`, `target`, `started_at`) \
         VALUES (?, '{DEV}', 0, '', ?, {now})"
    );
    let datasource = session.datasource.to_owned();
    session.execute(ACTION, &sql, &[&datasource, &target])
}

/// It is whole.
pub(super) fn end(session: &mut Session<'_>) -> Result<(), Error> {
    let sql = format!("DELETE FROM {TABLE} WHERE `datasource` = ? AND `migration` = '{DEV}'");
    let datasource = session.datasource.to_owned();
    session.execute(ACTION, &sql, &[&datasource])
}

/// What a change without a name, which was cut short, was to lead to.
pub(super) fn announced(session: &mut Session<'_>) -> Result<Option<PhysicalSchema>, Error> {
    if !session.engine().has_table(session, TABLE.trim_matches('`'))? {
        return Ok(None);
    }
    let sql = format!(
        "SELECT `target` FROM {TABLE} WHERE `datasource` = ? AND `migration` = '{DEV}' AND `step` = 0"
    );
    let datasource = session.datasource.to_owned();
    let rows = session.query(ACTION, &sql, &[&datasource])?;
    let target = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
    // What cannot be read any more is found in the database itself.
    Ok(target.map(|target| serde_json::from_str(&target).unwrap_or_default()))
}
