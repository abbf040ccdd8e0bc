//! `purlin doctor` finds what is wrong; `purlin generate token` makes tokens that the server takes.

use crate::app::App;
use crate::client::send;
use crate::server::Server;

/// The state of one finding, and the text around it.
#[track_caller]
fn check(app: &App, code: i32, about: &str, state: &str, text: &str) {
    let answer = app.json(&["doctor"], code);
    let findings = answer["findings"].as_array().unwrap();
    let found = findings.iter().any(|finding| {
        finding["about"] == about && finding["state"] == state && finding.to_string().contains(text)
    });
    assert!(found, "no {state} {about} with {text:?} in {answer:#}");
}

#[test]
fn every_kind_of_trouble() {
    let app = App::new();
    check(&app, 0, "schema", "ok", "3 models");
    check(&app, 0, "secret", "warning", "JWT_SECRET is not set");
    check(&app, 0, "database", "warning", "there is no database");
    check(&app, 0, "mail", "ok", "MAIL_URL is not set");
    app.write(".env", "MAIL_URL=smtp://u:hunter2@localhost:1\n");
    check(&app, 1, "mail", "problem", "nothing says who sends");
    app.write(".env", "MAIL_URL=smtp://u:hunter2@localhost:1\nMAIL_FROM=a@x.io\n");
    check(&app, 1, "mail", "problem", "cannot be used");
    app.write(".env", "");
    app.run(&["db", "seed"], 0);
    check(&app, 0, "tables", "ok", "fit");
    check(&app, 0, "references", "ok", "");
    check(&app, 0, "integrity", "ok", "");

    app.edit("  text      String    @default(\"\")\n", "");
    check(&app, 1, "tables", "problem", "drop column");
    app.write(".env", &format!("JWT_SECRET={}\n", "ab".repeat(20)));
    check(&app, 1, "secret", "problem", "easily guessed");
    app.write(".env", "DATABASE_URL=oracle://root@localhost/x\n");
    check(&app, 1, "address", "problem", "no engine that Purlin knows");
    app.write(".env", "DATABASE_URL=file:./schema.zmodel\n");
    check(&app, 1, "database", "problem", "");
    app.write(".env", "NOT CORRECT\n");
    check(&app, 1, "configuration", "problem", ".env:1");
    app.write("schema.zmodel", "model User {\n");
    check(&app, 1, "schema", "problem", "schema.zmodel");
    let text = app.run(&["doctor"], 1).stdout;
    assert!(text.contains("problem  schema: "), "{text}");
}

#[test]
fn a_token_is_for_a_user_who_is_there() {
    let app = App::new();
    app.run(&["generate", "token", "2"], 1);
    app.run(&["db", "seed"], 0);
    let token = app.run(&["generate", "token", "2"], 0).stdout;
    let refused = app.run(&["generate", "token", "99"], 1);
    assert!(refused.stderr.contains("there is no active User with the id 99"), "{refused:?}");
    app.run(&["generate", "token", "2", "--ttl", "soon"], 2);
    app.run(&["generate", "token"], 2);
    assert_eq!(app.json(&["generate", "token", "1", "--ttl", "2h"], 0)["expiresInSeconds"], 7200);

    let server = Server::start(&app.path, &["dev", "--port", "0"]);
    let bearer = format!("Bearer {}", token.trim());
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(send("GET", &server.address, "/api/posts/2", &headers, None).status, 200);
    assert_eq!(send("GET", &server.address, "/api/posts/2", &[], None).status, 404);
}

#[test]
fn an_index_that_lists_lack() {
    let app = App::new();
    app.write(
        "schema.zmodel",
        "model Event {\n  id   Int    @id @default(autoincrement())\n  kind String\n\n  @@allow('all', true)\n}\n",
    );
    let rows = format!("[{}]", vec![r#"{"kind":"a"}"#; 1000].join(","));
    let mut server = Server::start(&app.path, &["dev", "--port", "0"]);
    for _ in 0..10 {
        let headers = [("content-type", "application/json")];
        let answer = send("POST", &server.address, "/api/events?fields=id", &headers, Some(&rows));
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    assert_eq!(server.get("/api/events?kind=b").0, 200);
    server.wait_for("add @@index([kind]) to it");
    check(&app, 0, "indexes", "warning", "add @@index([kind]) to Event");
    app.edit("  @@allow", "  @@index([kind])\n  @@allow");
    server.wait_for("reloaded 1 model");
    let answer = app.json(&["doctor"], 0);
    assert!(!answer.to_string().contains("@@index"), "{answer:#}");
}
