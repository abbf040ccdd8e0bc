//! One connection. The driver keeps its statements ready.

use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Params};
use purlin_sql::dialect::Flavour;
use purlin_sql::server::{EachRow, Refusal};
use purlin_sql::{Binding, Sources};

use crate::config::Config;
use crate::connect::connect;
use crate::error::Error;
use crate::refusal::refusal;
use crate::value::{Columns, bound};

/// The server stops a statement that takes too long; if it does not, nobody waits for longer than this after it.
const GRACE: Duration = Duration::from_secs(1);
const PING_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct Session {
    connection: Conn,
    flavour: Flavour,
    limit: Duration,
    statements: u64,
    is_broken: bool,
}

impl Session {
    pub(crate) async fn open(config: &Config) -> Result<Self, Error> {
        let (connection, flavour) = connect(config).await?;
        let limit = config.statement_timeout + GRACE;
        Ok(Self { connection, flavour, limit, statements: 0, is_broken: false })
    }

    pub(crate) fn flavour(&self) -> Flavour {
        self.flavour
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_broken || self.connection.is_disconnected()
    }

    /// Statements executed so far.
    pub(crate) fn statements(&self) -> u64 {
        self.statements
    }

    pub(crate) async fn answers(&mut self) -> bool {
        let answer = tokio::time::timeout(PING_TIMEOUT, self.connection.ping()).await;
        self.is_broken |= !matches!(answer, Ok(Ok(())));
        !self.is_closed()
    }

    pub(crate) async fn run(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, Refusal> {
        self.statements += 1;
        let query = query(&mut self.connection, self.flavour, text, bindings, sources, each);
        let ran = tokio::time::timeout(self.limit, query).await;
        self.settled(text, ran)
    }

    /// What begins or ends a transaction.
    pub(crate) async fn command(&mut self, text: &str) -> Result<(), Refusal> {
        let ran = tokio::time::timeout(self.limit, self.connection.query_drop(text)).await;
        self.settled(text, ran)
    }

    /// Only to say more about a failure: a failure of its own says nothing.
    pub(crate) async fn texts(&mut self, text: &str, parameters: &[&str]) -> Vec<String> {
        let values = parameters.iter().map(|parameter| (*parameter).into()).collect();
        let query = self.connection.exec::<Option<String>, _, _>(text, Params::Positional(values));
        match tokio::time::timeout(self.limit, query).await {
            Ok(Ok(texts)) => texts.into_iter().flatten().collect(),
            Ok(Err(error)) => {
                self.is_broken |= error.is_fatal();
                Vec::new()
            }
            Err(_) => {
                self.is_broken = true;
                Vec::new()
            }
        }
    }

    fn settled<T>(
        &mut self,
        text: &str,
        ran: Result<mysql_async::Result<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, Refusal> {
        match ran {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => {
                self.is_broken |= error.is_fatal();
                Err(refusal(&error, text))
            }
            Err(_) => {
                self.is_broken = true;
                Err(Refusal::TimedOut)
            }
        }
    }
}

/// Rows are handed over as they come.
async fn query(
    connection: &mut Conn,
    flavour: Flavour,
    text: &str,
    bindings: &[Binding],
    sources: Sources<'_>,
    each: &mut EachRow<'_>,
) -> mysql_async::Result<u64> {
    let values = bound(bindings, sources);
    let parameters = if values.is_empty() { Params::Empty } else { Params::Positional(values) };
    let mut result = connection.exec_iter(text, parameters).await?;
    while let Some(row) = result.next().await? {
        if !each(&Columns { row: &row, flavour }) {
            break;
        }
    }
    Ok(result.affected_rows())
}
