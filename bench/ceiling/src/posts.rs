//! The posts' bodies: reading what a client sends, writing what it gets.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use crate::auth::User;
use crate::query::{Cursor, List};
use crate::time::iso_8601;
use crate::{Failure, json};

/// A row as a store's driver gives it: columns in the order of `write`, the author's behind the post's.
pub(crate) trait Columns {
    fn text(&self, column: usize) -> Result<Option<&[u8]>, Failure>;
    fn integer(&self, column: usize) -> Result<i64, Failure>;
    /// Writes an id as text, without quotes.
    fn id(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure>;
    /// Writes a time as ISO 8601, without quotes.
    fn time(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Failure>;
}

/// Writes one row, with its author if asked for.
pub(crate) fn write(out: &mut Vec<u8>, row: &impl Columns, with_author: bool) -> Result<(), Failure> {
    out.extend_from_slice(b"{\"id\":\"");
    row.id(0, out)?;
    out.extend_from_slice(b"\",\"title\":");
    string_or_null(out, row.text(1)?);
    out.extend_from_slice(b",\"content\":");
    string_or_null(out, row.text(2)?);
    out.extend_from_slice(b",\"status\":");
    json::plain(out, row.text(3)?.unwrap_or_default());
    out.extend_from_slice(b",\"views\":");
    json::integer(out, row.integer(4)?);
    out.extend_from_slice(b",\"authorId\":\"");
    row.id(5, out)?;
    out.extend_from_slice(b"\",\"createdAt\":\"");
    row.time(6, out)?;
    out.extend_from_slice(b"\",\"updatedAt\":\"");
    row.time(7, out)?;
    out.push(b'"');
    if with_author {
        out.extend_from_slice(b",\"author\":{\"id\":\"");
        row.id(8, out)?;
        out.extend_from_slice(b"\",\"email\":");
        string_or_null(out, row.text(9)?);
        out.extend_from_slice(b",\"name\":");
        string_or_null(out, row.text(10)?);
        out.extend_from_slice(b",\"role\":");
        json::plain(out, row.text(11)?.unwrap_or_default());
        out.extend_from_slice(b",\"createdAt\":\"");
        row.time(12, out)?;
        out.extend_from_slice(b"\"}");
    }
    out.push(b'}');
    Ok(())
}

fn string_or_null(out: &mut Vec<u8>, text: Option<&[u8]>) {
    match text {
        Some(text) => json::string(out, text),
        None => out.extend_from_slice(b"null"),
    }
}

/// The body of a list while its rows arrive: a cursor page has one row more than asked for.
pub(crate) struct Page<'p> {
    out: &'p mut Vec<u8>,
    list: &'p List,
    rows: i64,
    last: Option<String>,
    has_more: bool,
}

impl<'p> Page<'p> {
    pub(crate) fn begin(out: &'p mut Vec<u8>, list: &'p List) -> Self {
        out.extend_from_slice(b"{\"data\":[");
        Self { out, list, rows: 0, last: None, has_more: false }
    }

    pub(crate) fn row(&mut self, row: &impl Columns) -> Result<(), Failure> {
        if self.rows == self.list.limit {
            self.has_more = true;
            return Ok(());
        }
        if self.rows > 0 {
            self.out.push(b',');
        }
        self.rows += 1;
        if self.rows == self.list.limit && self.list.cursor.is_some() {
            let mut place = Vec::with_capacity(64);
            row.time(6, &mut place)?;
            place.push(b'|');
            row.id(0, &mut place)?;
            self.last = Some(Cursor::encode(&place));
        }
        write(self.out, row, self.list.includes_author)
    }

    /// `total` is the number of readable rows and whether the cap cut it, if it was counted.
    pub(crate) fn end(self, total: Option<(i64, bool)>) {
        let Self { out, list, last, has_more, .. } = self;
        out.extend_from_slice(b"],\"meta\":{");
        if list.cursor.is_some() {
            out.extend_from_slice(b"\"limit\":");
            json::integer(out, list.limit);
            out.extend_from_slice(b",\"nextCursor\":");
            match last.filter(|_| has_more) {
                Some(cursor) => json::plain(out, cursor.as_bytes()),
                None => out.extend_from_slice(b"null"),
            }
            out.extend_from_slice(if has_more { b",\"hasMore\":true" } else { b",\"hasMore\":false" });
        } else {
            out.extend_from_slice(b"\"page\":");
            json::integer(out, list.page);
            out.extend_from_slice(b",\"limit\":");
            json::integer(out, list.limit);
            if let Some((total, is_capped)) = total {
                out.extend_from_slice(b",\"total\":");
                json::integer(out, total);
                out.extend_from_slice(b",\"totalPages\":");
                json::integer(out, (total + list.limit - 1) / list.limit);
                if is_capped {
                    out.extend_from_slice(b",\"totalIsCapped\":true");
                }
            }
        }
        out.extend_from_slice(b"}}");
    }
}

/// A row to insert.
pub(crate) struct NewPost {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) status: &'static str,
    pub(crate) views: i64,
    pub(crate) author_id: String,
    pub(crate) created_millis: i64,
    pub(crate) created_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Draft {
    title: String,
    content: String,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    views: i32,
    author_id: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    #[default]
    Draft,
    Published,
}

pub(crate) enum Refusal {
    Malformed,
    Invalid,
    Forbidden,
    /// The system gives no randomness for an id, or too many wait.
    Unavailable,
}

/// The row to insert, if the body is valid and the user is its author.
pub(crate) fn accept(body: &[u8], user: &User) -> Result<NewPost, Refusal> {
    let draft: Draft = serde_json::from_slice(body).map_err(|failure| match failure.classify() {
        serde_json::error::Category::Data => Refusal::Invalid,
        _ => Refusal::Malformed,
    })?;
    if !(1..=200).contains(&draft.title.chars().count()) {
        return Err(Refusal::Invalid);
    }
    if draft.author_id != user.id {
        return Err(Refusal::Forbidden);
    }
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis() as i64);
    Ok(NewPost {
        id: uuid_v7(millis as u64).map_err(|_| Refusal::Unavailable)?,
        title: draft.title,
        content: draft.content,
        status: match draft.status {
            Status::Draft => "DRAFT",
            Status::Published => "PUBLISHED",
        },
        views: draft.views.into(),
        author_id: draft.author_id,
        created_millis: millis,
        created_at: String::from_utf8_lossy(&iso_8601(millis)).into_owned(),
    })
}

/// The body of a post just written.
pub(crate) fn write_new(out: &mut Vec<u8>, post: &NewPost) {
    out.extend_from_slice(b"{\"data\":{\"id\":");
    json::plain(out, post.id.as_bytes());
    out.extend_from_slice(b",\"title\":");
    json::string(out, post.title.as_bytes());
    out.extend_from_slice(b",\"content\":");
    json::string(out, post.content.as_bytes());
    out.extend_from_slice(b",\"status\":");
    json::plain(out, post.status.as_bytes());
    out.extend_from_slice(b",\"views\":");
    json::integer(out, post.views);
    out.extend_from_slice(b",\"authorId\":");
    json::string(out, post.author_id.as_bytes());
    out.extend_from_slice(b",\"createdAt\":");
    json::plain(out, post.created_at.as_bytes());
    out.extend_from_slice(b",\"updatedAt\":");
    json::plain(out, post.created_at.as_bytes());
    out.extend_from_slice(b"}}");
}

fn uuid_v7(millis: u64) -> Result<String, getrandom::Error> {
    let mut random = [0u8; 10];
    getrandom::fill(&mut random)?;
    let [a, b, c, d, rest @ ..] = random;
    let high = u16::from_be_bytes([a, b]) & 0x0fff | 0x7000;
    let low = u16::from_be_bytes([c, d]) & 0x3fff | 0x8000;
    let tail = rest.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    Ok(format!("{:08x}-{:04x}-{high:04x}-{low:04x}-{tail:012x}", millis >> 16, millis & 0xffff))
}
