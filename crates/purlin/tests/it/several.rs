//! An app in two datasources, from outside: a history for each, requests across them, one that goes away.

use serde_json::{Value as Json, json};

use crate::app::App;
use crate::client::{Answer, send};
use crate::engines::{Database, Engine};
use crate::server::Server;

const SCHEMA: &str = r#"
datasource people {
  provider = "postgresql"
  url      = env("PEOPLE_URL")
}

datasource shop {
  provider = "sqlite"
  url      = env("SHOP_URL")
}

model Person {
  id     Int     @id @default(autoincrement())
  name   String
  orders Order[]

  @@allow('all', true)
}

model Order {
  id       Int    @id @default(autoincrement())
  what     String
  buyer    Person @relation(fields: [buyerId], references: [id])
  buyerId  Int

  @@allow('all', true)
  @@datasource(shop)
}
"#;

const SEED: &str = r#"{
  "Person": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ben"}],
  "Order": [{"id": 1, "what": "lamp", "buyerId": 2}, {"id": 2, "what": "stool", "buyerId": 1}, {"id": 3, "what": "rug", "buyerId": 2}]
}"#;

fn ask(server: &Server, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
    let body = body.map(Json::to_string);
    let headers: &[(&str, &str)] = if body.is_some() { &[("content-type", "application/json")] } else { &[] };
    let Answer { status, text, .. } = send(method, &server.address, path, headers, body.as_deref());
    (status, serde_json::from_str(&text).unwrap_or(Json::Null))
}

/// An app that is deployed and seeded, and its database of people.
fn deployed(engine: Engine) -> (App, Database) {
    let app = App::with_schema(SCHEMA);
    let database = engine.database();
    let people = database.url.clone().unwrap_or_else(|| "file:./data/people.db".to_owned());
    app.write(".env", &format!("PEOPLE_URL=\"{people}\"\nSHOP_URL=\"file:./data/shop.db\"\n"));
    app.write("seed.json", SEED);
    app.run(&["migrate", "dev", "--name", "init"], 0);
    for name in ["people", "shop"] {
        assert!(app.path.join("migrations").join(name).is_dir(), "{name} has no history");
    }
    app.run(&["db", "seed"], 0);
    (app, database)
}

fn serve(app: &App) -> Server {
    app.write(
        ".env",
        &format!("{}JWT_SECRET=\"a secret that is long enough for a test\"\n", app.read(".env")),
    );
    Server::start(&app.path, &["serve", "--port", "0"])
}

fn round_trip(engine: Engine) {
    let (app, _database) = deployed(engine);
    let server = serve(&app);
    assert_eq!(ask(&server, "GET", "/readyz", None).0, 200);

    let (_, orders) = ask(&server, "GET", "/api/orders?include=buyer&sort=id", None);
    let buyers: Vec<&Json> =
        orders["data"].as_array().unwrap().iter().map(|it| &it["buyer"]["name"]).collect();
    assert_eq!(buyers, ["Ben", "Ada", "Ben"]);
    let (_, people) = ask(&server, "GET", "/api/people?include=orders&sort=id", None);
    assert_eq!(people["data"][1]["orders"][1]["what"], "rug", "{people}");
    let (_, below) = ask(&server, "GET", "/api/people/2/orders", None);
    assert_eq!(below["data"].as_array().map(Vec::len), Some(2), "{below}");

    let order = |buyer: i64| json!({"what": "bed", "buyerId": buyer});
    assert_eq!(ask(&server, "POST", "/api/orders", Some(&order(1))).0, 201);
    let (status, refused) = ask(&server, "POST", "/api/orders", Some(&order(77)));
    assert_eq!(status, 409, "{refused}");
    assert_eq!(refused["error"]["message"], "the Person that `buyer` refers to does not exist");
    let (status, refused) = ask(&server, "DELETE", "/api/people/1", None);
    assert_eq!((status, &refused["error"]["code"]), (409, &json!("CONFLICT")), "{refused}");
    let (status, refused) = ask(&server, "GET", "/api/orders?buyer.name=Ada", None);
    assert_eq!(status, 400, "{refused}");

    drop(server);
    // Emptied one after the other, and filled again.
    app.run(&["db", "seed", "--reset"], 0);
}

mod sqlite {
    use super::*;

    #[test]
    fn one_app_in_two_databases() {
        round_trip(Engine::Sqlite);
    }

    #[test]
    fn what_is_not_atomic_is_said_once() {
        let app = App::with_schema(SCHEMA);
        let checked = app.run(&["check"], 0);
        let said = format!("{}{}", checked.stdout, checked.stderr);
        assert_eq!(said.matches("W0601").count(), 1, "{said}");
        app.edit(
            "@@allow('all', true)\n  @@datasource",
            "@@allow('all', buyer.name == 'Ada')\n  @@datasource",
        );
        let refused = app.run(&["check"], 1);
        let said = format!("{}{}", refused.stdout, refused.stderr);
        assert!(said.contains("E0604"), "{said}");
    }
}

mod postgres {
    use super::*;

    #[test]
    fn one_app_on_two_engines() {
        round_trip(Engine::Postgres);
    }

    #[test]
    fn a_datasource_that_is_gone_is_named_and_the_other_goes_on() {
        let (app, database) = deployed(Engine::Postgres);
        let server = serve(&app);
        drop(database);
        let (status, ready) = ask(&server, "GET", "/readyz", None);
        assert_eq!(status, 503, "{ready}");
        let said = ready.to_string();
        assert!(said.contains("datasource people") && !said.contains("datasource shop"), "{said}");
        assert_eq!(ask(&server, "GET", "/api/orders", None).0, 200);
        assert_eq!(ask(&server, "GET", "/api/orders?include=buyer", None).0, 503);
    }
}
