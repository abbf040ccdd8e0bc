//! The mails of a scenario: at a mail server, or caught in development.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use purlin_testkit::letter::Letter;
use purlin_testkit::smtp::{Security, SmtpServer};
use serde_json::Value as Json;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Mails {
    place: Place,
    /// What was expected last, by address.
    expected: BTreeMap<String, Vec<String>>,
    /// One has not come: more would be long in coming too.
    is_lost: bool,
}

enum Place {
    Server(SmtpServer),
    Folder(PathBuf),
}

impl Mails {
    pub(crate) fn server() -> Self {
        Self {
            place: Place::Server(SmtpServer::start(Security::None, None)),
            expected: BTreeMap::new(),
            is_lost: false,
        }
    }

    pub(crate) fn caught(app: &Path) -> Self {
        Self { place: Place::Folder(app.join(".purlin/mails")), expected: BTreeMap::new(), is_lost: false }
    }

    /// Lines for `.env`.
    pub(crate) fn environment(&self) -> String {
        let Place::Server(server) = &self.place else { return String::new() };
        let port = server.address().port();
        format!(
            "MAIL_URL=smtp://127.0.0.1:{port}?tls=none\nMAIL_FROM=app@example.com\nPUBLIC_URL=https://app.example\n"
        )
    }

    /// In the order in which they came.
    pub(crate) fn all(&self) -> Vec<Letter> {
        let read = |mail: &str| Letter::read(mail);
        match &self.place {
            Place::Server(server) => server
                .received()
                .iter()
                .map(|mail| Letter { to: mail.to.join(","), ..read(&mail.data) })
                .collect(),
            Place::Folder(folder) => {
                let files = fs::read_dir(folder).into_iter().flatten();
                let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
                files.retain(|path| path.extension().is_some_and(|end| end == "eml"));
                // Their names begin with ids that grow.
                files.sort();
                files.iter().map(|file| read(&fs::read_to_string(file).unwrap())).collect()
            }
        }
    }

    fn to(&self, address: &str) -> Vec<Letter> {
        self.all().into_iter().filter(|letter| letter.to == address).collect()
    }

    /// Waits for the mails to this address, which are all that it got so far.
    pub(crate) fn expect(&mut self, address: &str, subjects: &Json) -> Option<String> {
        let subjects: Vec<String> = serde_json::from_value(subjects.clone()).unwrap();
        let deadline = Instant::now() + PATIENCE;
        while self.to(address).len() < subjects.len() && !self.is_lost {
            std::thread::sleep(Duration::from_millis(10));
            self.is_lost = Instant::now() > deadline;
        }
        self.expected.insert(address.to_owned(), subjects);
        self.problem(address)
    }

    /// What came after all, though it should not have.
    pub(crate) fn end(&self) -> Vec<String> {
        self.expected.keys().filter_map(|address| self.problem(address)).collect()
    }

    /// Two that were sent at once may come in either order.
    fn problem(&self, address: &str) -> Option<String> {
        let mut expected = self.expected.get(address).cloned().unwrap_or_default();
        let mut found: Vec<String> =
            self.to(address).iter().map(|letter| without_code(&letter.subject)).collect();
        expected.sort();
        found.sort();
        (expected != found).then(|| format!("{address} got {found:?} instead of {expected:?}"))
    }

    pub(crate) fn replaced(&self, text: &str) -> String {
        match self.named(text) {
            Some((name, value)) => self.replaced(&text.replacen(&name, &value, 1)),
            None => text.to_owned(),
        }
    }

    /// The first `{{mail link ADDRESS}}` or `{{mail code ADDRESS}}` of a text, and what it stands for.
    pub(crate) fn named(&self, text: &str) -> Option<(String, String)> {
        let (_, rest) = text.split_once("{{mail ")?;
        let (name, _) = rest.split_once("}}")?;
        let (what, address) = name.split_once(' ')?;
        let letters = self.to(address);
        let value = letters.iter().rev().find_map(|letter| match what {
            "link" => letter.token(),
            _ => letter.code(),
        })?;
        Some((format!("{{{{mail {name}}}}}"), value.to_owned()))
    }
}

/// Some subjects begin with a code.
fn without_code(subject: &str) -> String {
    match subject.split_at_checked(6) {
        Some((code, rest)) if code.bytes().all(|byte| byte.is_ascii_digit()) => format!("CODE{rest}"),
        _ => subject.to_owned(),
    }
}
