//! Servers that stay until they are told to stop, for a test runner of one's own: one set per user.
//! A file names them; to remove it is to stop them. Their supervisor holds a lock as long as it lives.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::supervisor::{self, Until};
use super::{KINDS, cache_folder, server, session};

pub(super) const COMMAND: &str = "background";

const POLL: Duration = Duration::from_millis(50);
const CHANGED_WITHIN: Duration = Duration::from_mins(2);

/// Prints the variables of the running servers; starts them if they do not all answer.
pub(super) fn start() -> Result<()> {
    session::install()?;
    let state = state_file()?;
    if let Some(lines) = running(&state)? {
        print!("{lines}");
        return Ok(());
    }
    if state.exists() {
        stop_running(&state)?;
    }
    let mut child = supervisor::spawn(&[COMMAND], Stdio::null(), Stdio::null())?;
    match session::read_start(&mut session::output(&mut child)?) {
        Ok(lines) => print!("{lines}"),
        // Another start may have been quicker.
        Err(error) => print!("{}", running(&state)?.ok_or(error)?),
    }
    Ok(())
}

pub(super) fn stop() -> Result<()> {
    let state = state_file()?;
    let said = if supervisor_lives()? { "stopped" } else { "none were running" };
    stop_running(&state)?;
    println!("{said}");
    Ok(())
}

/// The supervisor itself.
pub(super) fn supervise() -> Result<()> {
    let lock = lock_file()?;
    if lock.try_lock().is_err() {
        println!("{}\nanother supervisor has the lock", session::FAILED);
        return Ok(());
    }
    supervisor::run(Until::FileIsGone(state_file()?))
}

/// Whole at once, and for this user alone: it holds passwords.
pub(super) fn write_state(state: &Path, lines: &str) -> Result<()> {
    let new = state.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(lines.as_bytes())?;
    Ok(fs::rename(new, state)?)
}

/// The lines of the state file if all its servers answer; waits for a start under way.
fn running(state: &Path) -> Result<Option<String>> {
    let deadline = Instant::now() + CHANGED_WITHIN;
    while supervisor_lives()? {
        if let Ok(lines) = fs::read_to_string(state) {
            return Ok(all_answer(&lines).then_some(lines));
        }
        if Instant::now() > deadline {
            bail!("another start or stop of the database servers does not end");
        }
        thread::sleep(POLL);
    }
    Ok(None)
}

fn stop_running(state: &Path) -> Result<()> {
    match fs::remove_file(state) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", state.display()));
        }
        _ => {}
    }
    let deadline = Instant::now() + CHANGED_WITHIN;
    while supervisor_lives()? {
        if Instant::now() > deadline {
            bail!("the database servers do not stop");
        }
        thread::sleep(POLL);
    }
    Ok(())
}

fn all_answer(lines: &str) -> bool {
    let urls = session::parse(lines);
    KINDS.iter().all(|kind| {
        let url = urls.iter().find(|(name, _)| name == kind.variable);
        url.and_then(|(_, url)| port(url)).is_some_and(|port| server::answers(kind, port))
    })
}

/// Of a URL of this machine.
fn port(url: &str) -> Option<u16> {
    let (_, rest) = url.split_once("127.0.0.1:")?;
    rest.split('/').next()?.parse().ok()
}

fn supervisor_lives() -> Result<bool> {
    match lock_file()?.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the state of the services"),
    }
}

fn lock_file() -> Result<File> {
    let path = cache_folder()?.join("services.lock");
    File::create(&path).with_context(|| format!("cannot write {}", path.display()))
}

fn state_file() -> Result<PathBuf> {
    Ok(cache_folder()?.join("services.env"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_urls() {
        let rows = [
            ("postgres://postgres:pw@127.0.0.1:4711/postgres", Some(4711)),
            ("mysql://root:pw@127.0.0.1:4712", Some(4712)),
            ("mongodb://127.0.0.1:4713/", Some(4713)),
            ("mongodb://example.com:4713/", None),
            ("redis://127.0.0.1:99999/0", None),
        ];
        for (url, expected) in rows {
            assert_eq!(port(url), expected, "{url}");
        }
    }

    #[test]
    fn a_state_that_lacks_a_server_is_not_reused() {
        assert!(!all_answer(""));
        assert!(!all_answer("export PURLIN_TEST_REDIS='redis://:pw@127.0.0.1:1/0'\n"));
    }

    #[test]
    fn a_state_is_for_its_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let state = std::env::temp_dir().join(format!("purlin-state-{}.env", std::process::id()));
        write_state(&state, "export A='b'\n").unwrap();
        let mode = fs::metadata(&state).unwrap().permissions().mode();
        let text = fs::read_to_string(&state).unwrap();
        fs::remove_file(&state).unwrap();
        assert_eq!((mode & 0o777, text.as_str()), (0o600, "export A='b'\n"));
    }
}
