//! PostgreSQL: few connections that all requests share, each statement sent behind the last one without waiting for
//! its answer; writes in groups on a connection of their own.

mod gather;
mod texts;
mod values;
mod writer;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt as _;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, RowStream, Statement};

use self::texts::{Place, Text};
use self::values::{Id, Millis};
use self::writer::Writer;
use crate::Failure;
use crate::auth::User;
use crate::posts::{self, NewPost, Page};
use crate::query::{Count, Cursor, List};
use crate::store::{CAP, Capped, Store};

const CONNECTIONS: usize = 2;

type Param<'p> = &'p (dyn ToSql + Sync);

pub(crate) struct Postgres {
    lanes: Vec<Lane>,
    next: AtomicUsize,
    writer: Writer,
    capped: Capped,
}

/// One connection with what was prepared on it.
struct Lane {
    client: Client,
    prepared: RwLock<HashMap<Text, Statement>>,
}

async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        if let Err(failure) = gather::Gathered::new(connection).await {
            eprintln!("a connection was lost: {failure}");
            std::process::exit(1);
        }
    });
    // Every statement is made for one plan; the server need not look for it again.
    client
        .batch_execute("SET TIME ZONE 'UTC'; SET jit = off; SET plan_cache_mode = force_generic_plan")
        .await?;
    Ok(client)
}

impl Postgres {
    pub(crate) async fn connect(url: &str) -> Result<Self, Failure> {
        let mut lanes = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            lanes.push(Lane { client: connect(url).await?, prepared: RwLock::default() });
        }
        let writer = Writer::start(connect(url).await?).await?;
        Ok(Self { lanes, next: AtomicUsize::new(0), writer, capped: Capped::default() })
    }

    async fn run(&self, text: Text, params: &[Param<'_>]) -> Result<RowStream, Failure> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.lanes[number % CONNECTIONS].run(text, params).await
    }

    async fn first(&self, text: Text, params: &[Param<'_>]) -> Result<Option<Row>, Failure> {
        let mut rows = pin!(self.run(text, params).await?);
        Ok(rows.next().await.transpose()?)
    }
}

impl Lane {
    async fn run(&self, text: Text, params: &[Param<'_>]) -> Result<RowStream, Failure> {
        let known = self.prepared.read().ok().and_then(|prepared| prepared.get(&text).cloned());
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare(&text.sql()).await?;
                if let Ok(mut prepared) = self.prepared.write() {
                    prepared.insert(text, statement.clone());
                }
                statement
            }
        };
        Ok(self.client.query_raw(&statement, params.iter().copied()).await?)
    }
}

impl Store for Postgres {
    async fn is_admin(&self, id: &str) -> Result<Option<bool>, Failure> {
        let Some(id) = Id::parse(id) else { return Ok(None) };
        Ok(self.first(Text::User, &[&id]).await?.map(|row| row.try_get(0)).transpose()?)
    }

    async fn one(&self, user: &User, id: &str, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let (Some(id), Some(actor)) = (Id::parse(id), Id::parse(&user.id)) else { return Ok(false) };
        let row = match user.is_admin {
            true => self.first(Text::OneOfAll, &[&id]).await?,
            false => self.first(Text::One, &[&id, &actor]).await?,
        };
        let Some(row) = row else { return Ok(false) };
        posts::write(out, &row, false)?;
        Ok(true)
    }

    async fn list(&self, user: &User, list: &List, page: &mut Page<'_>) -> Result<(), Failure> {
        let Some(actor) = Id::parse(&user.id) else { return Ok(()) };
        let text = |place, limit| Text::List {
            place,
            limit,
            with_author: list.includes_author,
            is_admin: user.is_admin,
        };
        let offset = (list.page - 1) * list.limit;
        let rows = match &list.cursor {
            Some(Cursor(Some((created_at, id)))) => {
                let (Some(created), Some(id)) = (Millis::parse(created_at), Id::parse(id)) else {
                    return Ok(());
                };
                self.run(text(Place::After, list.limit + 1), &[&actor, &created, &id]).await?
            }
            Some(Cursor(None)) => self.run(text(Place::Start, list.limit + 1), &[&actor]).await?,
            None if offset == 0 => self.run(text(Place::Start, list.limit), &[&actor]).await?,
            None => self.run(text(Place::Offset, list.limit), &[&actor, &offset]).await?,
        };
        let mut rows = pin!(rows);
        while let Some(row) = rows.next().await {
            page.row(&row?)?;
        }
        Ok(())
    }

    async fn count(&self, user: &User, count: Count) -> Result<(i64, bool), Failure> {
        let Some(actor) = Id::parse(&user.id) else { return Ok((0, false)) };
        if count != Count::Exact && self.capped.has(user) {
            return Ok((CAP, true));
        }
        let text = Text::Count { is_capped: count != Count::Exact, is_admin: user.is_admin };
        let row = self.first(text, &[&actor]).await?.ok_or("a count without a row")?;
        let total = row.try_get(0)?;
        Ok(if count == Count::Exact { (total, false) } else { self.capped.answer(user, total) })
    }

    async fn insert(&self, post: NewPost) -> Result<Option<NewPost>, Failure> {
        match self.writer.insert(post) {
            Some(outcome) => Ok(Some(outcome.await??)),
            None => Ok(None),
        }
    }
}
