//! Opening the file: rights, pragmas, functions. Every connection of a store, and the one that
//! migrations run on, is made here, so that they agree.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::functions;
use crate::config::Config;
use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

/// A connection for schema changes: the same functions and collations as the store's, foreign
/// keys on, nothing cached. The file and its folder are created if absent.
pub fn open_for_migration(path: &Path) -> Result<Connection, Error> {
    prepare_file(path)?;
    let fail = |source| Error::from_sqlite(path.to_owned(), source);
    let connection = Connection::open_with_flags(path, flags()).map_err(fail)?;
    set_up(&connection, Duration::from_secs(5)).map_err(fail)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
    Ok(connection)
}

pub(crate) fn open(config: &Config, purpose: Purpose) -> Result<Connection, Error> {
    let fail = |source| Error::from_sqlite(config.path.clone(), source);
    let connection = Connection::open_with_flags(&config.path, flags()).map_err(fail)?;
    tune(&connection, config, purpose).map_err(fail)?;
    Ok(connection)
}

/// Makes the folder and an empty file that only its owner may read.
pub(crate) fn prepare_file(path: &Path) -> Result<(), Error> {
    if path.as_os_str().is_empty() || path == Path::new(":memory:") {
        return Err(Error::InMemory);
    }
    if path.is_dir() {
        return Err(Error::IsFolder { path: path.to_owned() });
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    Ok(())
}

fn flags() -> OpenFlags {
    // Each connection is used by one thread at a time; its owner sees to it.
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn set_up(connection: &Connection, lock_timeout: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(lock_timeout)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A statement is planned once, not again for each value that is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A schema is no place for code: views and triggers may call only harmless functions.
    connection.pragma_update(None, "trusted_schema", false)?;
    functions::register(connection)
}

fn tune(connection: &Connection, config: &Config, purpose: Purpose) -> rusqlite::Result<()> {
    set_up(connection, config.lock_timeout)?;
    connection.set_prepared_statement_cache_capacity(config.cached_statements);
    let kibibytes = i64::try_from(config.cache_bytes / 1024).unwrap_or(i64::MAX);
    connection.pragma_update(None, "cache_size", -kibibytes)?;
    let mapped = i64::try_from(config.mapped_bytes).unwrap_or(i64::MAX);
    connection.query_row(&format!("PRAGMA mmap_size = {mapped}"), [], |_| Ok(())).or_else(
        |error| match error {
            // Builds without memory mapping answer nothing.
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(error),
        },
    )?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    match purpose {
        Purpose::Read => connection.pragma_update(None, "query_only", true)?,
        Purpose::Write => {
            connection.pragma_update(None, "synchronous", "FULL")?;
            // The writer decides when, since it knows who reads.
            connection.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
            connection.query_row("PRAGMA journal_size_limit = 67108864", [], |_| Ok(()))?;
        }
    }
    Ok(())
}
