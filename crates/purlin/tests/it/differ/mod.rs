//! The same random requests to an app on every engine: status and body are the same to the byte, request ids and
//! cursors aside. `PURLIN_TEST_DIFFER=20000` sends more; a failure names its seed, `PURLIN_TEST_DIFFER_SEED` draws others.

mod draw;
mod rng;

use std::path::Path;
use std::time::Duration;

use serde_json::Value as Json;

use crate::app::App;
use crate::engines::{Database, Engine};
use crate::server::Server;
use draw::Request;
use rng::Rng;

const SECRET: &str = "a secret of these tests, which is long enough";
const REQUESTS: usize = 1_500;

mod postgres {
    use super::*;

    #[test]
    fn answers_as_sqlite_does() {
        compare(&[Engine::Sqlite, Engine::Postgres]);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn answers_as_sqlite_does() {
        compare(&[Engine::Sqlite, Engine::MySql]);
    }
}

mod mongodb {
    use super::*;

    #[test]
    fn answers_as_sqlite_does() {
        compare(&[Engine::Sqlite, Engine::Mongo]);
    }
}

/// One app on one engine.
struct Side {
    engine: Engine,
    server: Server,
    agent: ureq::Agent,
    _app: App,
    _database: Database,
}

#[track_caller]
fn compare(engines: &[Engine]) {
    let count = number("PURLIN_TEST_DIFFER").unwrap_or(REQUESTS as u64);
    let seed = number("PURLIN_TEST_DIFFER_SEED").unwrap_or(1);
    let sides: Vec<Side> = engines.iter().map(|engine| Side::start(*engine)).collect();
    let mut rng = Rng::new(seed);
    let mut statuses = std::collections::BTreeMap::new();
    for number in 0..count {
        let request = draw::request(&mut rng);
        let answers: Vec<(u16, String)> = sides.iter().map(|side| side.send(&request)).collect();
        for (side, answer) in sides.iter().zip(&answers).skip(1) {
            let actor = request.actor.unwrap_or("nobody");
            assert!(
                *answer == answers[0],
                "seed {seed}, request {number}: {} {} as {actor} {}\n{:?}: {} {}\n{:?}: {} {}\n{}",
                request.method,
                request.path,
                request.body.as_ref().map(Json::to_string).unwrap_or_default(),
                sides[0].engine,
                answers[0].0,
                answers[0].1,
                side.engine,
                answer.0,
                answer.1,
                side.server.said().lines().last().unwrap_or_default(),
            );
        }
        *statuses.entry(answers[0].0).or_insert(0) += 1;
    }
    println!("{statuses:?}");
    // Requests that are all refused compare nothing.
    let done: u64 = statuses.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum();
    assert!(done * 2 > count, "too few requests succeed: {statuses:?}");
    assert!(statuses.keys().all(|status| *status < 500), "{statuses:?}");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

impl Side {
    fn start(engine: Engine) -> Self {
        let app = App::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differ"));
        let database = engine.database();
        app.write(".env", &format!("JWT_SECRET=\"{SECRET}\"\n{}", database.environment("DATABASE_URL")));
        app.run(&["db", "seed"], 0);
        let server = Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self { engine, server, agent: ureq::Agent::new_with_config(config), _app: app, _database: database }
    }

    fn send(&self, request: &Request) -> (u16, String) {
        let uri = format!("http://{}{}", self.server.address, crate::scenarios::encoded(&request.path));
        let mut head = http::Request::builder().method(request.method).uri(uri);
        if let Some(actor) = request.actor {
            head =
                head.header("authorization", format!("Bearer {}", crate::scenarios::token("purlin", actor)));
        }
        let sent = match &request.body {
            Some(body) => self
                .agent
                .run(head.header("content-type", "application/json").body(body.to_string()).unwrap()),
            None => self.agent.run(head.body(()).unwrap()),
        };
        let mut response = sent.unwrap_or_else(|error| panic!("{:?}: {request:?}: {error}", self.engine));
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), without(&without(&text, "requestId"), "nextCursor"))
    }
}

/// The text without the value of a member, where that is a string.
fn without(text: &str, name: &str) -> String {
    let start = format!("\"{name}\":\"");
    match text.find(&start).map(|at| at + start.len()) {
        Some(from) => {
            let end = text[from..].find('"').map_or(text.len(), |end| from + end);
            format!("{}{}", &text[..from], &text[end..])
        }
        None => text.to_owned(),
    }
}
