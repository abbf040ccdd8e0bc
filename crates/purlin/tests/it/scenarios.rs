//! The scenarios of app folders, over real HTTP: each file against a server of its own, freshly seeded.
//! What their members mean is said in `examples/blog/tests/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::app::App;
use crate::arrived::Mails;
use crate::client::{Answer, send};
use crate::engines::{Database, Engine};
use crate::secrets::Secrets;
use crate::server::Server;

const SECRET: &str = "a secret of these tests, which is long enough";
/// A person reads so many; the rest follows from them as a rule.
const SHOWN: usize = 60;

/// Users, sessions and what attacks them.
const STARTER: &str = "../../examples/starter";
const BLOG: &str = "../../examples/blog";
/// Two datasources.
const AIZY: &str = "../../examples/aizy";
/// Shapes that the blog has no use for.
const OFFICE: &str = "tests/office";

/// The same files with the same answers on every engine.
mod sqlite {
    use super::*;

    #[test]
    fn blog() {
        check(BLOG, Engine::Sqlite);
    }

    #[test]
    fn starter() {
        check(STARTER, Engine::Sqlite);
    }

    #[test]
    fn office() {
        check(OFFICE, Engine::Sqlite);
    }

    #[test]
    fn aizy() {
        check(AIZY, Engine::Sqlite);
    }
}

mod postgres {
    use super::*;

    #[test]
    fn blog() {
        check(BLOG, Engine::Postgres);
    }

    #[test]
    fn starter() {
        check(STARTER, Engine::Postgres);
    }

    #[test]
    fn office() {
        check(OFFICE, Engine::Postgres);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn blog() {
        check(BLOG, Engine::MySql);
    }

    #[test]
    fn starter() {
        check(STARTER, Engine::MySql);
    }

    #[test]
    fn office() {
        check(OFFICE, Engine::MySql);
    }
}

mod mongodb {
    use super::*;

    #[test]
    #[ignore = "its 2,000 comments take minutes on the server that the tests have"]
    fn blog() {
        check(BLOG, Engine::Mongo);
    }

    #[test]
    fn starter() {
        check(STARTER, Engine::Mongo);
    }

    #[test]
    fn office() {
        check(OFFICE, Engine::Mongo);
    }
}

/// What `purlin new` writes, and nobody has touched.
#[test]
fn a_new_app() {
    check_app(&App::new(), "purlin", "templates", Engine::Sqlite);
}

/// What the catcher writes in development is what a mail server gets.
#[test]
fn mail_of_the_starter_in_development() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(STARTER);
    let app = App::copy_of(&source);
    let failures =
        Suite::new(&app, "starter", Engine::Sqlite).play(&source.join("tests/mail.json"), Mode::Dev);
    assert!(failures.is_empty(), "{}", failures.join("\n  "));
}

#[track_caller]
fn check(folder: &str, engine: Engine) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let app_name = source.file_name().unwrap().to_string_lossy().into_owned();
    check_app(&App::copy_of(&source), &app_name, folder, engine);
}

/// Tokens are made for the app by its name.
#[track_caller]
fn check_app(app: &App, app_name: &str, folder: &str, engine: Engine) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(source.join("tests"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there are no scenarios");
    let suite = Suite::new(app, app_name, engine);
    let failures: Vec<String> = files.iter().flat_map(|file| suite.play(file, Mode::Serve)).collect();
    let shown = failures.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n  ");
    assert!(failures.is_empty(), "{} scenarios failed:\n  {shown}", failures.len());
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// With a mail server, and all that is logged searched for secrets.
    Serve,
    Dev,
}

/// An app that is checked and seeded once.
struct Suite<'a> {
    app: &'a App,
    app_name: &'a str,
    engine: Engine,
    /// The files of the embedded databases, by name; others are seeded for each play.
    seeded: Option<BTreeMap<String, Vec<u8>>>,
}

/// One file being played.
struct Play<'a> {
    server: Server,
    _database: Database,
    app_name: &'a str,
    mails: Mails,
    saved: BTreeMap<String, String>,
    secrets: Secrets,
}

impl<'a> Suite<'a> {
    fn new(app: &'a App, app_name: &'a str, engine: Engine) -> Self {
        app.write(".env", &format!("JWT_SECRET=\"{SECRET}\"\n"));
        app.run(&["fmt", "--check"], 0);
        let seeded = (engine == Engine::Sqlite).then(|| {
            app.run(&["db", "seed"], 0);
            databases_of(&app.path.join(".purlin"))
        });
        Self { app, app_name, engine, seeded }
    }

    /// The failures of one file.
    fn play(&self, file: &Path, mode: Mode) -> Vec<String> {
        let copy = App::copy_of(&self.app.path);
        let database = self.engine.database();
        copy.write(".env", &format!("{}{}", self.app.read(".env"), database.environment()));
        match &self.seeded {
            Some(seeded) => {
                fs::create_dir(copy.path.join(".purlin")).unwrap();
                for (name, bytes) in seeded {
                    fs::write(copy.path.join(".purlin").join(name), bytes).unwrap();
                }
            }
            None => drop(copy.run(&["db", "seed"], 0)),
        }
        let config = fs::read_to_string(file.with_extension("toml"));
        let config =
            config.unwrap_or_else(|_| fs::read_to_string(copy.path.join("purlin.toml")).unwrap_or_default());
        copy.write("purlin.toml", &with_debug_log(&config));
        let (mails, arguments, env) = match mode {
            Mode::Serve => {
                let mails = Mails::server();
                let env = mails.environment();
                (mails, ["serve", "--embedded", "--port", "0"].as_slice(), env)
            }
            Mode::Dev => (Mails::caught(&copy.path), ["dev", "--port", "0"].as_slice(), String::new()),
        };
        copy.write(".env", &format!("{}{env}", copy.read(".env")));
        let server = Server::start(&copy.path, arguments);
        let secrets = Secrets::new(SECRET);
        let mut play = Play {
            server,
            _database: database,
            app_name: self.app_name,
            mails,
            saved: BTreeMap::new(),
            secrets,
        };

        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let cases: Vec<Json> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut failures = Vec::new();
        for case in &cases {
            let problems = play.run(case);
            if !problems.is_empty() {
                failures.push(format!("{name}: {}\n    {}", case["name"], problems.join("\n    ")));
            }
        }
        let late = play.end(mode);
        failures.extend(late.into_iter().map(|problem| format!("{name}, when all is done: {problem}")));
        failures
    }
}

fn databases_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.ends_with("-wal"), "the file is not whole");
        if path.extension().is_some_and(|end| end == "db") {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// A new app's file has a table of logs already, with all its keys commented out.
fn with_debug_log(config: &str) -> String {
    let log = "[log]\nlevel = \"debug\"\n";
    if config.contains("[log]\n") { config.replace("[log]\n", log) } else { format!("{config}\n{log}") }
}

impl Play<'_> {
    fn run(&mut self, case: &Json) -> Vec<String> {
        let request = replaced(&case["request"], &self.saved, &self.mails);
        let answer = ask(&self.server, self.app_name, &request);
        let body: Json = serde_json::from_str(&answer.text).unwrap_or(Json::Null);
        self.secrets.sent(&request);
        self.secrets.received(&answer, &body);
        let mut problems = Vec::new();
        // Waited for first: what is saved may be in a mail.
        for (address, subjects) in case["expect"]["mails"].as_object().into_iter().flatten() {
            problems.extend(self.mails.expect(address, subjects));
        }
        for (name, from) in case["save"].as_object().into_iter().flatten() {
            let from = from.as_str().unwrap();
            let found = if from.starts_with('/') {
                body.pointer(from).map(|value| value.as_str().map_or(value.to_string(), str::to_owned))
            } else {
                self.mails.named(from).map(|(_, value)| value)
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
    fn end(mut self, mode: Mode) -> Vec<String> {
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
