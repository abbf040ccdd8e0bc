//! Schemas of other people's apps, from the folder `PURLIN_TEST_SCHEMAS`: each is migrated and served on each engine,
//! every model is given a row with no more than it asks for, and lists it to an admin.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use purlin_core::schema::{Arity, Field, FieldKind, Link, Model, Scalar, Schema, Url};
use purlin_schema::SourceFile;
use serde_json::{Map, Value as Json, json};

use crate::app::App;
use crate::client::send;
use crate::engines::Engine;
use crate::program::run;
use crate::server::Server;

mod sqlite {
    #[test]
    #[ignore = "asks for a folder of schemas in PURLIN_TEST_SCHEMAS"]
    fn schemas_of_a_folder_are_served() {
        super::all(super::Engine::Sqlite, "sqlite");
    }
}

mod postgres {
    #[test]
    #[ignore = "asks for a folder of schemas in PURLIN_TEST_SCHEMAS"]
    fn schemas_of_a_folder_are_served() {
        super::all(super::Engine::Postgres, "postgres");
    }
}

mod mysql {
    #[test]
    #[ignore = "asks for a folder of schemas in PURLIN_TEST_SCHEMAS"]
    fn schemas_of_a_folder_are_served() {
        super::all(super::Engine::MySql, "mysql");
    }
}

mod mongodb {
    #[test]
    #[ignore = "asks for a folder of schemas in PURLIN_TEST_SCHEMAS"]
    fn schemas_of_a_folder_are_served() {
        super::all(super::Engine::Mongo, "mongodb");
    }
}

#[track_caller]
fn all(engine: Engine, name: &str) {
    let folder = std::env::var("PURLIN_TEST_SCHEMAS").unwrap();
    let mut problems = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        println!("{file}: {}", one(&path, engine, name, &mut problems));
        seen += 1;
    }
    assert!(seen > 0, "no schema in {folder}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What was done with it. What the engine cannot hold must be said before anything is made.
fn one(path: &Path, engine: Engine, name: &str, problems: &mut Vec<String>) -> String {
    let text = fs::read_to_string(path).unwrap();
    let compiled = purlin_schema::compile(vec![SourceFile::new("schema.zmodel", text.clone())]);
    let schema = compiled.schema.unwrap_or_else(|| panic!("{}: {:?}", path.display(), compiled.diagnostics));
    let app = App::with_schema(&text);
    let database = engine.database();
    let variable = match schema.datasources.first().and_then(|datasource| datasource.url.as_ref()) {
        Some(Url::Env(name)) => name.as_str(),
        _ => "DATABASE_URL",
    };
    let secret = "JWT_SECRET=\"a secret of these tests, which is long enough\"\n";
    app.write(".env", &format!("{secret}{}", database.environment(variable)));
    let checked = run(&app.path, &["check", "--for", name]);
    let migrated = run(&app.path, &["migrate", "dev", "--name", "init"]);
    if checked.code != 0 && engine != Engine::Sqlite {
        let said = format!("{}{}", checked.stdout, checked.stderr);
        if migrated.code == 0 {
            problems.push(format!("{}: refused by the check, and migrated", path.display()));
        }
        return said.lines().filter(|line| line.starts_with("error")).collect::<Vec<_>>().join("\n  ");
    }
    assert_eq!(migrated.code, 0, "{}: {}{}", path.display(), migrated.stdout, migrated.stderr);
    let password = app.json(&["admin", "create", "root@example.com"], 0)["password"].clone();
    let server = Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
    let mut client = Client { server, token: String::new() };
    let login = json!({"email": "root@example.com", "password": password});
    let (_, signed_in) = client.ask("POST", "/api/auth/admin/login", Some(&login));
    client.token = signed_in["data"]["token"].as_str().unwrap().to_owned();
    let (created, listed) = fill(&client, &schema, problems);
    format!("{} models, {created} given a row, {listed} listed", schema.own_models().count())
}

/// How many models got a row, and how many list it.
fn fill(client: &Client, schema: &Schema, problems: &mut Vec<String>) -> (usize, usize) {
    let (_, document) = client.ask("GET", "/openapi.json", None);
    let paths = paths_of(&document);
    let mut rows: BTreeMap<String, Json> = BTreeMap::new();
    let mut waiting: Vec<&Model> =
        schema.own_models().filter(|model| !model.is_ignored && !model.is_view).collect();
    loop {
        let before = waiting.len();
        waiting.retain(|model| {
            let Some(body) = least(schema, model, &rows) else { return true };
            let (status, answer) = client.ask("POST", &paths[&model.name], Some(&body));
            if status == 201 {
                rows.insert(model.name.clone(), answer["data"].clone());
            } else {
                problems.push(format!("{} {body}: {status} {answer}", model.name));
            }
            false
        });
        if waiting.len() == before {
            break;
        }
    }
    problems.extend(waiting.iter().map(|model| format!("{} waits for others", model.name)));
    let mut listed = 0;
    for name in rows.keys() {
        let (status, answer) = client.ask("GET", &paths[name], None);
        let is_there = status == 200 && answer["data"].as_array().is_some_and(|rows| !rows.is_empty());
        listed += usize::from(is_there);
        if !is_there {
            problems.push(format!("{name}: {status} {answer}"));
        }
    }
    (rows.len(), listed)
}

/// The path of each model's list, by the model's name.
fn paths_of(document: &Json) -> BTreeMap<String, String> {
    let paths = document["paths"].as_object().unwrap().iter();
    let lists = paths
        .filter(|(path, item)| item["post"].is_object() && !path.contains('{') && !path.ends_with("/query"));
    lists
        .filter_map(|(path, item)| Some((item["get"]["tags"][0].as_str()?.to_owned(), path.clone())))
        .collect()
}

/// What a row cannot do without; `None` while a row that it refers to is not there.
fn least(schema: &Schema, model: &Model, rows: &BTreeMap<String, Json>) -> Option<Json> {
    let mut body = Map::new();
    for relation in model.fields.iter().filter_map(Field::relation) {
        let Link::Owning { fields, references, .. } = &relation.link else { continue };
        if fields.iter().all(|field| model.field(*field).is_required()) {
            let target = schema.model(relation.target);
            let row = rows.get(&target.name)?;
            for (field, reference) in fields.iter().zip(references) {
                let value = row[&target.field(*reference).name].clone();
                body.insert(model.field(*field).name.clone(), value);
            }
        }
    }
    for field in model.columns() {
        let is_asked = field.is_required() && field.default.is_none() && !field.is_updated_at;
        if !is_asked || body.contains_key(&field.name) {
            continue;
        }
        let value = match (&field.kind, field.arity) {
            (_, Arity::List) => json!([]),
            (FieldKind::Enum(id), _) => json!(schema.enumeration(*id).values.first()?.name),
            (FieldKind::Scalar(scalar), _) => of(*scalar),
            _ => json!({}),
        };
        body.insert(field.name.clone(), value);
    }
    Some(Json::Object(body))
}

fn of(scalar: Scalar) -> Json {
    match scalar {
        Scalar::String => json!("text"),
        Scalar::Boolean => json!(true),
        Scalar::Int => json!(1),
        Scalar::BigInt => json!("1"),
        Scalar::Float => json!(1.5),
        Scalar::Decimal => json!("1.5"),
        Scalar::DateTime => json!("2026-01-01T00:00:00.000Z"),
        Scalar::Json => json!({"a": 1}),
        Scalar::Bytes => json!("AQID"),
    }
}

struct Client {
    server: Server,
    token: String,
}

impl Client {
    fn ask(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("content-type", "application/json")];
        if !self.token.is_empty() {
            headers.push(("authorization", bearer.as_str()));
        }
        let body = body.map(Json::to_string);
        let answer = send(method, &self.server.address, path, &headers, body.as_deref());
        (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
    }
}
