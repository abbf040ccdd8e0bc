//! The port to the database that is migrated. Whoever holds a driver implements it; this crate
//! opens nothing. Transactions, locks and pragmas are statements too: the engine's folder writes them.

use std::path::PathBuf;

/// One row, every value as the engine prints it.
pub type Row = Vec<Option<String>>;

/// A connection of its own: nobody else uses it while it migrates. It waits for a lock held by
/// another connection (a minute is a good measure) before it reports [`Failure::Busy`].
pub trait MigrationConnection {
    /// Runs one statement with text parameters and ignores what it returns.
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError>;

    /// Runs one statement and returns all its rows.
    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError>;

    /// Copies the whole database before something destructive. Called outside any transaction.
    /// `label` is fit for a file name. See [`crate::sqlite_backup`] for SQLite files.
    fn backup(&mut self, label: &str) -> Result<Backup, DatabaseError>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backup {
    /// A copy was written there.
    Written(PathBuf),
    /// There is nothing to copy: a database in memory.
    Nothing,
    /// This engine makes no copy by itself; the text says how to make one.
    ByHand(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DatabaseError {
    pub failure: Failure,
    /// The engine's own words.
    pub message: String,
}

/// What a caller can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Another connection holds the lock, longer than this one waits.
    Busy,
    /// The disk is full, or the file or folder cannot be written.
    Storage,
    /// The file is no database, or is damaged.
    Damaged,
    /// A transaction that only reads met a structure that had changed meanwhile.
    Changed,
    /// What the statement makes is there already, or what it takes away is gone.
    AlreadyDone,
    Other,
}
