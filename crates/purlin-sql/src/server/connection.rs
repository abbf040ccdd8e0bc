//! What a driver does.

use std::future::Future;

use purlin_core::error::Error;
use purlin_core::schema::Schema;

use crate::binding::Binding;
use crate::dialect::Dialect;
use crate::rows::Cells;
use crate::sources::Sources;

/// Takes a row; `false` when it wants no more.
pub type EachRow<'e> = dyn FnMut(&dyn Cells) -> bool + Send + 'e;

/// A connection, for as long as a read or a plan takes.
pub trait Connection: Send {
    /// Runs one statement, hands over its rows, and answers how many it touched.
    fn run(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> impl Future<Output = Result<u64, Refusal>> + Send;

    /// Readies the connection for statements that look for the cause of a refusal: a failed transaction is ended, since
    /// nothing of it will be kept.
    fn recover(&mut self) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// The columns of a unique index, by the names that a refusal told.
    fn index_columns(&mut self, table: &str, index: &str) -> impl Future<Output = Vec<String>> + Send;
}

/// Why the server did not do it, in terms that engines share.
#[derive(Debug)]
pub enum Refusal {
    /// Such a row exists, says this index of this table.
    Unique {
        table: String,
        index: String,
    },
    /// The referring table and its columns, as far as the server says.
    ForeignKey {
        table: String,
        columns: Vec<String>,
    },
    /// A column without a value.
    NotNull {
        column: String,
    },
    /// A rule of the table itself, by its name.
    Check {
        rule: String,
    },
    /// The result of a calculation, or a value, lies outside of what its type holds.
    OutOfRange,
    DivisionByZero,
    /// A text is longer than its column; the column, where the server says.
    TooLong {
        column: Option<String>,
    },
    /// A value that its column cannot take; for developers.
    Unfit(String),
    /// Somebody else was in the way: the same again may well succeed.
    Conflict,
    /// It took longer than it may.
    TimedOut,
    /// The server cannot be reached, is stopping, or has no room.
    Unavailable(String),
    /// Ready made, such as an answer that is too long.
    Core(Error),
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// What statements are made from.
#[derive(Clone, Copy, Debug)]
pub struct Database<'d> {
    pub schema: &'d Schema,
    pub dialect: &'d dyn Dialect,
    /// Longer answers are refused.
    pub max_bytes: usize,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl Refusal {
    /// What is said when it has nothing to do with the data.
    pub fn into_error(self) -> Error {
        let unavailable = |text: &str| Error::Unavailable(text.to_owned());
        match self {
            Self::Core(error) => error,
            Self::Conflict => unavailable("others are changing the same rows; try again"),
            Self::TimedOut => unavailable("the database needed too long for this"),
            Self::Unavailable(detail) => {
                tracing::warn!(detail, "the database is not available");
                unavailable("the database is not available; try again")
            }
            Self::Unfit(detail) => Error::BadRequest(format!("the database cannot take a value: {detail}")),
            Self::Other(cause) => Error::Internal(cause),
            other => Error::internal(format!("the database refused: {other:?}")),
        }
    }
}
