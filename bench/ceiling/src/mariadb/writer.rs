//! Group commit: whatever waits is one statement, made durable by one sync, and only then acknowledged.

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Params, Statement, Value};
use tokio::sync::{mpsc, oneshot};

use super::values::moment;
use crate::Failure;
use crate::posts::NewPost;

const QUEUE: usize = 4_096;
const GROUP: usize = 256;
const INSERT: &str =
    "INSERT INTO posts (id, title, content, status, views, author_id, created_at, updated_at) VALUES ";
const ROW: &str = "(?, ?, ?, ?, ?, ?, ?, ?)";

/// What became of a post: committed, or the text of what failed.
pub(super) type Outcome = Result<NewPost, String>;

struct Job {
    post: NewPost,
    done: oneshot::Sender<Outcome>,
}

pub(super) struct Writer(mpsc::Sender<Job>);

/// The connection, and the statement for each number of rows that has been written.
struct Lane {
    connection: Conn,
    prepared: Vec<Option<Statement>>,
}

impl Writer {
    pub(super) fn start(connection: Conn) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(Lane { connection, prepared: vec![None; GROUP + 1] }, receiver));
        Self(sender)
    }

    /// Queues the post; `None` when the queue is full.
    pub(super) fn insert(&self, post: NewPost) -> Option<oneshot::Receiver<Outcome>> {
        let (done, outcome) = oneshot::channel();
        self.0.try_send(Job { post, done }).ok()?;
        Some(outcome)
    }
}

async fn run(mut lane: Lane, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        let is_written = lane.write(&group).await.is_ok();
        for job in group.drain(..) {
            // A refused row undoes its own statement only; its neighbours go on.
            let outcome = match is_written {
                true => Ok(()),
                false => lane.write(std::slice::from_ref(&job)).await,
            };
            // A client that went away does not undo a committed row.
            let _ = job.done.send(outcome.map(|()| job.post).map_err(|failure| failure.to_string()));
        }
    }
}

impl Lane {
    async fn write(&mut self, group: &[Job]) -> Result<(), Failure> {
        let statement = match &self.prepared[group.len()] {
            Some(statement) => statement.clone(),
            None => {
                let text = format!("{INSERT}{}", vec![ROW; group.len()].join(", "));
                let statement = self.connection.prep(text).await?;
                self.prepared[group.len()] = Some(statement.clone());
                statement
            }
        };
        let mut params = Vec::with_capacity(group.len() * 8);
        for Job { post, .. } in group {
            let created = moment(&post.created_at).ok_or("a time that is none")?;
            params.extend([
                post.id.as_str().into(),
                post.title.as_str().into(),
                post.content.as_str().into(),
                post.status.into(),
                post.views.into(),
                post.author_id.as_str().into(),
                created.clone(),
                created,
            ] as [Value; 8]);
        }
        Ok(self.connection.exec_drop(statement, Params::Positional(params)).await?)
    }
}
