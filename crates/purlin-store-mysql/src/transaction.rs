//! A connection for as long as a read or a plan takes: each statement by itself, or all in a transaction.

use purlin_sql::server::{Connection, EachRow, Refusal};
use purlin_sql::{Binding, Sources};

use crate::pool::{Pool, Taken};
use crate::session::Session;

/// The columns of a unique index, by its name.
const INDEX_COLUMNS: &str = "SELECT COLUMN_NAME FROM information_schema.STATISTICS \
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ? \
     AND COLUMN_NAME NOT LIKE '\\\\_where\\\\_%' ORDER BY SEQ_IN_INDEX";

/// How statements stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Each by itself.
    Alone,
    /// Several reads of one state of the data.
    Snapshot,
    /// As if no other ran at the same time.
    Write,
}

/// Begun with its first statement. Dropped before its end, its connection is closed.
#[derive(Debug)]
pub(crate) struct Transaction<'p> {
    taken: Option<Taken>,
    pool: &'p Pool,
    kind: Kind,
    is_open: bool,
}

impl<'p> Transaction<'p> {
    pub(crate) fn new(pool: &'p Pool, taken: Taken, kind: Kind) -> Self {
        Self { taken: Some(taken), pool, kind, is_open: false }
    }

    fn session(&mut self) -> Result<&mut Session, Refusal> {
        let taken = self.taken.as_mut().ok_or_else(|| Refusal::Other("the transaction has ended".into()))?;
        Ok(&mut taken.session)
    }

    async fn begin(&mut self) -> Result<(), Refusal> {
        let begin = match self.kind {
            Kind::Alone => return Ok(()),
            _ if self.is_open => return Ok(()),
            // Of the session's own level there is no snapshot.
            Kind::Snapshot => {
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
                 START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
            }
            Kind::Write => "START TRANSACTION",
        };
        self.session()?.command(begin).await?;
        self.is_open = true;
        Ok(())
    }

    /// After this everything is durable.
    pub(crate) async fn commit(mut self) -> Result<(), Refusal> {
        if self.is_open {
            self.session()?.command("COMMIT").await?;
        }
        self.give_back();
        Ok(())
    }

    /// Nothing of it is kept.
    pub(crate) async fn end(mut self) {
        let is_open = self.is_open;
        let is_clean = match self.session() {
            Ok(session) if is_open && !session.is_closed() => session.command("ROLLBACK").await.is_ok(),
            Ok(_) => true,
            Err(_) => false,
        };
        if is_clean {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        if let Some(taken) = self.taken.take() {
            self.pool.put_back(taken);
        }
    }
}

impl Connection for Transaction<'_> {
    async fn run(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, Refusal> {
        self.begin().await?;
        self.session()?.run(text, bindings, sources, each).await
    }

    /// A statement that failed has done nothing, and others may follow it.
    async fn recover(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    async fn index_columns(&mut self, table: &str, index: &str) -> Vec<String> {
        match self.session() {
            Ok(session) => session.texts(INDEX_COLUMNS, &[table, index]).await,
            Err(_) => Vec::new(),
        }
    }
}
