//! A lock with the database's name, which the session's end frees too.

use crate::database::Session;
use crate::engine::values::Values;
use crate::error::Error;

const NAME: &str = "concat('purlin ', md5(database()))";

pub(super) fn take(session: &mut Session<'_>) -> Result<(), Error> {
    let most = session.lock.timeout.as_secs_f64();
    let mut waited = 0.0;
    loop {
        // Null is an error of the server: not taken.
        let taken = session.query("lock", &format!("SELECT GET_LOCK({NAME}, 0)"), &[])?;
        if taken.into_iter().next().is_some_and(|row| Values::of(row).truth()) {
            return Ok(());
        }
        if waited >= most {
            let holder = holder(session);
            let datasource = session.datasource.to_owned();
            return Err(Error::Locked { datasource, seconds: session.lock.timeout.as_secs(), holder });
        }
        // Each waits for another time, so that they do not ask all at once.
        let chosen = session.query("wait for the lock", "SELECT round(0.05 + rand() * 0.25, 3)", &[])?;
        let chosen = chosen.into_iter().next().map(|row| Values::of(row).text()).unwrap_or_default();
        let seconds = chosen.parse::<f64>().unwrap_or(0.1);
        session.query("wait for the lock", &format!("SELECT SLEEP({seconds})"), &[])?;
        waited += seconds;
    }
}

pub(super) fn free(session: &mut Session<'_>) {
    let _ = session.connection.query(&format!("SELECT RELEASE_LOCK({NAME})"), &[]);
}

/// Who has it, as far as this user may know.
fn holder(session: &mut Session<'_>) -> Option<String> {
    let sql = format!(
        "SELECT ID, USER, HOST, TIME FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK({NAME})"
    );
    let rows = session.connection.query(&sql, &[]).ok()?;
    let mut values = Values::of(rows.into_iter().next()?);
    let (id, user, host, seconds) = (values.text(), values.text(), values.text(), values.text());
    Some(format!(
        "connection {id} ({user} from {host}, connected and quiet for {seconds} seconds); if it is dead, end it with KILL {id}"
    ))
}
