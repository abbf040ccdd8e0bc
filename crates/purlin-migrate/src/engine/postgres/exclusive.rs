//! Alone on the database: an advisory lock of the session, so that others can be told whom they wait for, and one
//! transaction.

use crate::database::Session;
use crate::engine::contract::Work;
use crate::engine::values::Values;
use crate::error::Error;

const KEY: &str = "hashtextextended('purlin migrations ' || coalesce(current_schema(), ''), 0)";

pub(super) fn exclusively(session: &mut Session<'_>, work: Work<'_>) -> Result<(), Error> {
    lock(session)?;
    let result = session.execute("begin", "BEGIN", &[]).and_then(|()| {
        let result = work(session).and_then(|()| session.execute("commit", "COMMIT", &[]));
        if result.is_err() {
            // A connection that broke has rolled back by itself.
            let _ = session.connection.execute("ROLLBACK", &[]);
        }
        result
    });
    // The session's end would free it, too.
    let _ = session.connection.execute(&format!("SELECT pg_advisory_unlock({KEY})"), &[]);
    result
}

fn lock(session: &mut Session<'_>) -> Result<(), Error> {
    let most = session.lock.timeout.as_secs_f64();
    let mut waited = 0.0;
    loop {
        let taken = session.query("lock", &format!("SELECT pg_try_advisory_lock({KEY})"), &[])?;
        if taken.into_iter().next().is_some_and(|row| Values::of(row).truth()) {
            return Ok(());
        }
        if waited >= most {
            let holder = holder(session);
            let datasource = session.datasource.to_owned();
            return Err(Error::Locked { datasource, seconds: session.lock.timeout.as_secs(), holder });
        }
        // Each waits for another time, so that they do not ask all at once.
        let sleep = "SELECT s, pg_sleep(s) FROM (SELECT 0.05 + random() * 0.25 AS s) AS pause";
        let slept = session.query("wait for the lock", sleep, &[])?;
        let slept = slept.into_iter().next().map(|row| Values::of(row).text()).unwrap_or_default();
        waited += slept.parse::<f64>().unwrap_or(0.1);
    }
}

/// Who has it, as far as this user may know.
fn holder(session: &mut Session<'_>) -> Option<String> {
    let sql = format!(
        "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'local'), \
         to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') \
         FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid, (SELECT {KEY} AS value) AS key \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND ((l.classid::bigint << 32) | l.objid::bigint) = key.value LIMIT 1"
    );
    let rows = session.connection.query(&sql, &[]).ok()?;
    let mut values = Values::of(rows.into_iter().next()?);
    let (pid, application, client, since) = (values.text(), values.text(), values.text(), values.text());
    Some(format!(
        "process {pid} (\"{application}\" from {client}, connected since {since} UTC); \
         if it is dead, end it with SELECT pg_terminate_backend({pid})"
    ))
}

pub(super) fn run(
    session: &mut Session<'_>,
    migration: Option<&str>,
    statements: &[String],
) -> Result<(), Error> {
    for (index, statement) in statements.iter().enumerate() {
        session
            .connection
            .execute(statement, &[])
            .map_err(|source| session.failed(migration, statements, index, source))?;
    }
    Ok(())
}
