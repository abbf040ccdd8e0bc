//! The statements. What an actor may read, and how many rows, stands in the text, so that one plan is right for all
//! that run it.

use std::fmt::Write as _;

use crate::store::CAP;

const POST: &str = "p.id, p.title, p.content, p.status, p.views, p.author_id, p.created_at, p.updated_at";

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Text {
    User,
    One,
    OneOfAll,
    List { place: Place, limit: i64, with_author: bool, is_admin: bool },
    Count { is_capped: bool, is_admin: bool },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Start,
    Offset,
    After,
}

impl Text {
    pub(super) fn sql(self) -> String {
        match self {
            Self::User => "SELECT role = 'ADMIN' FROM users WHERE id = $1".to_owned(),
            Self::OneOfAll => format!("SELECT {POST} FROM posts p WHERE p.id = $1"),
            Self::One => format!(
                "SELECT {POST} FROM posts p WHERE p.id = $1 AND (p.status = 'PUBLISHED' OR p.author_id = $2)"
            ),
            Self::List { place, limit, with_author, is_admin } => list(place, limit, with_author, is_admin),
            Self::Count { is_capped: true, is_admin } => format!(
                "SELECT count(*) FROM (SELECT 1 FROM posts p WHERE {} LIMIT {}) capped",
                readable(is_admin),
                CAP + 1
            ),
            Self::Count { is_capped: false, is_admin: true } => {
                format!("SELECT count(*) FROM posts p WHERE {}", readable(true))
            }
            Self::Count { is_capped: false, is_admin: false } => {
                "SELECT (SELECT count(*) FROM posts WHERE status = 'PUBLISHED') + \
                 (SELECT count(*) FROM posts WHERE author_id = $1 AND status <> 'PUBLISHED')"
                    .to_owned()
            }
        }
    }
}

/// An admin reads all; the actor is named so that the parameters stay the same.
fn readable(is_admin: bool) -> &'static str {
    if is_admin { "$1::uuid IS NOT NULL" } else { "(p.status = 'PUBLISHED' OR p.author_id = $1)" }
}

fn list(place: Place, limit: i64, with_author: bool, is_admin: bool) -> String {
    let mut text = format!("SELECT {POST}");
    if with_author {
        let email = if is_admin { "a.email" } else { "CASE WHEN a.id = $1 THEN a.email END" };
        let _ = write!(text, ", a.id, {email}, a.name, a.role, a.created_at");
    }
    text.push_str(" FROM posts p");
    if with_author {
        text.push_str(" JOIN users a ON a.id = p.author_id");
    }
    let _ = write!(text, " WHERE {}", readable(is_admin));
    if place == Place::After {
        text.push_str(" AND p.created_at <= $2 AND (p.created_at < $2 OR p.id < $3)");
    }
    let _ = write!(text, " ORDER BY p.created_at DESC, p.id DESC LIMIT {limit}");
    if place == Place::Offset {
        text.push_str(" OFFSET $2");
    }
    text
}
