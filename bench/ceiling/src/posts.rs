//! The posts' bodies: reading what a client sends, writing what it gets.

use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Row;
use serde::Deserialize;

use crate::auth::User;
use crate::json;
use crate::query::{Count, Cursor, List};
use crate::reader::Reader;
use crate::writer::NewPost;

/// Writes one row of `reader::post!`, with `reader::author!` behind it if asked for.
pub(crate) fn write(out: &mut Vec<u8>, row: &Row<'_>, with_author: bool) -> rusqlite::Result<()> {
    let text = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_bytes()?);
    out.extend_from_slice(b"{\"id\":");
    json::string(out, text(0)?);
    out.extend_from_slice(b",\"title\":");
    json::string(out, text(1)?);
    out.extend_from_slice(b",\"content\":");
    json::string(out, text(2)?);
    out.extend_from_slice(b",\"status\":");
    json::plain(out, text(3)?);
    out.extend_from_slice(b",\"views\":");
    json::integer(out, row.get_ref(4)?.as_i64()?);
    out.extend_from_slice(b",\"authorId\":");
    json::string(out, text(5)?);
    out.extend_from_slice(b",\"createdAt\":");
    json::plain(out, text(6)?);
    out.extend_from_slice(b",\"updatedAt\":");
    json::plain(out, text(7)?);
    if with_author {
        out.extend_from_slice(b",\"author\":{\"id\":");
        json::string(out, text(8)?);
        out.extend_from_slice(b",\"email\":");
        match row.get_ref(9)?.as_bytes_or_null()? {
            Some(email) => json::string(out, email),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"name\":");
        json::string(out, text(10)?);
        out.extend_from_slice(b",\"role\":");
        json::plain(out, text(11)?);
        out.extend_from_slice(b",\"createdAt\":");
        json::plain(out, text(12)?);
        out.push(b'}');
    }
    out.push(b'}');
    Ok(())
}

/// The whole body of a list.
pub(crate) fn write_list(
    out: &mut Vec<u8>,
    reader: &mut Reader,
    user: &User,
    list: &List,
) -> rusqlite::Result<()> {
    let mut rows = 0;
    let mut last: Option<String> = None;
    let mut has_more = false;
    out.extend_from_slice(b"{\"data\":[");
    reader.list(user, list, |row| {
        if rows == list.limit {
            has_more = true;
            return Ok(());
        }
        if rows > 0 {
            out.push(b',');
        }
        rows += 1;
        if rows == list.limit && list.cursor.is_some() {
            last = Some(Cursor::encode(row.get_ref(6)?.as_bytes()?, row.get_ref(0)?.as_bytes()?));
        }
        write(out, row, list.includes_author)
    })?;
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
        if list.count != Count::None {
            let (total, is_capped) = reader.count(user, list.count)?;
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
    Ok(())
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
    /// The system gives no randomness for an id.
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
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis() as u64);
    Ok(NewPost {
        id: uuid_v7(millis).map_err(|_| Refusal::Unavailable)?,
        title: draft.title,
        content: draft.content,
        status: match draft.status {
            Status::Draft => "DRAFT",
            Status::Published => "PUBLISHED",
        },
        views: draft.views.into(),
        author_id: draft.author_id,
        created_at: iso_8601(millis),
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

fn iso_8601(millis: u64) -> String {
    let (days, rest) = ((millis / 86_400_000) as i64, millis % 86_400_000);
    // Days since the first of March of year 0, so that a leap day ends its year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", rest % 1_000)
}
