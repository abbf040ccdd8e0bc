//! Whatever secret passes between a client, a mailbox and the server must be nowhere in the log.

use std::collections::BTreeSet;

use purlin_testkit::letter::Letter;
use serde_json::Value as Json;

use crate::client::Answer;

/// Members of bodies.
const SENT: &[&str] =
    &["password", "newPassword", "currentPassword", "code", "totp", "token", "refreshToken", "accessToken"];
const RECEIVED: &[&str] = &["accessToken", "refreshToken", "key", "secret", "uri", "recoveryCodes"];
/// Guesses shorter than this may stand for something else in a log.
const LEAST: usize = 6;

pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    pub(crate) fn new(server_secret: &str) -> Self {
        Self([server_secret, "$argon2id$", "$2b$10"].map(str::to_owned).into())
    }

    pub(crate) fn sent(&mut self, request: &Json) {
        self.members(&request["body"], SENT);
        self.add(&request["token"]);
        if let Some((_, value)) = request["headers"]["cookie"].as_str().and_then(|text| text.split_once('='))
        {
            self.add(&Json::from(value));
        }
    }

    pub(crate) fn received(&mut self, answer: &Answer, body: &Json) {
        self.members(body, RECEIVED);
        for (name, value) in &answer.headers {
            if let Some((_, rest)) = value.split_once('=').filter(|_| name == "set-cookie") {
                self.add(&Json::from(rest.split(';').next().unwrap_or_default()));
            }
        }
    }

    pub(crate) fn mailed(&mut self, letters: &[Letter]) {
        for letter in letters {
            let found = [letter.token(), letter.code()];
            found.into_iter().flatten().for_each(|text| self.add(&Json::from(text)));
        }
    }

    /// With the lines that hold them.
    pub(crate) fn found_in(&self, log: &str) -> Vec<String> {
        // A search of nothing finds nothing.
        assert!(log.contains("\"level\":\"DEBUG\""), "nothing was logged at debug level: {log}");
        let mut found = Vec::new();
        for line in log.lines() {
            let mut event: Json = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            // A time has six digits too.
            event.as_object_mut().unwrap().remove("timestamp");
            let text = event.to_string();
            let shown = self.0.iter().filter(|secret| holds(&text, secret));
            found.extend(shown.map(|secret| format!("the log shows {secret:?}: {line}")));
        }
        found
    }

    fn members(&mut self, json: &Json, names: &[&str]) {
        match json {
            Json::Object(members) => {
                for (name, value) in members {
                    if names.contains(&name.as_str()) {
                        self.add(value);
                    }
                    self.members(value, names);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.members(item, names)),
            _ => {}
        }
    }

    fn add(&mut self, value: &Json) {
        match value {
            // One word may be a word of the log's own.
            Json::String(text) if text.len() >= LEAST && text != "password" => {
                self.0.insert(text.clone());
            }
            Json::Array(items) => items.iter().for_each(|item| self.add(item)),
            _ => {}
        }
    }
}

/// Not as a part of a longer word or number.
fn holds(text: &str, secret: &str) -> bool {
    text.match_indices(secret).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + secret.len()..].chars().next();
        let joins = |c: Option<char>, end: Option<char>| {
            [c, end].iter().all(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()))
        };
        !joins(before, secret.chars().next()) && !joins(after, secret.chars().next_back())
    })
}

#[test]
fn a_secret_in_a_log_is_found() {
    let mut secrets = Secrets::new("the server's own");
    secrets.sent(&serde_json::json!({"body": {"email": "ada@example.com", "password": "hunter2222"}}));
    let log = |message: &str| {
        format!(r#"{{"timestamp":"2026-01-01T00:00:00.012345Z","level":"DEBUG","message":"{message}"}}"#)
    };
    assert!(secrets.found_in(&log("ada@example.com gave hunter22221")).is_empty());
    assert_eq!(secrets.found_in(&log("ada@example.com gave hunter2222")).len(), 1);
    assert_eq!(secrets.found_in(&log("kept as $argon2id$v=19$m=19456")).len(), 1);
}
