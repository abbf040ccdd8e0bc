//! Accounts that nobody ever showed to be theirs are deleted after a while; all others stay.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::app::App;
use crate::client::send;
use crate::server::Server;

fn post(server: &Server, path: &str, body: &serde_json::Value) -> u16 {
    let headers = [("content-type", "application/json")];
    send("POST", &server.address, &format!("/api/auth{path}"), &headers, Some(&body.to_string())).status
}

fn person(name: &str) -> serde_json::Value {
    json!({ "email": format!("{name}@example.com"), "password": "green ideas sleep" })
}

#[test]
fn unverified_accounts_go_after_a_while() {
    let app = App::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/starter"));
    app.write(".env", "JWT_SECRET=\"a secret of these tests, which is long enough\"\n");
    let serve = || Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
    let server = serve();
    for name in ["old", "proved", "moved", "kept", "new"] {
        let mut body = person(name);
        body["name"] = json!(name);
        assert_eq!(post(&server, "/register", &body), 201);
    }
    drop(server);
    let database = rusqlite::Connection::open(app.path.join(".purlin/db.db")).unwrap();
    let age = |name: &str, and: &str| {
        let statement = format!(
            "UPDATE _purlin_accounts SET createdAt = strftime('%Y-%m-%dT%H:%M:%fZ', createdAt, '-3 days') {and}
             WHERE userId = (SELECT id FROM User WHERE email = '{name}@example.com')"
        );
        assert_eq!(database.execute(&statement, []).unwrap(), 1);
    };
    age("old", "");
    age("proved", ", verifiedAt = createdAt, verifiedAddress = 'proved@example.com'");
    // Who has changed their address since has shown once that they are somebody.
    age("moved", ", verifiedAt = createdAt, verifiedAddress = 'before@example.com'");
    // Users that the app made by itself are known to sign-in only since they changed their password.
    age("kept", ", passwordChangedAt = createdAt");
    drop(database);

    let settings = app.read("purlin.toml");
    drop(serve());
    app.write("purlin.toml", &format!("{settings}\ndelete_unverified_after = \"2d\"\n"));
    let server = serve();
    let deadline = Instant::now() + Duration::from_secs(20);
    while post(&server, "/login", &person("old")) != 401 {
        assert!(Instant::now() < deadline, "it was not deleted");
        std::thread::sleep(Duration::from_millis(50));
    }
    for name in ["proved", "moved", "kept", "new"] {
        assert_eq!(post(&server, "/login", &person(name)), 200, "{name}");
    }
}

#[test]
fn what_sign_in_keeps_goes_with_the_user() {
    let app = App::with_schema(
        "datasource db {\n provider = \"sqlite\"\n}\nmodel User {\n id String @id @default(uuid())\n \
         email String @unique @email\n password String @password\n @@auth\n @@allow('all', true)\n}\n",
    );
    let server = Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
    for name in ["one", "filtered", "stays"] {
        assert_eq!(post(&server, "/register", &person(name)), 201);
    }
    let database = rusqlite::Connection::open(app.path.join(".purlin/db.db")).unwrap();
    let id = |name: &str| -> String {
        let statement = format!("SELECT id FROM User WHERE email = '{name}@example.com'");
        database.query_row(&statement, [], |row| row.get(0)).unwrap()
    };
    let kept = |id: &str| -> i64 {
        let statement = "SELECT (SELECT count(*) FROM _purlin_accounts WHERE userId = ?1) \
                         + (SELECT count(*) FROM _purlin_sessions WHERE userId = ?1)";
        database.query_row(statement, [id], |row| row.get(0)).unwrap()
    };
    let ids = ["one", "filtered", "stays"].map(id);
    assert!(ids.iter().all(|id| kept(id) > 0));
    let delete = |path: String, status: u16| {
        assert_eq!(send("DELETE", &server.address, &path, &[], None).status, status, "{path}");
    };
    delete(format!("/api/users/{}", ids[0]), 204);
    delete("/api/users?email=filtered@example.com".to_owned(), 200);
    assert_eq!(ids.each_ref().map(|id| kept(id) > 0), [false, false, true]);
}
