//! From engine to engine and back: the answers stay the same, byte by byte, and so does every stored value.

use serde_json::{Value as Json, json};

use super::fixture::{SOURCE, answers, app, at, file, rows};
use crate::client::send;
use crate::engines::Engine;
use crate::server::Server;

const BACK: &str = "file:./back.db";

/// From the file through these and into another file.
fn walk(stops: &[Engine]) {
    let app = app();
    let before = rows(&app, SOURCE);
    let first = answers(&Server::start(&app.path, &["serve", "--port", "0"]));
    let bases: Vec<_> = stops.iter().map(|stop| stop.database()).collect();
    for (engine, base) in stops.iter().zip(&bases) {
        let url = base.url.as_deref().unwrap_or("file:./other.db");
        let moved = app.json(&["db", "move", "--to", url], 0);
        assert_eq!(moved["variable"], "DATABASE_URL", "{moved}");
        let of = |name: &str| {
            let parts = moved["parts"].as_array().unwrap();
            parts.iter().find(|part| part["name"] == name).map(|part| part["rows"].clone())
        };
        let found = ["User", "Post", "Tag", "Place", "Hidden", "Post.tags", "purlin.Mail"].map(of);
        assert_eq!(json!(found), json!([2, 3, 2, 2, 3, 3, 1]), "{moved}");
        at(&app, url);
        if *engine != Engine::Mongo {
            assert!(app.run(&["migrate", "deploy"], 0).stdout.contains("nothing to do"));
            app.run(&["migrate", "status"], 0);
        }
        let server = Server::start(&app.path, &["serve", "--port", "0"]);
        assert_eq!(answers(&server), first, "{engine:?}");
        keeps_its_rules(&server);
    }
    app.run(&["db", "move", "--to", BACK], 0);
    assert_eq!(rows(&app, BACK), before, "hidden and ignored values, keys, counters");
    assert_eq!(rows(&app, SOURCE), before, "the source");
    let dangling: Vec<String> = file(&app, BACK)
        .prepare("PRAGMA foreign_key_check")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(dangling.is_empty(), "{dangling:?}");
}

/// Keys are kept and counted.
fn keeps_its_rules(server: &Server) {
    let ask = |method: &str, path: &str, body: Option<Json>| {
        let headers: &[(&str, &str)] =
            if body.is_some() { &[("content-type", "application/json")] } else { &[] };
        let body = body.map(|body| body.to_string());
        let answer = send(method, &server.address, path, headers, body.as_deref());
        (answer.status, serde_json::from_str::<Json>(&answer.text).unwrap_or_default())
    };
    let (status, tag) = ask("POST", "/api/tags", Some(json!({"name": "blue"})));
    assert_eq!((status, &tag["data"]["id"]), (201, &json!(5)), "{tag}");
    assert_eq!(ask("POST", "/api/tags", Some(json!({"name": "red"}))).0, 409);
    assert_eq!(ask("POST", "/api/posts", Some(json!({"authorId": 77, "flag": true}))).0, 409);
    assert_eq!(ask("DELETE", "/api/users/5", None).0, 409);
    assert_eq!(ask("DELETE", "/api/tags/5", None).0, 204);
}

mod sqlite {
    use super::*;

    #[test]
    fn file_to_file() {
        walk(&[Engine::Sqlite]);
    }
}

mod mongodb {
    use super::*;

    #[test]
    fn postgres_mysql_mongodb() {
        walk(&[Engine::Postgres, Engine::MySql, Engine::Mongo]);
    }

    #[test]
    fn mongodb_postgres() {
        walk(&[Engine::Mongo, Engine::Postgres]);
    }

    #[test]
    fn mysql_postgres_mongodb_mysql() {
        walk(&[Engine::MySql, Engine::Postgres, Engine::Mongo, Engine::MySql]);
    }
}
