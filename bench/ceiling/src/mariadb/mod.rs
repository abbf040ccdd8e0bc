//! MariaDB: few connections, each for one request at a time, with their statements prepared; writes in groups on a
//! connection of their own.

mod texts;
mod values;
mod writer;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Opts, OptsBuilder, Params, Row, Statement, Value};
use tokio::sync::Semaphore;

use self::texts::{Place, Text};
use self::values::moment;
use self::writer::Writer;
use crate::Failure;
use crate::auth::User;
use crate::posts::{self, Columns as _, NewPost, Page};
use crate::query::{Count, Cursor, List};
use crate::store::{CAP, Capped, Store};

const CONNECTIONS: usize = 8;
/// More than there are texts, so that the driver closes none.
const STATEMENTS: usize = 1_000;

pub(crate) struct MariaDb {
    options: Opts,
    places: Semaphore,
    idle: Mutex<Vec<Lane>>,
    writer: Writer,
    capped: Capped,
}

/// One connection with what was prepared on it.
struct Lane {
    connection: Conn,
    prepared: HashMap<Text, Statement>,
}

impl MariaDb {
    pub(crate) async fn connect(url: &str) -> Result<Self, Failure> {
        // The driver refuses options that are not its own.
        let address = url.split_once('?').map_or(url, |(address, _)| address);
        let options: Opts = OptsBuilder::from_opts(Opts::from_url(address)?)
            .prefer_socket(false)
            .stmt_cache_size(STATEMENTS)
            .into();
        Ok(Self {
            writer: Writer::start(Conn::new(options.clone()).await?),
            options,
            places: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
            capped: Capped::default(),
        })
    }

    /// A connection whose request fails or goes away is closed.
    async fn run(
        &self,
        text: Text,
        params: Vec<Value>,
        each: impl FnMut(&Row) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let _place = self.places.acquire().await?;
        let idle = self.idle().pop();
        let mut lane = match idle {
            Some(lane) => lane,
            None => Lane { connection: Conn::new(self.options.clone()).await?, prepared: HashMap::new() },
        };
        lane.run(text, params, each).await?;
        self.idle().push(lane);
        Ok(())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Lane>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn number(&self, text: Text, params: Vec<Value>) -> Result<Option<i64>, Failure> {
        let mut found = None;
        self.run(text, params, |row| {
            found = Some(row.integer(0)?);
            Ok(())
        })
        .await?;
        Ok(found)
    }
}

impl Lane {
    async fn run(
        &mut self,
        text: Text,
        params: Vec<Value>,
        mut each: impl FnMut(&Row) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let statement = match self.prepared.get(&text) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.connection.prep(text.sql()).await?;
                self.prepared.insert(text, statement.clone());
                statement
            }
        };
        let params = if params.is_empty() { Params::Empty } else { Params::Positional(params) };
        let mut rows = self.connection.exec_iter(statement, params).await?;
        while let Some(row) = rows.next().await? {
            each(&row)?;
        }
        Ok(())
    }
}

impl Store for MariaDb {
    async fn is_admin(&self, id: &str) -> Result<Option<bool>, Failure> {
        Ok(self.number(Text::User, vec![id.into()]).await?.map(|is_admin| is_admin != 0))
    }

    async fn one(&self, user: &User, id: &str, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let (text, params) = match user.is_admin {
            true => (Text::OneOfAll, vec![id.into()]),
            false => (Text::One, vec![id.into(), user.id.as_str().into()]),
        };
        let mut is_found = false;
        self.run(text, params, |row| {
            is_found = true;
            posts::write(out, row, false)
        })
        .await?;
        Ok(is_found)
    }

    async fn list(&self, user: &User, list: &List, page: &mut Page<'_>) -> Result<(), Failure> {
        let offset = (list.page - 1) * list.limit;
        let (place, limit, rest): (_, _, Vec<Value>) = match &list.cursor {
            Some(Cursor(Some((created_at, id)))) => {
                let Some(created) = moment(created_at) else { return Ok(()) };
                (Place::After, list.limit + 1, vec![created.clone(), created, id.as_str().into()])
            }
            Some(Cursor(None)) => (Place::Start, list.limit + 1, vec![]),
            None if offset == 0 => (Place::Start, list.limit, vec![]),
            None => (Place::Offset, list.limit, vec![offset.into()]),
        };
        let (with_author, is_admin) = (list.includes_author, user.is_admin);
        // What an actor may read, and whose address is shown.
        let named = if is_admin { 0 } else { 1 + usize::from(with_author) };
        let params = std::iter::repeat_n(Value::from(user.id.as_str()), named).chain(rest).collect();
        self.run(Text::List { place, limit, with_author, is_admin }, params, |row| page.row(row)).await
    }

    async fn count(&self, user: &User, count: Count) -> Result<(i64, bool), Failure> {
        let is_capped = count != Count::Exact;
        if is_capped && self.capped.has(user) {
            return Ok((CAP, true));
        }
        let params = if user.is_admin { vec![] } else { vec![user.id.as_str().into()] };
        let text = Text::Count { is_capped, is_admin: user.is_admin };
        let total = self.number(text, params).await?.ok_or("a count without a row")?;
        Ok(if is_capped { self.capped.answer(user, total) } else { (total, false) })
    }

    async fn insert(&self, post: NewPost) -> Result<Option<NewPost>, Failure> {
        match self.writer.insert(post) {
            Some(outcome) => Ok(Some(outcome.await??)),
            None => Ok(None),
        }
    }
}
