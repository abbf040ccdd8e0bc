//! The statements. Their parameters are in the order of the text: the actor's first, for the address shown and for
//! what may be read.

use std::fmt::Write as _;

use crate::store::CAP;

const POST: &str = "p.id, p.title, p.content, p.status, p.views, p.author_id, p.created_at, p.updated_at";
/// Left to itself the planner merges two indexes and sorts every readable row on each page.
const BY_TIME: &str = "FROM posts p FORCE INDEX (posts_created_at_idx)";
const READABLE: &str = "(p.status = 'PUBLISHED' OR p.author_id = ?)";

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
            Self::User => "SELECT role = 'ADMIN' FROM users WHERE id = ?".to_owned(),
            Self::OneOfAll => format!("SELECT {POST} FROM posts p WHERE p.id = ?"),
            Self::One => format!("SELECT {POST} FROM posts p WHERE p.id = ? AND {READABLE}"),
            Self::List { place, limit, with_author, is_admin } => list(place, limit, with_author, is_admin),
            Self::Count { is_capped: false, is_admin: true } => "SELECT count(*) FROM posts".to_owned(),
            Self::Count { is_capped: true, is_admin: true } => {
                format!("SELECT count(*) FROM (SELECT 1 FROM posts LIMIT {}) capped", CAP + 1)
            }
            Self::Count { is_capped: false, is_admin: false } => {
                "SELECT (SELECT count(*) FROM posts WHERE status = 'PUBLISHED') + \
                 (SELECT count(*) FROM posts WHERE author_id = ? AND status <> 'PUBLISHED')"
                    .to_owned()
            }
            Self::Count { is_capped: true, is_admin: false } => format!(
                "SELECT count(*) FROM ((SELECT 1 FROM posts WHERE status = 'PUBLISHED' LIMIT {most}) UNION ALL \
                 (SELECT 1 FROM posts WHERE author_id = ? AND status <> 'PUBLISHED' LIMIT {most}) LIMIT {most}) capped",
                most = CAP + 1
            ),
        }
    }
}

fn list(place: Place, limit: i64, with_author: bool, is_admin: bool) -> String {
    let mut text = format!("SELECT {POST}");
    if with_author {
        let email = if is_admin { "a.email" } else { "CASE WHEN a.id = ? THEN a.email END" };
        let _ = write!(text, ", a.id, {email}, a.name, a.role, a.created_at");
    }
    let _ = write!(text, " {BY_TIME}");
    if with_author {
        // In this order: the planner would begin with the users.
        text.push_str(" STRAIGHT_JOIN users a ON a.id = p.author_id");
    }
    let _ = write!(text, " WHERE {}", if is_admin { "TRUE" } else { READABLE });
    if place == Place::After {
        text.push_str(" AND p.created_at <= ? AND (p.created_at < ? OR p.id < ?)");
    }
    let _ = write!(text, " ORDER BY p.created_at DESC, p.id DESC LIMIT {limit}");
    if place == Place::Offset {
        text.push_str(" OFFSET ?");
    }
    text
}
