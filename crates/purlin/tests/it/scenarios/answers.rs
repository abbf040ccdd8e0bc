//! What an answer says, without what every run makes anew: ids, times, tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use purlin_core::value::DateTime;
use serde_json::Value as Json;

/// Members whose values are drawn.
const DRAWN: &[&str] = &["accessToken", "refreshToken", "requestId", "nextCursor"];

pub(super) struct Lasting {
    /// Times before this one stand in the seed.
    since: DateTime,
}

impl Lasting {
    pub(super) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Self { since: DateTime::from_millis(i64::try_from(since.as_millis()).unwrap()).unwrap() }
    }

    pub(super) fn of(&self, json: &Json) -> Json {
        match json {
            Json::String(text) if is_uuid(text) => "ID".into(),
            Json::String(text) if self.is_new(text) => "TIME".into(),
            Json::Array(items) => items.iter().map(|item| self.of(item)).collect(),
            Json::Object(members) => {
                let member = |(name, value): (&String, &Json)| match value {
                    Json::String(_) if DRAWN.contains(&name.as_str()) => (name.clone(), "DRAWN".into()),
                    value => (name.clone(), self.of(value)),
                };
                members.iter().map(member).collect()
            }
            other => other.clone(),
        }
    }

    /// Times of one form sort as texts do.
    fn is_new(&self, text: &str) -> bool {
        let since = self.since.to_string();
        text.len() == since.len() && text.as_bytes()[10] == b'T' && text.ends_with('Z') && *text >= *since
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[test]
fn what_is_drawn_does_not_last() {
    let lasting = Lasting::now();
    let later = Lasting::now().since;
    let answer = serde_json::json!({
        "id": "0199f3c2-7a6b-7cc1-8d1e-2f00aa11bb22", "at": later.to_string(), "accessToken": "x.y",
        "list": ["2026-01-01T00:00:00.000Z", "text", 1, null],
    });
    let expected = serde_json::json!({
        "id": "ID", "at": "TIME", "accessToken": "DRAWN", "list": ["2026-01-01T00:00:00.000Z", "text", 1, null],
    });
    assert_eq!(lasting.of(&answer), expected);
}
