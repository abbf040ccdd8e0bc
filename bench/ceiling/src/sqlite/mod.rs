//! SQLite: reads inline on the worker thread, writes by one writer thread.

mod reader;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Row;

use self::writer::Writer;
use crate::Failure;
use crate::auth::User;
use crate::posts::{self, Columns, NewPost, Page};
use crate::query::{Count, List};
use crate::store::Store;

/// What readers and the writer share.
struct Shared {
    database: String,
    /// Commits acknowledged by the writer: a reader that has seen fewer renews its snapshot.
    commits: AtomicU64,
}

pub(crate) struct Sqlite {
    shared: Arc<Shared>,
    writer: Writer,
}

impl Shared {
    fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }
}

impl Sqlite {
    pub(crate) fn open(path: &str) -> Self {
        let shared = Arc::new(Shared { database: path.to_owned(), commits: AtomicU64::new(0) });
        Self { writer: Writer::start(path, Arc::clone(&shared)), shared }
    }
}

impl Store for Sqlite {
    async fn is_admin(&self, id: &str) -> Result<Option<bool>, Failure> {
        Ok(reader::with(&self.shared, |reader| reader.is_admin(id))?)
    }

    async fn one(&self, user: &User, id: &str, out: &mut Vec<u8>) -> Result<bool, Failure> {
        reader::with(&self.shared, |reader| reader.one(user, id, |row| posts::write(out, row, false)))
    }

    async fn list(&self, user: &User, list: &List, page: &mut Page<'_>) -> Result<(), Failure> {
        reader::with(&self.shared, |reader| reader.list(user, list, |row| page.row(row)))
    }

    async fn count(&self, user: &User, count: Count) -> Result<(i64, bool), Failure> {
        Ok(reader::with(&self.shared, |reader| reader.count(user, count))?)
    }

    async fn insert(&self, post: NewPost) -> Result<Option<NewPost>, Failure> {
        match self.writer.insert(post) {
            Some(outcome) => Ok(Some(outcome.await??)),
            None => Ok(None),
        }
    }
}

impl Columns for Row<'_> {
    fn text(&self, column: usize) -> Result<Option<&[u8]>, Failure> {
        Ok(self.get_ref(column)?.as_bytes_or_null()?)
    }

    fn integer(&self, column: usize) -> Result<i64, Failure> {
        Ok(self.get_ref(column)?.as_i64()?)
    }

    fn id(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
        out.extend_from_slice(self.get_ref(column)?.as_bytes()?);
        Ok(())
    }

    fn time(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.id(column, out)
    }
}
