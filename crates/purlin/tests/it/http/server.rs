//! An app on a port of its own, with a few rows in it.

use std::sync::Arc;

use purlin::config::{self, Environment, Secret, Settings};
use purlin::wire::{self, Fallback, Place};
use purlin_core::input::rows_from_json;
use purlin_core::operation::{Action, Operation, Selection};
use purlin_core::sink::NullSink;
use purlin_core::store::Store;
use purlin_core::{Actor, Engine, FieldErrors};
use purlin_http::{Live, Metrics};
use purlin_store_sqlite::SqliteStore;
use purlin_testkit::scenario::{Called, Caller, Scenario};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

const SCHEMA: &str = r#"
datasource db {
  provider = "sqlite"
}

enum Role {
  USER
  ADMIN
}

enum Status {
  DRAFT
  PUBLISHED @map("published")
}

model Team {
  id    Int    @id
  name  String @unique
  users User[]
  @@allow('all', true)
}

model User {
  id       Int      @id
  name     String   @length(1, 40)
  email    String   @unique @email @allow('read', auth() == this || auth().role == ADMIN)
  password String?  @omit
  role     Role     @default(USER) @allow('update', auth().role == ADMIN)
  isActive Boolean  @default(true)
  team     Team?    @relation(fields: [teamId], references: [id])
  teamId   Int?
  posts    Post[]
  notes    Note[]
  @@allow('create,read', true)
  @@allow('update,delete', auth() == this || auth().role == ADMIN)
}

model Post {
  id        String   @id @default(uuid())
  title     String   @trim @length(1, 100)
  status    Status   @default(DRAFT)
  views     BigInt   @default(0)
  price     Decimal?
  rating    Float?
  settings  Json?
  bytes     Bytes?
  createdAt DateTime @default(now())
  author    User     @relation(fields: [authorId], references: [id])
  authorId  Int
  labels    Label[]
  @@allow('read', status == PUBLISHED || author == auth() || auth().role == ADMIN)
  @@allow('create,update,delete', author == auth() || auth().role == ADMIN)
}

model Label {
  id    Int    @id @default(autoincrement())
  name  String @unique
  posts Post[]
  @@allow('all', auth() != null)
  @@allow('read', true)
}

/// Whoever may write one need not be able to read it.
model Note {
  user   User   @relation(fields: [userId], references: [id])
  userId Int
  key    String
  text   String
  @@id([userId, key])
  @@allow('create,update', true)
  @@allow('read,delete', auth() == user)
}

model Closed {
  id Int @id
}
"#;

/// User 1 is an admin, 2 and 3 are not, 4 is not active. Posts p01 to p12, by 2 and 3 in turn;
/// every third is a draft.
pub(crate) struct Server {
    base: String,
    store: Arc<SqliteStore>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut Settings) + Send + 'static) -> Self {
        Self::start_of(SCHEMA, rows(), change)
    }

    /// The rows are those of models, in this order.
    pub(crate) fn start_of(
        schema: &str,
        rows: Vec<(&'static str, Value)>,
        change: impl FnOnce(&mut Settings) + Send + 'static,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("schema.zmodel"), schema).unwrap();
        let app = folder.path().to_owned();
        let (bound, address) = std::sync::mpsc::channel();
        let (stop, stopping) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let compiled = purlin_schema::compile(purlin_schema::load(&app.join("schema.zmodel")).unwrap());
            let schema = Arc::new(compiled.schema.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics)));
            let schema = Arc::new(wire::with_builtin(Arc::unwrap_or_clone(schema)).unwrap());
            let mut config = config::load(&app, Environment::default()).unwrap();
            config.settings.server.host = "127.0.0.1".to_owned();
            change(&mut config.settings);
            let databases = wire::databases(&schema, &config, Fallback::Embedded).unwrap();
            let (migrator, mut connection) = wire::migrator(&app, &databases[0]).unwrap();
            migrator.dev(&schema, &mut *connection, &purlin_migrate::Consent::default()).unwrap();
            let settings = &config.settings;
            wire::runtime().unwrap().block_on(async {
                let Place::File(path) = &databases[0].place else { panic!("the datasource is embedded") };
                let mut config = purlin_store_sqlite::Config::new(path);
                config.read_timeout = settings.database.statement_timeout;
                config.write_timeout = settings.database.statement_timeout;
                let opened = Arc::new(SqliteStore::open(config, Arc::clone(&schema)).unwrap());
                let store: Arc<dyn Store> = opened.clone();
                let metrics = Arc::new(Metrics::default());
                let keys = wire::Keys::of(Secret::new(SECRET));
                let assembled = wire::assemble(
                    settings,
                    "test",
                    &schema,
                    Arc::clone(&store),
                    &keys,
                    Arc::clone(&metrics),
                    Arc::new(purlin_core::mail::NullMailer),
                );
                let assembled = assembled.unwrap();
                for (model, rows) in rows {
                    insert(&assembled.engine, model, &rows).await;
                }
                let live = Arc::new(Live::new(assembled.app));
                let server = wire::bind(settings, Some(0), live, metrics).await.unwrap();
                bound.send((server.address().unwrap(), opened)).unwrap();
                server
                    .serve(async {
                        let _ = stopping.await;
                    })
                    .await;
                store.close().await;
            });
        });
        let (address, store) = address.recv().unwrap();
        let base = format!("http://{address}");
        Self { base, store, stop: Some(stop), thread: Some(thread), _folder: folder }
    }

    /// How many the database has run so far.
    pub(crate) fn statements(&self) -> u64 {
        self.store.statements()
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    fn caller(&self) -> Caller<'_> {
        Caller { base: self.base.clone(), token: &token }
    }

    #[track_caller]
    pub(crate) fn call(&self, actor: Option<&str>, request: &str, body: &str) -> Called {
        self.caller().call(actor, request, body)
    }

    /// A read: request, status, answer.
    #[track_caller]
    pub(crate) fn check(&self, actor: Option<&str>, request: &str, status: u16, answer: &str) {
        self.caller().check(&Scenario { actor, request, body: "", status, answer, absent: &[] });
    }

    /// A write: request, body, status, answer.
    #[track_caller]
    pub(crate) fn write(&self, actor: Option<&str>, request: &str, body: &str, status: u16, answer: &str) {
        self.caller().check(&Scenario { actor, request, body, status, answer, absent: &[] });
    }

    /// The ids, or names, of a list's rows.
    #[track_caller]
    pub(crate) fn ids(&self, actor: Option<&str>, request: &str) -> String {
        let called = self.call(actor, request, "");
        assert_eq!(called.status, 200, "{request}\n{}", called.text);
        let json = called.json();
        let ids = json["data"].as_array().unwrap().iter().map(|row| match &row["id"] {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        });
        ids.collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = self.thread.take().map(std::thread::JoinHandle::join);
        assert!(std::thread::panicking() || !matches!(ended, Some(Err(_))), "the server's thread panicked");
    }
}

pub(crate) fn token(subject: &str) -> String {
    let claims = json!({ "sub": subject, "exp": jsonwebtoken::get_current_timestamp() + 600 });
    signed(claims, SECRET)
}

/// With the issuer and the audience that the configuration has by default.
pub(crate) fn signed(mut claims: Value, secret: &str) -> String {
    claims["iss"] = json!("purlin");
    claims["aud"] = json!("purlin");
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

fn rows() -> Vec<(&'static str, Value)> {
    let users = json!([
        {"id": 1, "name": "Ada", "email": "ada@x.io", "role": "ADMIN", "password": "hash-1"},
        {"id": 2, "name": "Bob", "email": "bob@x.io", "teamId": 1, "password": "hash-2"},
        {"id": 3, "name": "Cyd", "email": "cyd@x.io", "teamId": 2},
        {"id": 4, "name": "Dan", "email": "dan@x.io", "isActive": false},
    ]);
    let posts = (1..=12).map(|number| {
        json!({
            "id": format!("p{number:02}"), "title": format!("Title {number}"), "authorId": 2 + number % 2,
            "status": if number % 3 == 0 { "DRAFT" } else { "PUBLISHED" }, "views": (number * 10).to_string(),
            "price": if number == 1 { json!("12.50") } else { Value::Null },
            "createdAt": format!("2026-01-{:02}T00:00:00.000Z", 1 + number / 2),
        })
    });
    vec![
        ("Team", json!([{"id": 1, "name": "core"}, {"id": 2, "name": "docs"}])),
        ("User", users),
        ("Post", posts.collect()),
        ("Label", json!([{"id": 1, "name": "red"}, {"id": 2, "name": "blue"}])),
        ("Note", json!([{"userId": 2, "key": "a,b/c", "text": "mine"}])),
    ]
}

async fn insert(engine: &Engine, model: &str, rows: &Value) {
    let schema = Arc::clone(engine.schema());
    let model = schema.model_named(model).unwrap();
    let mut errors = FieldErrors::default();
    let (rows, many) = rows_from_json(&schema, model, rows, &mut errors);
    let action = Action::Create { rows, many, selection: Selection::default() };
    let operation = Operation { model: model.id, action, within: None, errors };
    let actor = Actor::System { reason: "rows for tests" };
    engine.run(&actor, operation, Box::new(NullSink)).await.unwrap();
}
