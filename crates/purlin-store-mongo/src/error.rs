//! Why a database could not be opened, and what is said when a statement fails for a reason that has
//! nothing to do with its data.

use std::time::Duration;

use mongodb::error::{ErrorKind, WriteFailure};
use purlin_core::error::Error as CoreError;

/// No text holds a password: addresses are named without user and options.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "the database's address is not one: {detail}; it has the form mongodb://user:password@host:27017/database"
    )]
    Url { detail: String },
    #[error(
        "the address of {servers} names no database; put its name behind the last slash, as in mongodb://host:27017/app"
    )]
    NoDatabase { servers: String },
    #[error("{name} cannot be the name of a database: {detail}")]
    DatabaseName { name: String, detail: &'static str },
    #[error("no MongoDB server answers at {servers} within {:.1} s: {detail}; check that it runs, the port, and TLS", waited.as_secs_f32())]
    Unreachable { servers: String, waited: Duration, detail: String },
    #[error(
        "{servers} refuses the user or the password; check both, and authSource if the user belongs to another database"
    )]
    Credentials { servers: String },
    #[error(
        "the server at {servers} asks for a user: put user:password@ before the host, and ?authSource=admin behind \
         the database if the user is of that one"
    )]
    NoUser { servers: String },
    #[error(
        "the user may not use the database {database} at {servers}: {detail}; grant it the role readWrite"
    )]
    Forbidden { servers: String, database: String, detail: String },
    #[error("the server at {servers} is too old; MongoDB 5.0 or newer is needed")]
    TooOld { servers: String },
    #[error("{collection} cannot have the index {index}: {detail}")]
    Index { collection: String, index: String, detail: String },
    #[error("the database at {servers} failed: {detail}")]
    Server { servers: String, detail: String },
}

/// Why a statement failed, before it is known what to say about it.
#[derive(Debug)]
pub(crate) enum Failure {
    Mongo(mongodb::error::Error),
    Core(CoreError),
    /// Of rows that were written together one is refused: which, and why, shows when they are written one by one.
    Together,
}

impl From<mongodb::error::Error> for Failure {
    fn from(error: mongodb::error::Error) -> Self {
        Self::Mongo(error)
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

impl Failure {
    /// The same again may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            // No server was found in the time that there is for it: nobody is kept waiting for another.
            Self::Mongo(error) if matches!(error.kind.as_ref(), ErrorKind::ServerSelection { .. }) => false,
            Self::Mongo(error) => error.contains_label(mongodb::error::TRANSIENT_TRANSACTION_ERROR),
            Self::Core(_) | Self::Together => false,
        }
    }

    /// Of work that was given this time.
    pub(crate) fn into_core(self, limit: Duration) -> CoreError {
        match self {
            Self::Core(error) => error,
            Self::Mongo(error) => engine_error(error, limit),
            Self::Together => CoreError::internal("rows that are refused together are written one by one"),
        }
    }
}

pub(crate) fn too_slow(limit: Duration) -> CoreError {
    CoreError::Unavailable(format!("the database needed more than {} s for this", limit.as_secs_f32()))
}

/// The code of what the server refuses, if it is the server that does.
pub(crate) fn code_of(error: &mongodb::error::Error) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(command) => Some(command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(write)) => Some(write.code),
        ErrorKind::InsertMany(many) => {
            many.write_errors.as_ref().and_then(|errors| errors.first()).map(|error| error.code)
        }
        _ => None,
    }
}

const UNAUTHORIZED: i32 = 13;
const AUTHENTICATION_FAILED: i32 = 18;
const TIME_LIMIT: [i32; 2] = [50, 262];
const WRITE_CONFLICT: [i32; 3] = [112, 251, 24];
/// Shutting down, or no longer the primary.
const MOVED: [i32; 9] = [11600, 11602, 10107, 13435, 13436, 189, 91, 7, 6];
const TOO_LARGE: [i32; 3] = [10334, 17280, 17419];

fn engine_error(error: mongodb::error::Error, limit: Duration) -> CoreError {
    let unavailable = |text: &str| CoreError::Unavailable(text.to_owned());
    let is_network = matches!(
        error.kind.as_ref(),
        ErrorKind::ServerSelection { .. }
            | ErrorKind::Io(_)
            | ErrorKind::ConnectionPoolCleared { .. }
            | ErrorKind::DnsResolve { .. }
    );
    if is_network {
        tracing::error!(%error, "the database cannot be reached");
        return unavailable("the database cannot be reached");
    }
    if let ErrorKind::InvalidArgument { message, .. } = error.kind.as_ref()
        && message.contains("must be within")
    {
        return row_too_large();
    }
    match code_of(&error) {
        Some(code) if TIME_LIMIT.contains(&code) => too_slow(limit),
        Some(code) if WRITE_CONFLICT.contains(&code) => unavailable("the database is busy; try again"),
        Some(code) if MOVED.contains(&code) => {
            tracing::warn!(%error, "the database changes its primary");
            unavailable("the database is changing its primary; try again")
        }
        Some(code) if TOO_LARGE.contains(&code) => row_too_large(),
        Some(UNAUTHORIZED | AUTHENTICATION_FAILED) => {
            tracing::error!(%error, "the database refuses its user");
            unavailable("the database cannot be used")
        }
        _ if error.contains_label(mongodb::error::TRANSIENT_TRANSACTION_ERROR) => {
            unavailable("the database is busy; try again")
        }
        _ => CoreError::internal(error),
    }
}

/// The driver refuses some before the server does.
fn row_too_large() -> CoreError {
    CoreError::TooLarge("a row is longer than the database can hold".to_owned())
}

/// Of opening a database.
pub(crate) fn opening_error(
    error: &mongodb::error::Error,
    servers: &str,
    database: &str,
    waited: Duration,
) -> Error {
    let (servers, database) = (servers.to_owned(), database.to_owned());
    let detail = plain_text(error);
    match error.kind.as_ref() {
        ErrorKind::Authentication { .. } => Error::Credentials { servers },
        // Refused while a connection was made, which selecting a server reports by its text only.
        ErrorKind::ServerSelection { message, .. } if message.contains("uthentication") => {
            Error::Credentials { servers }
        }
        ErrorKind::ServerSelection { .. }
        | ErrorKind::Io(_)
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::ConnectionPoolCleared { .. } => Error::Unreachable { servers, waited, detail },
        ErrorKind::IncompatibleServer { .. } => Error::TooOld { servers },
        ErrorKind::InvalidArgument { .. } | ErrorKind::InvalidTlsConfig { .. } => Error::Url { detail },
        _ => match code_of(error) {
            Some(AUTHENTICATION_FAILED) => Error::Credentials { servers },
            Some(UNAUTHORIZED) if detail.contains("requires authentication") => Error::NoUser { servers },
            Some(UNAUTHORIZED) => Error::Forbidden { servers, database, detail },
            _ => Error::Server { servers, detail },
        },
    }
}

/// The driver's own words, as short as they can be.
pub(crate) fn plain_text(error: &mongodb::error::Error) -> String {
    match error.kind.as_ref() {
        ErrorKind::ServerSelection { message, .. } => cause_of(message).to_owned(),
        ErrorKind::InvalidArgument { message, .. }
        | ErrorKind::DnsResolve { message, .. }
        | ErrorKind::InvalidTlsConfig { message, .. } => message.clone(),
        ErrorKind::Command(command) => command.message.clone(),
        other => other.to_string(),
    }
}

/// `… Topology: { …, Error: Kind: I/O error: Connection refused, labels: {}, … }`: the first server's trouble, or what
/// is known of them all.
fn cause_of(message: &str) -> &str {
    let cause = message.split_once("Error: Kind: ").map(|(_, rest)| rest);
    match cause.and_then(|rest| rest.split_once(", labels:")) {
        Some((cause, _)) => cause,
        None => message.split_once("Topology: ").map_or(message, |(_, topology)| topology),
    }
}

#[cfg(test)]
mod tests {
    use super::cause_of;

    #[test]
    fn selecting_a_server_fails_for_a_reason() {
        let message = "Server selection timeout: No available servers. Topology: { Type: Unknown, Servers: [ { Address: \
                       host:1, Type: Unknown, Error: Kind: I/O error: Connection refused (os error 111), labels: {} } ] }";
        assert_eq!(cause_of(message), "I/O error: Connection refused (os error 111)");
        let message = "No available servers. Topology: { Type: ReplicaSetNoPrimary, Set Name: other }";
        assert_eq!(cause_of(message), "{ Type: ReplicaSetNoPrimary, Set Name: other }");
        assert_eq!(cause_of("else"), "else");
    }
}
