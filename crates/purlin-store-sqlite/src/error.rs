//! Why a database could not be opened. Failures of statements are `purlin_core::Error`.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a database in memory cannot be shared between connections; name a file")]
    InMemory,
    #[error("{path} is a folder; name a file in it")]
    IsFolder { path: PathBuf },
    #[error("cannot create the folder {path}: {source}; create it or name another place")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot open {path}: {source}; check that it may be read and written")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} is not an SQLite database; name another file or move this one away")]
    NotADatabase { path: PathBuf },
    #[error("{path} is damaged: {detail}; restore a copy, or recover it with `sqlite3 FILE .recover`")]
    Damaged { path: PathBuf, detail: String },
    #[error("{path} is locked by another process; end it or try again")]
    Locked { path: PathBuf },
    #[error("{path} may not be written: {detail}; check the rights of the file and its folder")]
    ReadOnly { path: PathBuf, detail: String },
    #[error("cannot open {path}: {source}")]
    Sqlite { path: PathBuf, source: rusqlite::Error },
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}

impl Error {
    pub(crate) fn from_sqlite(path: PathBuf, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, detail: source.to_string() },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly { path, detail: source.to_string() }
            }
            _ => Self::Sqlite { path, source },
        }
    }
}

/// While running, a store that cannot open a connection is unavailable. Where its file is, and what is
/// wrong with it, is for the log alone.
impl From<Error> for purlin_core::Error {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "the database cannot be opened");
        Self::Unavailable("the database cannot be opened".to_owned())
    }
}

/// Why a statement failed, before it is known what to say about it.
#[derive(Debug)]
pub(crate) enum Failure {
    Sqlite(rusqlite::Error),
    Core(purlin_core::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<purlin_core::Error> for Failure {
    fn from(error: purlin_core::Error) -> Self {
        Self::Core(error)
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn clients_do_not_hear_where_the_file_is() {
        let path = "/srv/private/shop.db".into();
        let error = purlin_core::Error::from(Error::ReadOnly { path, detail: "denied".to_owned() });
        assert_eq!(error.code(), "UNAVAILABLE");
        assert!(!error.to_string().contains("private"), "{error}");
    }
}
