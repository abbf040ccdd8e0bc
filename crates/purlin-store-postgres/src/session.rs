//! One connection with the statements that it keeps ready. Several requests may use it at once: what they send goes
//! one behind the other, without waiting for answers in between.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use purlin_sql::server::{EachRow, Refusal};
use purlin_sql::{Binding, Sources};
use tokio::task::AbortHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Statement};

use crate::config::Config;
use crate::connect::connect;
use crate::error::Error;
use crate::refusal::refusal;
use crate::value::{Bound, Columns, bound};

#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    prepared: Mutex<HashMap<Box<str>, Statement, foldhash::fast::RandomState>>,
    capacity: usize,
    statements: AtomicU64,
    /// How long it may give no answer at all.
    patience: Duration,
    answers: AtomicU64,
    work: AbortHandle,
}

/// The server stops a statement that takes too long; if it does not, nobody waits for longer than this after it.
const GRACE: Duration = Duration::from_secs(1);

impl Session {
    pub(crate) async fn open(config: &Config) -> Result<Self, Error> {
        let (client, work) = connect(config).await?;
        Ok(Self {
            client,
            work,
            prepared: Mutex::default(),
            capacity: config.cached_statements,
            patience: config.statement_timeout + GRACE,
            statements: AtomicU64::new(0),
            answers: AtomicU64::new(0),
        })
    }

    /// What the server is asked. When for too long it answers nobody who uses this connection, it is closed, which
    /// they all hear.
    pub(crate) async fn answered<T>(
        &self,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, tokio_postgres::Error> {
        let mut asked = pin!(asked);
        loop {
            let before = self.answers.load(Ordering::Relaxed);
            if let Ok(answer) = tokio::time::timeout(self.patience, asked.as_mut()).await {
                self.answers.fetch_add(1, Ordering::Relaxed);
                return answer;
            }
            if self.answers.load(Ordering::Relaxed) == before {
                tracing::error!("the database does not answer; its connection is closed");
                self.work.abort();
                return asked.await;
            }
        }
    }

    /// What begins or ends a transaction.
    pub(crate) async fn command(&self, text: &str) -> Result<(), tokio_postgres::Error> {
        self.answered(self.client.batch_execute(text)).await
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Statements executed so far.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Outside of a transaction.
    pub(crate) async fn run(
        &self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, Refusal> {
        match self.query(text, bindings, sources, each).await {
            // A table was changed since it was prepared: nothing has been done yet.
            Err(error) if is_stale(&error) => {
                self.forget();
                self.query(text, bindings, sources, each).await.map_err(|error| refusal(&error))
            }
            result => result.map_err(|error| refusal(&error)),
        }
    }

    pub(crate) async fn query(
        &self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, tokio_postgres::Error> {
        self.query_with(text, bound(bindings, sources), each).await
    }

    pub(crate) async fn query_with<'b, V>(
        &self,
        text: &str,
        values: V,
        each: &mut EachRow<'_>,
    ) -> Result<u64, tokio_postgres::Error>
    where
        V: IntoIterator<Item = Bound<'b>, IntoIter: ExactSizeIterator>,
    {
        let asked = async {
            let statement = self.prepare(text).await?;
            self.statements.fetch_add(1, Ordering::Relaxed);
            let mut rows = pin!(self.client.query_raw(&statement, values).await?);
            while let Some(row) = rows.next().await {
                if !each(&Columns(&row?)) {
                    break;
                }
            }
            Ok(rows.rows_affected().unwrap_or_default())
        };
        self.answered(asked).await
    }

    async fn prepare(&self, text: &str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.prepared().get(text).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(text).await?;
        let mut prepared = self.prepared();
        if prepared.len() >= self.capacity {
            prepared.clear();
        }
        prepared.insert(text.into(), statement.clone());
        Ok(statement)
    }

    /// After a change of tables.
    pub(crate) fn forget(&self) {
        self.prepared().clear();
    }

    fn prepared(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<Box<str>, Statement, foldhash::fast::RandomState>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `cached plan must not change result type`, and its like.
pub(crate) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED)
        && error.as_db_error().is_some_and(|server| server.message().contains("cached plan"))
}
