//! One file being played: requests with what earlier ones have left, and what is wrong with their answers.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::answers::Lasting;
use super::suite::Mode;
use crate::arrived::Mails;
use crate::client::{Answer, send};
use crate::secrets::Secrets;
use crate::server::Server;

pub(super) const SECRET: &str = "a secret of these tests, which is long enough";

pub(super) struct Play<'a> {
    server: Server,
    app_name: &'a str,
    mails: Mails,
    saved: BTreeMap<String, String>,
    secrets: Secrets,
    lasting: Lasting,
    pub(super) answers: Vec<String>,
}

impl<'a> Play<'a> {
    pub(super) fn new(server: Server, app_name: &'a str, mails: Mails) -> Self {
        let (saved, secrets) = (BTreeMap::new(), Secrets::new(SECRET));
        Self { server, app_name, mails, saved, secrets, lasting: Lasting::now(), answers: Vec::new() }
    }

    pub(super) fn run(&mut self, case: &Json) -> Vec<String> {
        let request = replaced(&case["request"], &self.saved, &self.mails);
        let answer = ask(&self.server, self.app_name, &request);
        let body: Json = serde_json::from_str(&answer.text).unwrap_or(Json::Null);
        self.secrets.sent(&request);
        self.secrets.received(&answer, &body);
        self.answers.push(format!("{} -> {} {}", case["name"], answer.status, self.lasting.of(&body)));
        let mut problems = Vec::new();
        // Waited for first: what is saved may be in a mail.
        for (address, subjects) in case["expect"]["mails"].as_object().into_iter().flatten() {
            problems.extend(self.mails.expect(address, subjects));
        }
        for (name, from) in case["save"].as_object().into_iter().flatten() {
            let from = from.as_str().unwrap();
            let found = if from.starts_with('/') {
                body.pointer(from).map(|value| value.as_str().map_or(value.to_string(), str::to_owned))
            } else if let Some(name) = from.strip_prefix("header ") {
                let header = answer.headers.iter().find(|(header, _)| header == name);
                header.map(|(_, value)| value.clone())
            } else {
                // What is drawn by the time is kept, for a moment later it is another.
                let drawn = replaced(&Json::from(from), &self.saved, &self.mails);
                let drawn = drawn.as_str().filter(|drawn| *drawn != from).map(str::to_owned);
                self.mails.named(from).map(|(_, value)| value).or(drawn)
            };
            match found {
                Some(value) => {
                    self.saved.insert(name.clone(), value);
                }
                None => problems.push(format!("there is nothing at {from} to be saved")),
            }
        }
        let expected = replaced(&case["expect"], &self.saved, &self.mails);
        if expected["status"] != answer.status {
            problems.push(format!("status {} instead of {}", answer.status, expected["status"]));
        }
        if let Some(expected) = expected.get("body") {
            compare("", expected, &body, &mut problems);
        }
        for (name, value) in expected["headers"].as_object().into_iter().flatten() {
            let found = answer.headers.iter().find(|(header, _)| header == name);
            if found.map(|(_, value)| value.as_str()) != value.as_str() {
                problems.push(format!("{name} is {found:?} instead of {value}"));
            }
        }
        for text in expected["absent"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if answer.text.contains(text) {
                problems.push(format!("{text:?} is in the answer"));
            }
        }
        if !problems.is_empty() {
            let method = request["method"].as_str().unwrap_or("GET");
            let text: String = answer.text.chars().take(400).collect();
            problems.push(format!("{method} {} -> {} {text}", request["path"], answer.status));
        }
        problems
    }

    /// Once the server has stopped nothing more can come.
    pub(super) fn end(mut self, mode: Mode) -> Vec<String> {
        self.server.terminate();
        assert_eq!(self.server.ended(), 0, "{}", self.server.said());
        let mut problems = self.mails.end();
        if mode == Mode::Serve {
            self.secrets.mailed(&self.mails.all());
            problems.extend(self.secrets.found_in(&self.server.said()));
        }
        problems
    }
}

fn ask(server: &Server, app_name: &str, request: &Json) -> Answer {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        headers.push((name.clone(), value.as_str().unwrap().to_owned()));
    }
    let body = match (request.get("body"), request.get("text")) {
        (Some(body), _) => Some(body.to_string()),
        (None, Some(text)) => Some(text.as_str().unwrap().to_owned()),
        (None, None) => None,
    };
    if body.is_some() && !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let token = match (request["as"].as_str(), request["token"].as_str()) {
        (Some(user), _) => Some(token(app_name, user)),
        (None, token) => token.map(str::to_owned),
    };
    if let Some(token) = token {
        headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    }
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let method = request["method"].as_str().unwrap_or("GET");
    let path = encoded(request["path"].as_str().unwrap());
    send(method, &server.address, &path, &headers, body.as_deref())
}

/// What no URL may hold is percent-encoded; nothing else is touched.
pub(crate) fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |text, byte| match byte {
        b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => {
            text + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => text + &format!("%{byte:02X}"),
    })
}

pub(crate) fn token(app_name: &str, user: &str) -> String {
    let claims = serde_json::json!({"sub": user, "iss": app_name, "aud": app_name, "exp": 4_000_000_000_u64});
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

/// `{{name}}` in every text; `{{totp:name}}` is the code that an authenticator app shows for the secret,
/// `{{next totp:name}}` the one after it; `{{mail link ADDRESS}}` and `{{mail code ADDRESS}}` stand in the
/// newest mail to this address that has one.
fn replaced(json: &Json, saved: &BTreeMap<String, String>, mails: &Mails) -> Json {
    match json {
        Json::String(text) => Json::String(saved.iter().fold(mails.replaced(text), |text, (name, value)| {
            let text = text.replace(&format!("{{{{{name}}}}}"), value);
            if !text.contains("totp:") {
                return text;
            }
            let text = text.replace(&format!("{{{{totp:{name}}}}}"), &totp(value, 0));
            text.replace(&format!("{{{{next totp:{name}}}}}"), &totp(value, 1))
        })),
        Json::Array(items) => items.iter().map(|item| replaced(item, saved, mails)).collect(),
        Json::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), replaced(value, saved, mails))).collect()
        }
        other => other.clone(),
    }
}

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 6238 with the secret in base 32.
pub(crate) fn totp(secret: &str, ahead: u64) -> String {
    let digits = secret.bytes().filter_map(|byte| BASE32.iter().position(|known| *known == byte));
    let bits = digits.fold(String::new(), |bits, digit| bits + &format!("{digit:05b}"));
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks(8)
        .filter_map(|byte| u8::from_str_radix(str::from_utf8(byte).ok()?, 2).ok())
        .collect();
    let Ok(secret) = bytes.try_into() else { return String::new() };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    purlin_auth::totp::TotpSecret::from_bytes(secret).code(now / 30 + ahead).to_string()
}

/// Of an object the members named, of a list every element in its place, anything else exactly.
fn compare(path: &str, expected: &Json, found: &Json, problems: &mut Vec<String>) {
    match (expected, found) {
        (Json::Object(expected), _) if expected.contains_key("$any") => {}
        (Json::Object(expected), Json::Object(found)) => {
            for (name, expected) in expected {
                let path = format!("{path}.{name}");
                match found.get(name) {
                    Some(found) => compare(&path, expected, found, problems),
                    None => problems.push(format!("{path} is missing")),
                }
            }
        }
        (Json::Array(expected), Json::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{path}.{index}"), expected, found, problems);
            }
        }
        (Json::Array(expected), Json::Array(found)) => {
            problems.push(format!("{path} has {} elements instead of {}", found.len(), expected.len()));
        }
        _ if expected == found => {}
        _ => problems.push(format!("{path} is {found} instead of {expected}")),
    }
}
