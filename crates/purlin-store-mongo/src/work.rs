//! What statements run on: a session, the time that is left for them, and how much they may hold.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use mongodb::bson::{Document, RawDocumentBuf};
use mongodb::{ClientSession, Collection};
use purlin_core::error::Error;
use purlin_core::schema::Schema;

use crate::error::{Failure, too_slow};
use crate::shared::Shared;

/// Rows that the server sends at a time, where they are not too long.
const BATCH: u32 = 1000;
/// How long the server's own limit is waited for beyond it.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Work<'w> {
    pub shared: &'w Shared,
    pub session: &'w mut ClientSession,
    limit: Duration,
    until: Instant,
    held_bytes: usize,
}

impl<'w> Work<'w> {
    pub(crate) fn new(shared: &'w Shared, session: &'w mut ClientSession, limit: Duration) -> Self {
        Self { shared, session, limit, until: Instant::now() + limit, held_bytes: 0 }
    }

    /// Part of the time went to tries before.
    pub(crate) fn until(mut self, until: Instant) -> Self {
        self.until = self.until.min(until);
        self
    }

    pub(crate) fn schema(&self) -> &'w Schema {
        &self.shared.schema
    }

    pub(crate) fn max_bytes(&self) -> usize {
        self.shared.config.max_answer_bytes
    }

    /// What is left of the time; an error when it is over.
    pub(crate) fn left(&self) -> Result<Duration, Failure> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(too_slow(self.limit).into()) } else { Ok(left.max(Duration::from_millis(1))) }
    }

    pub(crate) fn collection(&self, name: &str) -> Collection<Document> {
        self.shared.database.collection(name)
    }

    pub(crate) fn count_statement(&self) {
        self.shared.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// One statement, within the time that is left whatever the server does.
    pub(crate) async fn run<T>(
        &mut self,
        statement: impl AsyncFnOnce(&mut ClientSession, Duration) -> Result<T, mongodb::error::Error>,
    ) -> Result<T, Failure> {
        self.count_statement();
        let left = self.left()?;
        within(left + GRACE, self.limit, statement(self.session, left)).await
    }

    /// A command of several changes, all of which must be done.
    pub(crate) async fn change(&mut self, command: Document) -> Result<(), Failure> {
        let database = &self.shared.database;
        let answer =
            self.run(async |session, _| database.run_command(command).session(session).await).await?;
        match answer.get_array("writeErrors").ok().and_then(|errors| errors.first()) {
            Some(error) => Err(Error::internal(format!("a change was refused: {error}")).into()),
            None => Ok(()),
        }
    }

    /// All documents that come out of a pipeline, as long as they fit.
    pub(crate) async fn rows(
        &mut self,
        collection: &str,
        pipeline: Vec<Document>,
    ) -> Result<Vec<RawDocumentBuf>, Failure> {
        self.count_statement();
        let left = self.left()?;
        let collection = self.collection(collection);
        let (session, held) = (&mut *self.session, &mut self.held_bytes);
        let most = self.shared.config.max_answer_bytes;
        let reading = async move {
            let aggregate =
                collection.aggregate(pipeline).max_time(left).batch_size(BATCH).allow_disk_use(true);
            let mut cursor = aggregate.session(&mut *session).await?;
            let mut rows = Vec::new();
            while cursor.advance(session).await? {
                let row = cursor.current().to_owned();
                *held += row.as_bytes().len();
                if *held > most {
                    return Ok(None);
                }
                rows.push(row);
            }
            Ok(Some(rows))
        };
        match within(left + GRACE, self.limit, reading).await? {
            Some(rows) => Ok(rows),
            None => {
                Err(Error::TooLarge("the answer is too long; ask for fewer rows or fields".to_owned()).into())
            }
        }
    }
}

async fn within<T>(
    wait: Duration,
    limit: Duration,
    statement: impl Future<Output = Result<T, mongodb::error::Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(wait, statement).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(too_slow(limit).into()),
    }
}
