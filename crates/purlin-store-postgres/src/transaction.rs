//! The two ways in which statements run: each by itself on a shared connection, or in a transaction on one's own.

use std::sync::Arc;

use futures_util::FutureExt as _;
use purlin_sql::server::{Connection, EachRow, Refusal};
use purlin_sql::{Binding, Sources};

use crate::exclusive::{Exclusive, Taken};
use crate::refusal::refusal;
use crate::session::Session;

/// The columns of a unique index, or of a foreign key, by name.
const INDEX_COLUMNS: &str = "SELECT a.attname::text FROM pg_catalog.pg_index i \
     JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place) \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
     WHERE c.relname = $1 AND pg_catalog.pg_table_is_visible(i.indrelid) ORDER BY k.place";
const KEY_COLUMNS: &str = "SELECT a.attname::text FROM pg_catalog.pg_constraint c \
     CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(number, place) \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number \
     WHERE c.conname = $1 AND c.contype = 'f' AND pg_catalog.pg_table_is_visible(c.conrelid) ORDER BY k.place";

/// Each statement by itself.
#[derive(Debug)]
pub(crate) struct Alone(pub Arc<Session>);

/// How a transaction begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Several reads of one state of the data.
    Snapshot,
    /// As if no other ran at the same time.
    Write,
}

/// Begun with its first statement, in the same journey. Dropped before its end, its connection is closed.
#[derive(Debug)]
pub(crate) struct Transaction<'e> {
    taken: Option<Taken>,
    pool: &'e Exclusive,
    kind: Kind,
    is_open: bool,
}

impl Connection for Alone {
    async fn run(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, Refusal> {
        let ran = self.0.run(text, bindings, sources, each).await;
        match ran {
            Err(Refusal::ForeignKey { table, columns }) => {
                let columns = key_columns(&self.0, &columns).await;
                Err(Refusal::ForeignKey { table, columns })
            }
            ran => ran,
        }
    }

    async fn recover(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    async fn index_columns(&mut self, _table: &str, index: &str) -> Vec<String> {
        columns(&self.0, INDEX_COLUMNS, index).await
    }
}

impl<'e> Transaction<'e> {
    pub(crate) fn new(pool: &'e Exclusive, taken: Taken, kind: Kind) -> Self {
        Self { taken: Some(taken), pool, kind, is_open: false }
    }

    fn session(&self) -> Result<&Session, Refusal> {
        let taken = self.taken.as_ref().ok_or_else(|| Refusal::Other("the transaction has ended".into()))?;
        Ok(&taken.session)
    }

    async fn begin_with(
        &mut self,
        text: &str,
        bindings: &[Binding],
        sources: Sources<'_>,
        each: &mut EachRow<'_>,
    ) -> Result<u64, tokio_postgres::Error> {
        let Some(taken) = &self.taken else { return Ok(0) };
        let session = &taken.session;
        if self.is_open {
            return session.query(text, bindings, sources, each).await;
        }
        self.is_open = true;
        let begin = match self.kind {
            Kind::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Kind::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        // Sent first, answered first; nobody waits for it alone.
        let begin = session.command(begin);
        let (begun, ran) = futures_util::join!(begin, session.query(text, bindings, sources, each));
        begun?;
        ran
    }

    /// After this everything is durable.
    pub(crate) async fn commit(mut self) -> Result<(), Refusal> {
        if self.is_open {
            self.session()?.command("COMMIT").await.map_err(|error| refusal(&error))?;
        }
        self.give_back();
        Ok(())
    }

    /// Nothing of it is kept. Whoever uses the connection next comes behind this.
    pub(crate) fn end(mut self) {
        if self.is_open
            && let Ok(session) = self.session()
        {
            let _ = session.command("ROLLBACK").now_or_never();
        }
        self.give_back();
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
        let ran = self.begin_with(text, bindings, sources, each).await;
        let Err(error) = ran else { return ran.map_err(|error| refusal(&error)) };
        if crate::session::is_stale(&error) {
            self.session()?.forget();
        }
        match refusal(&error) {
            Refusal::ForeignKey { table, columns } => {
                self.recover().await?;
                let columns = key_columns(self.session()?, &columns).await;
                Err(Refusal::ForeignKey { table, columns })
            }
            refusal => Err(refusal),
        }
    }

    async fn recover(&mut self) -> Result<(), Refusal> {
        if std::mem::take(&mut self.is_open) {
            self.session()?.command("ROLLBACK").await.map_err(|error| refusal(&error))?;
        }
        Ok(())
    }

    async fn index_columns(&mut self, _table: &str, index: &str) -> Vec<String> {
        match self.session() {
            Ok(session) => columns(session, INDEX_COLUMNS, index).await,
            Err(_) => Vec::new(),
        }
    }
}

/// Of a foreign key that the server has named.
async fn key_columns(session: &Session, named: &[String]) -> Vec<String> {
    match named {
        [name] => columns(session, KEY_COLUMNS, name).await,
        _ => Vec::new(),
    }
}

/// Only to say more about a failure: a failure of its own says nothing.
async fn columns(session: &Session, text: &str, name: &str) -> Vec<String> {
    let rows = session.answered(session.client().query(text, &[&name])).await.unwrap_or_default();
    rows.iter().filter_map(|row| row.try_get(0).ok()).collect()
}
