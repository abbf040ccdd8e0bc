//! What is said when a statement fails for a reason that has nothing to do with its data.

use std::time::Duration;

use purlin_core::error::Error;
use rusqlite::ErrorCode;

use crate::error::Failure;

/// Of a read, with the time it was given.
pub(crate) fn read_error(failure: Failure, limit: Duration) -> Error {
    match failure {
        Failure::Core(error) => error,
        Failure::Sqlite(error) => engine_error(error, limit),
    }
}

pub(super) fn too_slow(limit: Duration) -> Error {
    Error::Unavailable(format!("the database needed more than {} s for this", limit.as_secs_f32()))
}

pub(super) fn engine_error(error: rusqlite::Error, limit: Duration) -> Error {
    let unavailable = |text: &str| Error::Unavailable(text.to_owned());
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => too_slow(limit),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            unavailable("the database is busy; try again")
        }
        Some(ErrorCode::DiskFull) => {
            tracing::error!(%error, "the disk is full");
            unavailable("the disk is full")
        }
        Some(
            ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied,
        ) => {
            tracing::error!(%error, "the database file cannot be used");
            unavailable("the database file cannot be used")
        }
        Some(ErrorCode::OutOfMemory) => unavailable("the database is out of memory"),
        Some(ErrorCode::TooBig) => Error::TooLarge("a value is longer than the database can hold".to_owned()),
        _ => Error::internal(error),
    }
}
