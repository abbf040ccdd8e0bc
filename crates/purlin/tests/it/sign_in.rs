//! What nobody learns from signing in: not from its time, and no forged line in the log.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::app::App;
use crate::client::{Kept, send};
use crate::server::Server;

const SCHEMA: &str = "model User {\n  id String @id @default(uuid())\n  email String @unique @email\n  \
    password String @password\n  name String\n}\n";
/// Fewer than are slowed down.
const ACCOUNTS: usize = 15;
const FORGED: &str = "FORGED";

fn post(server: &Server, path: &str, body: &Json) -> (u16, Duration) {
    let began = Instant::now();
    let headers = [("content-type", "application/json")];
    let answer =
        send("POST", &server.address, &format!("/api/auth{path}"), &headers, Some(&body.to_string()));
    (answer.status, began.elapsed())
}

/// Without a password being hashed the answer would come many times sooner; what else differs is noise. One
/// after the other, so that a busy machine is as slow for both.
#[test]
fn an_unknown_account_takes_as_long_as_a_wrong_password() {
    let app = App::with_schema(SCHEMA);
    let server = Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
    let password = "a quiet long river";
    for number in 0..ACCOUNTS {
        let body = json!({"email": format!("u{number}@example.com"), "password": password, "name": "U"});
        assert_eq!(post(&server, "/register", &body).0, 201);
    }
    let (mut known, mut unknown, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..ACCOUNTS {
        let login = |email: String, times: &mut Vec<Duration>| {
            let (status, time) =
                post(&server, "/login", &json!({"email": email, "password": "another river"}));
            assert_eq!(status, 401);
            times.push(time);
        };
        login(format!("u{number}@example.com"), &mut known);
        login(format!("x{number}@example.com"), &mut unknown);
        let (status, time) = post(&server, "/login", &json!({"email": 1}));
        assert_eq!(status, 400);
        refused.push(time);
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (known, unknown, refused) = (median(&mut known), median(&mut unknown), median(&mut refused));
    assert!(known < unknown * 3 && unknown < known * 3, "known {known:?}, unknown {unknown:?}");
    // Otherwise the comparison says nothing.
    assert!(refused * 3 < known, "without a password {refused:?}, with one {known:?}");
}

#[test]
fn nothing_that_a_client_sends_forges_a_line_of_the_log() {
    for format in ["json", "human"] {
        let app = App::with_schema(SCHEMA);
        app.write("purlin.toml", &format!("[log]\nlevel = \"trace\"\nformat = \"{format}\"\n"));
        let mut server = Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
        let text = format!(
            "x\r\n{{\"level\":\"ERROR\",\"message\":\"{FORGED}\"}}\n\u{1b}[31m{FORGED}\u{7f}\u{85}\u{2028}"
        );
        for (path, body) in [
            ("/register", json!({"email": format!("{text}@example.com"), "password": text, "name": text})),
            (
                "/register",
                json!({"email": "ada@example.com", "password": "a quiet long river", "name": text}),
            ),
            ("/login", json!({"email": text, "password": text, (text.as_str()): text})),
            ("/login", json!({"email": "ada@example.com", "password": text})),
            ("/refresh", json!({"refreshToken": text})),
            ("/reset-password", json!({"token": text, "password": text})),
        ] {
            assert!(post(&server, path, &body).0 < 500, "{path}");
        }
        let headers = "user-agent: a\u{1b}[31mFORGED\u{85}\r\nx-request-id: a\u{1b}FORGED\r\norigin: \
            http://\u{2028}FORGED\r\nauthorization: Bearer \u{1b}FORGED\r\ncookie: purlin_refresh=\u{1b}FORGED\r\n\
            x-forwarded-for: 1.2.3.4\tFORGED\r\n";
        for target in
            ["/api/users", "/a%0d%0aFORGED%1b%5b31m", "/api/users/%0aFORGED?%0aFORGED=%0a", "//FORGED"]
        {
            let mut connection = Kept::open(&server.address);
            connection.write(&format!("GET {target} HTTP/1.1\r\nhost: FORGED\r\n{headers}\r\n"));
            let (status, _) = connection.read();
            assert!(status < 500, "{target}: {status}");
        }
        let body = json!({"email": "ada@example.com", "password": "a quiet long river"}).to_string();
        let agent = [("content-type", "application/json"), ("user-agent", "a\u{a0}\tFORGED")];
        assert_eq!(send("POST", &server.address, "/api/auth/login", &agent, Some(&body)).status, 200);
        server.terminate();
        assert_eq!(server.ended(), 0);
        let log = server.said();
        assert!(log.contains("signed in"), "{log}");
        for line in log.lines() {
            let hidden = |c: char| (c.is_control() && c != '\t') || c == '\u{2028}';
            assert!(!line.contains(hidden), "{line:?}");
            if format == "json" {
                let event: Json = serde_json::from_str(line).unwrap_or_else(|_| panic!("no event: {line:?}"));
                assert_ne!(event["message"], FORGED, "{line}");
            } else {
                // Each begins with its time.
                assert!(line.starts_with("20") && !line.contains("\"level\":\"ERROR\""), "{line:?}");
            }
        }
    }
}
