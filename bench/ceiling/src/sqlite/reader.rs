//! One read connection per worker thread, with every statement prepared, inside a read
//! transaction that is held between requests: renewed after each commit of the writer and at
//! the latest every 50 ms, so that reads see every acknowledged write.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, Row, Statement, params};

use super::Shared;
use crate::Failure;
use crate::auth::User;
use crate::query::{Count, Cursor, List};
use crate::store::CAP;

const LONGEST_HOLD: Duration = Duration::from_millis(50);

// The unary plus keeps the planner on the index of the order; without it, it sorts every
// readable row on each page.
macro_rules! readable {
    () => {
        r#"(+p."status" = 'PUBLISHED' OR +p."authorId" = ?1 OR ?2)"#
    };
}
macro_rules! post {
    () => {
        r#"p."id", p."title", p."content", p."status", p."views", p."authorId", p."createdAt", p."updatedAt""#
    };
}
macro_rules! author {
    () => {
        r#", a."id", CASE WHEN ?2 OR a."id" = ?1 THEN a."email" END, a."name", a."role", a."createdAt""#
    };
}

type Prepared = Statement<'static>;

pub(crate) struct Reader {
    begin: Prepared,
    commit: Prepared,
    user: Prepared,
    one: Prepared,
    /// By page, from the start by cursor, from a place by cursor; each without and with author.
    lists: [[Prepared; 2]; 2],
    counts: [Prepared; 2],
    held: Option<Instant>,
    seen_commits: u64,
    /// Actors known to see at least `CAP` posts. Inserts cannot end that, and this server has
    /// no update or delete.
    capped: HashSet<String>,
}

thread_local! {
    static READER: RefCell<Option<Reader>> = const { RefCell::new(None) };
}

/// Runs `work` on this thread's reader, opening it on first use.
pub(crate) fn with<T, E: From<rusqlite::Error>>(
    shared: &Shared,
    work: impl FnOnce(&mut Reader) -> Result<T, E>,
) -> Result<T, E> {
    READER.with_borrow_mut(|slot| {
        let reader = match slot {
            Some(reader) => reader,
            None => slot.insert(Reader::open(&shared.database)?),
        };
        reader.let_go_if_stale(shared)?;
        work(reader)
    })
}

impl Reader {
    fn open(path: &str) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // One per worker, alive as long as the process: leaked, so that statements may borrow it.
        let connection: &'static Connection = Box::leak(Box::new(Connection::open_with_flags(path, flags)?));
        connection.execute_batch("PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456")?;
        let prepare = |sql: &str| connection.prepare(sql);
        let list = |place: &str, author: bool| {
            let columns = if author { concat!(post!(), author!()) } else { post!() };
            let join = if author { r#"JOIN "User" a ON a."id" = p."authorId""# } else { "" };
            prepare(&format!(
                concat!(
                    r#"SELECT {} FROM "Post" p {} WHERE "#,
                    readable!(),
                    r#" {} ORDER BY p."createdAt" DESC, p."id" DESC LIMIT ?3 OFFSET ?4"#
                ),
                columns, join, place
            ))
        };
        let after = r#"AND p."createdAt" <= ?5 AND (p."createdAt" < ?5 OR p."id" < ?6)"#;
        Ok(Self {
            begin: prepare("BEGIN")?,
            commit: prepare("COMMIT")?,
            user: prepare(r#"SELECT "role" = 'ADMIN' FROM "User" WHERE "id" = ?1"#)?,
            one: prepare(concat!(
                "SELECT ",
                post!(),
                r#" FROM "Post" p WHERE p."id" = ?3 AND "#,
                readable!()
            ))?,
            lists: [[list("", false)?, list("", true)?], [list(after, false)?, list(after, true)?]],
            counts: [
                prepare(
                    r#"SELECT count(*) FROM (SELECT 1 FROM "Post" WHERE "status" = 'PUBLISHED' UNION ALL
                       SELECT 1 FROM "Post" WHERE "status" <> 'PUBLISHED' AND ("authorId" = ?1 OR ?2) LIMIT ?3)"#,
                )?,
                prepare(
                    r#"SELECT (SELECT count(*) FROM "Post" WHERE "status" = 'PUBLISHED') +
                       (SELECT count(*) FROM "Post" WHERE "authorId" = ?1 AND "status" <> 'PUBLISHED')"#,
                )?,
            ],
            held: None,
            seen_commits: 0,
            capped: HashSet::new(),
        })
    }

    /// Ends the held transaction when it may be behind; the next read begins another.
    fn let_go_if_stale(&mut self, shared: &Shared) -> rusqlite::Result<()> {
        let commits = shared.commits();
        if let Some(since) = self.held
            && (commits != self.seen_commits || since.elapsed() > LONGEST_HOLD)
        {
            self.commit.raw_execute()?;
            self.held = None;
        }
        self.seen_commits = commits;
        Ok(())
    }

    fn hold(&mut self) -> rusqlite::Result<()> {
        if self.held.is_none() {
            self.begin.raw_execute()?;
            self.held = Some(Instant::now());
        }
        Ok(())
    }

    /// Whether this user exists, and is an admin.
    pub(crate) fn is_admin(&mut self, id: &str) -> rusqlite::Result<Option<bool>> {
        self.hold()?;
        let mut rows = self.user.query(params![id])?;
        rows.next()?.map(|row| row.get(0)).transpose()
    }

    /// Gives the post to `write`, if it exists and the user may read it.
    pub(crate) fn one(
        &mut self,
        user: &User,
        id: &str,
        write: impl FnOnce(&Row<'_>) -> Result<(), Failure>,
    ) -> Result<bool, Failure> {
        self.hold()?;
        let mut rows = self.one.query(params![user.id, user.is_admin, id])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        write(row)?;
        Ok(true)
    }

    /// Gives each row of the page to `write`; a cursor page reads one row more than asked for.
    pub(crate) fn list(
        &mut self,
        user: &User,
        list: &List,
        mut write: impl FnMut(&Row<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.hold()?;
        let author = usize::from(list.includes_author);
        let mut rows = match &list.cursor {
            Some(Cursor(Some((created_at, id)))) => self.lists[1][author].query(params![
                user.id,
                user.is_admin,
                list.limit + 1,
                0,
                created_at,
                id
            ])?,
            Some(Cursor(None)) => {
                self.lists[0][author].query(params![user.id, user.is_admin, list.limit + 1, 0])?
            }
            None => {
                let offset = (list.page - 1) * list.limit;
                self.lists[0][author].query(params![user.id, user.is_admin, list.limit, offset])?
            }
        };
        while let Some(row) = rows.next()? {
            write(row)?;
        }
        Ok(())
    }

    /// The number of readable posts, and whether the cap cut it.
    pub(crate) fn count(&mut self, user: &User, count: Count) -> rusqlite::Result<(i64, bool)> {
        self.hold()?;
        let total: i64 = match count {
            Count::Exact if !user.is_admin => self.counts[1].query_row(params![user.id], |row| row.get(0))?,
            Count::Exact => self.counts[0].query_row(params![user.id, true, -1], |row| row.get(0))?,
            _ if self.capped.contains(&user.id) => CAP + 1,
            _ => self.counts[0].query_row(params![user.id, user.is_admin, CAP + 1], |row| row.get(0))?,
        };
        if count == Count::Exact {
            return Ok((total, false));
        }
        if total > CAP {
            self.capped.insert(user.id.clone());
        }
        Ok((total.min(CAP), total > CAP))
    }
}
