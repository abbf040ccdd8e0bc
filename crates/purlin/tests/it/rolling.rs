//! A rolling upgrade: copies of two versions of an app serve one database under load, through both halves of a
//! migration, and no request fails.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::app::App;
use crate::engines::Engine;
use crate::server::Server;

const OLD: &str = "model Note {\n  id Int @id @default(autoincrement())\n  text String\n  mood String\n\
                   \x20 @@allow('all', true)\n}\n";
const SERVE: &[&str] = &["serve", "--port", "0"];
const LONG_ENOUGH: Duration = Duration::from_millis(600);

/// Asks one copy again and again, until it is told to stop.
struct Load {
    is_over: AtomicBool,
    answers: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

impl Load {
    fn new() -> Self {
        Self {
            is_over: AtomicBool::new(false),
            answers: AtomicUsize::new(0),
            failures: Mutex::new(Vec::new()),
        }
    }

    fn run(&self, address: &str, body: &str) {
        let json = [("content-type", "application/json")];
        while !self.is_over.load(Ordering::Relaxed) {
            for (method, path, body) in
                [("POST", "/api/notes", Some(body)), ("GET", "/api/notes?limit=5&sort=-id", None)]
            {
                let answer = crate::client::send(method, address, path, &json, body);
                self.answers.fetch_add(1, Ordering::Relaxed);
                if !(200..300).contains(&answer.status) {
                    let failure = format!("{method} {address}: {} {}", answer.status, answer.text);
                    self.failures.lock().unwrap().push(failure);
                }
            }
        }
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Only what is asked while a copy serves counts: between a kill and the new start nobody is sent there.
fn upgrade(engine: Engine) {
    let database = engine.database();
    let old = App::with_schema(OLD);
    let url = match &database.url {
        Some(url) => url.clone(),
        None => format!("file:{}", old.path.join("shared.db").display()),
    };
    let environment = format!("DATABASE_URL=\"{url}\"\nJWT_SECRET=0123456789abcdef0123456789abcdef\n");
    old.write(".env", &environment);
    old.run(&["migrate", "dev", "--name", "first"], 0);
    let new = App::copy_of(&old.path);
    new.write(".env", &environment);
    copy_folder(&old.path.join("migrations"), &new.path.join("migrations"));
    new.edit("  mood String\n", "  slug String @unique @default(uuid())\n  stars Int @default(0)\n");
    let written = new.json(&["migrate", "dev", "--split", "--create-only", "--drop", "Note.mood"], 0);
    let phases: Vec<&str> =
        written["written"].as_array().unwrap().iter().map(|one| one["phase"].as_str().unwrap()).collect();
    assert_eq!(phases, ["expand", "contract"], "{written}");

    let (before, restarted, after) = (Load::new(), Load::new(), Load::new());
    let mut first = Server::start(&old.path, SERVE);
    let (old_note, new_note) = (r#"{"text": "old", "mood": "fine"}"#, r#"{"text": "new", "stars": 5}"#);
    std::thread::scope(|scope| {
        scope.spawn(|| before.run(&first.address, old_note));
        std::thread::sleep(LONG_ENOUGH);
        let expanded = new.json(&["migrate", "deploy", "--only", "expand"], 0);
        assert_eq!((lengths(&expanded, "applied"), lengths(&expanded, "waiting")), (1, 1), "{expanded}");
        std::thread::sleep(LONG_ENOUGH);
        before.end();
    });
    let mut second = Server::start(&new.path, SERVE);
    assert!(second.said().contains("waits until no copy"), "{}", second.said());
    // One of the old copies goes down, and comes back.
    first.kill();
    let again = Server::start(&old.path, SERVE);
    assert!(again.said().contains("the database is ahead"), "{}", again.said());
    std::thread::scope(|scope| {
        scope.spawn(|| restarted.run(&again.address, old_note));
        scope.spawn(|| after.run(&second.address, new_note));
        std::thread::sleep(LONG_ENOUGH);
        restarted.end();
        std::thread::sleep(LONG_ENOUGH);
        again.terminate();
        let contracted = new.json(&["migrate", "deploy", "--accept-data-loss"], 0);
        assert_eq!(lengths(&contracted, "applied"), 1, "{contracted}");
        std::thread::sleep(LONG_ENOUGH);
        after.end();
    });
    for load in [&before, &restarted, &after] {
        assert_eq!(*load.failures.lock().unwrap(), Vec::<String>::new());
        assert!(load.answers.load(Ordering::Relaxed) > 4, "there was load");
    }
    second.kill();
    let last = Server::start(&new.path, SERVE);
    let (status, notes) = last.get("/api/notes?count=exact&limit=1");
    let asked: usize =
        [&before, &restarted, &after].iter().map(|load| load.answers.load(Ordering::Relaxed) / 2).sum();
    assert_eq!((status, notes["meta"]["total"].as_u64()), (200, u64::try_from(asked).ok()), "{notes}");
    let mut refused = Server::launch(&old.path, SERVE);
    assert_eq!(refused.ended(), 1, "what it reads is gone");
}

fn lengths(answer: &serde_json::Value, list: &str) -> usize {
    answer[list].as_array().unwrap().len()
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn no_request_fails() {
    upgrade(Engine::Sqlite);
}

mod postgres {
    #[test]
    fn no_request_fails() {
        super::upgrade(super::Engine::Postgres);
    }
}

mod mysql {
    #[test]
    fn no_request_fails() {
        super::upgrade(super::Engine::MySql);
    }
}
