//! Group commit: whatever waits is one statement, made durable by one sync, and only then acknowledged.

use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, Statement};

use super::values::{Id, Label, Millis};
use crate::Failure;
use crate::posts::NewPost;

const QUEUE: usize = 4_096;
const GROUP: usize = 256;
const INSERT: &str = "INSERT INTO posts (id, title, content, status, views, author_id, created_at, updated_at) \
    SELECT id, title, content, status, views, author_id, created, created FROM unnest($1::uuid[], $2::text[], $3::text[], \
    $4::status[], $5::int[], $6::uuid[], $7::timestamptz[]) \
    AS new (id, title, content, status, views, author_id, created)";

/// What became of a post: committed, or the text of what failed.
pub(super) type Outcome = Result<NewPost, String>;

struct Job {
    post: NewPost,
    done: oneshot::Sender<Outcome>,
}

pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) async fn start(client: Client) -> Result<Self, Failure> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let insert = client.prepare(INSERT).await?;
        tokio::spawn(run(client, insert, receiver));
        Ok(Self(sender))
    }

    /// Queues the post; `None` when the queue is full.
    pub(super) fn insert(&self, post: NewPost) -> Option<oneshot::Receiver<Outcome>> {
        let (done, outcome) = oneshot::channel();
        self.0.try_send(Job { post, done }).ok()?;
        Some(outcome)
    }
}

async fn run(client: Client, insert: Statement, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        let is_written = write(&client, &insert, &group).await.is_ok();
        for job in group.drain(..) {
            // A refused row undoes its own statement only; its neighbours go on.
            let outcome = match is_written {
                true => Ok(()),
                false => write(&client, &insert, std::slice::from_ref(&job)).await,
            };
            // A client that went away does not undo a committed row.
            let _ = job.done.send(outcome.map(|()| job.post).map_err(|failure| failure.to_string()));
        }
    }
}

async fn write(client: &Client, insert: &Statement, group: &[Job]) -> Result<(), Failure> {
    let posts = || group.iter().map(|job| &job.post);
    let id = |text: &str| Id::parse(text).ok_or("an id that is no uuid");
    let ids = posts().map(|post| id(&post.id)).collect::<Result<Vec<_>, _>>()?;
    let titles: Vec<_> = posts().map(|post| Label(&post.title)).collect();
    let contents: Vec<_> = posts().map(|post| Label(&post.content)).collect();
    let states: Vec<_> = posts().map(|post| Label(post.status)).collect();
    let views = posts().map(|post| i32::try_from(post.views)).collect::<Result<Vec<_>, _>>()?;
    let authors = posts().map(|post| id(&post.author_id)).collect::<Result<Vec<_>, _>>()?;
    let created: Vec<_> = posts().map(|post| Millis(post.created_millis)).collect();
    client.execute(insert, &[&ids, &titles, &contents, &states, &views, &authors, &created]).await?;
    Ok(())
}
