//! The one writer thread with group commit: whatever waits is written in one transaction, made
//! durable by one sync, and only then acknowledged.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::Shared;
use crate::posts::NewPost;

const QUEUE: usize = 4_096;
const GROUP: usize = 256;

/// What became of a post: committed, or the text of what failed.
pub(crate) type Outcome = Result<NewPost, String>;

struct Job {
    post: NewPost,
    done: oneshot::Sender<Outcome>,
}

pub(crate) struct Writer(SyncSender<Job>);

impl Writer {
    pub(crate) fn start(database: &str, shared: Arc<Shared>) -> Self {
        let (sender, receiver) = sync_channel(QUEUE);
        let path = database.to_owned();
        std::thread::spawn(move || {
            if let Err(failure) = run(&path, &receiver, &shared) {
                eprintln!("the writer stopped: {failure}");
                std::process::exit(1);
            }
        });
        Self(sender)
    }

    /// Queues the post; `None` when the queue is full.
    pub(crate) fn insert(&self, post: NewPost) -> Option<oneshot::Receiver<Outcome>> {
        let (done, outcome) = oneshot::channel();
        self.0.try_send(Job { post, done }).ok()?;
        Some(outcome)
    }
}

fn run(path: &str, jobs: &Receiver<Job>, shared: &Shared) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    let mut begin = connection.prepare("BEGIN IMMEDIATE")?;
    let mut commit = connection.prepare("COMMIT")?;
    let mut insert = connection.prepare(
        r#"INSERT INTO "Post" ("id", "title", "content", "status", "views", "authorId", "createdAt", "updatedAt")
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)"#,
    )?;
    let mut outcomes: Vec<(oneshot::Sender<Outcome>, Outcome)> = Vec::with_capacity(GROUP);
    while let Ok(first) = jobs.recv() {
        begin.raw_execute()?;
        for Job { post, done } in std::iter::once(first).chain(jobs.try_iter().take(GROUP - 1)) {
            let written = insert.execute(params![
                post.id,
                post.title,
                post.content,
                post.status,
                post.views,
                post.author_id,
                post.created_at
            ]);
            // A refused row undoes its own statement only; its neighbours go on.
            outcomes.push((done, written.map(|_| post).map_err(|failure| failure.to_string())));
        }
        commit.raw_execute()?;
        shared.commits.fetch_add(1, Ordering::Release);
        for (done, outcome) in outcomes.drain(..) {
            // A client that went away does not undo a committed row.
            let _ = done.send(outcome);
        }
    }
    Ok(())
}
