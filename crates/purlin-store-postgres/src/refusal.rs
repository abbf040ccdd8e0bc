//! What the server said no with.

use purlin_sql::server::Refusal;
use tokio_postgres::error::{DbError, SqlState};

use crate::connect::described;
use crate::session::is_stale;
use crate::value::Misfit;

pub(crate) fn refusal(error: &tokio_postgres::Error) -> Refusal {
    match error.as_db_error() {
        Some(_) if is_stale(error) => Refusal::Conflict,
        Some(server) => of_server(server),
        None if error.is_closed() => Refusal::Unavailable(described(error)),
        None => match misfit(error) {
            Some(Misfit::OutOfRange) => Refusal::OutOfRange,
            None => Refusal::Unavailable(described(error)),
        },
    }
}

/// A value that could not be bound.
fn misfit(error: &tokio_postgres::Error) -> Option<&Misfit> {
    std::error::Error::source(error)?.downcast_ref()
}

fn of_server(server: &DbError) -> Refusal {
    let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
    let table = || text(server.table());
    let code = server.code();
    match *code {
        SqlState::UNIQUE_VIOLATION => Refusal::Unique { table: table(), index: text(server.constraint()) },
        // The columns are looked up by the constraint's name.
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            Refusal::ForeignKey { table: table(), columns: vec![text(server.constraint())] }
        }
        SqlState::NOT_NULL_VIOLATION => Refusal::NotNull { column: text(server.column()) },
        SqlState::CHECK_VIOLATION => Refusal::Check { rule: text(server.constraint()) },
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE | SqlState::DATETIME_FIELD_OVERFLOW => Refusal::OutOfRange,
        SqlState::DIVISION_BY_ZERO => Refusal::DivisionByZero,
        SqlState::STRING_DATA_RIGHT_TRUNCATION => {
            Refusal::TooLong { column: server.column().map(str::to_owned) }
        }
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Refusal::Conflict,
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Refusal::TimedOut,
        SqlState::INVALID_TEXT_REPRESENTATION
        | SqlState::INVALID_DATETIME_FORMAT
        | SqlState::UNTRANSLATABLE_CHARACTER
        | SqlState::CHARACTER_NOT_IN_REPERTOIRE => Refusal::Unfit(server.message().to_owned()),
        SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY | SqlState::READ_ONLY_SQL_TRANSACTION => {
            tracing::error!(message = server.message(), "the database cannot be written");
            Refusal::Unavailable(server.message().to_owned())
        }
        // Connections, resources, and a server that stops.
        _ if ["08", "53", "57"].iter().any(|class| code.code().starts_with(class)) => {
            Refusal::Unavailable(server.message().to_owned())
        }
        _ => Refusal::Other(server.to_string().into()),
    }
}
