//! Moves that are killed, and a source that changes: the same command goes on, and nothing is called moved that is not
//! the same.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin::moving::{Progress, schema_of_progress};
use purlin::wire::{self, Database, Place};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use serde_json::json;

use super::fixture::{SOURCE, at, file};
use crate::app::App;
use crate::engines::Engine;
use crate::server::Server;

const SCHEMA: &str = r#"
model Item {
  id     Int    @id @default(autoincrement())
  name   String @unique
  next   Item?  @relation("Next", fields: [nextId], references: [id])
  nextId Int?
  before Item[] @relation("Next")
  @@allow('all', true)
}

model Last {
  id Int @id
  @@allow('all', true)
}
"#;
/// Enough for several pages, of which some take their time.
fn rows(engine: Engine) -> u64 {
    match engine {
        Engine::Sqlite => 60_000,
        Engine::Postgres | Engine::MySql => 30_000,
        Engine::Mongo => 12_000,
    }
}
const PATIENCE: Duration = Duration::from_mins(1);

fn app(rows: u64) -> App {
    let app = App::with_schema(SCHEMA);
    at(&app, SOURCE);
    app.write("seed.json", r#"{"Last": [{"id": 7}]}"#);
    app.run(&["db", "seed"], 0);
    let fill = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         INSERT INTO \"Item\" (id, name, \"nextId\") SELECT i, 'item ' || i, {rows} + 1 - i FROM n"
    );
    file(&app, SOURCE).execute_batch(&fill).unwrap();
    app
}

fn start(app: &App, url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_purlin"))
        .args(["db", "move", "--to", url])
        .current_dir(&app.path)
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Looks into the target of a move.
struct Watch {
    runtime: tokio::runtime::Runtime,
    schema: Arc<Schema>,
    target: Database,
    open: Option<(Arc<dyn Store>, Progress)>,
}

impl Watch {
    fn new(app: &App, url: &str) -> Self {
        let compiled = purlin_schema::compile(purlin_schema::load(&app.path.join("schema.zmodel")).unwrap());
        let schema = wire::with_builtin(compiled.schema.unwrap()).unwrap();
        let datasource = schema.datasources[0].id;
        let place = Place::parse(url, "db", &app.path).unwrap();
        Self {
            runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap(),
            schema: schema_of_progress(&schema, datasource).unwrap(),
            target: Database { name: "db".to_owned(), datasource, place, note: None },
            open: None,
        }
    }

    /// How many rows of `Item` the move says it has written; none before it says anything.
    fn written(&mut self) -> u64 {
        if self.open.is_none() && !self.target.place.is_missing() {
            let mut settings = purlin::config::Settings::default();
            settings.database.statement_timeout = PATIENCE;
            let target = std::slice::from_ref(&self.target);
            let opened = self.runtime.block_on(wire::open_store(target, &settings, &self.schema));
            self.open = opened.ok().map(|store| {
                let progress = Progress::new(&self.schema, &store).unwrap();
                (store, progress)
            });
        }
        let Some((_, progress)) = &self.open else { return 0 };
        let state = self.runtime.block_on(progress.read()).ok().flatten();
        state.and_then(|state| state.parts.get("Item").map(|moved| moved.rows)).unwrap_or(0)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((store, _)) = self.open.take() {
            self.runtime.block_on(store.close());
        }
    }
}

/// Starts a move and kills it in the middle.
fn cut_short(engine: Engine, app: &App, url: &str) {
    let mut watch = Watch::new(app, url);
    let mut child = start(app, url);
    let deadline = Instant::now() + PATIENCE;
    // The server of the tests has one thread: who looks all the time leaves none of it to who writes.
    let pause = if engine == Engine::Mongo { Duration::from_millis(200) } else { Duration::ZERO };
    while watch.written() == 0 {
        assert!(Instant::now() < deadline, "nothing was written");
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        std::thread::sleep(pause);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let written = watch.written();
    assert!(written > 0 && written < rows(engine), "{written} rows were written");
}

fn goes_on(engine: Engine) {
    let all = rows(engine);
    let app = app(all);
    let base = engine.database();
    let url = base.url.as_deref().unwrap_or("file:./other.db");
    cut_short(engine, &app, url);
    // What is half moved serves nobody, and is no place for another move.
    at(&app, url);
    let mut refused = Server::launch(&app.path, &["serve", "--port", "0"]);
    assert_eq!(refused.ended(), 1, "{}", refused.said());
    assert!(refused.said().contains("has not ended"), "{}", refused.said());
    app.run(&["migrate", "deploy"], 1);
    at(&app, "file:./elsewhere.db");
    app.run(&["db", "seed"], 0);
    let other = app.json(&["db", "move", "--to", url], 1);
    assert_eq!(other["error"]["code"], "OTHER_MOVE", "{other}");
    at(&app, SOURCE);

    let moved = app.json(&["db", "move", "--to", url], 0);
    assert_eq!(moved["parts"][0]["rows"], json!(all), "{moved}");
    at(&app, url);
    let server = Server::start(&app.path, &["serve", "--port", "0"]);
    let (_, found) = server.get("/api/items?sort=-id&limit=1&include=next");
    assert_eq!(
        (&found["data"][0]["id"], &found["data"][0]["next"]["id"]),
        (&json!(all), &json!(1)),
        "{found}"
    );
    drop(server);
    // It has ended: what is there is an app's.
    at(&app, SOURCE);
    assert_eq!(app.json(&["db", "move", "--to", url], 1)["error"]["code"], "NOT_EMPTY");
}

/// Rows that were copied before somebody changed them.
fn finds_changes(engine: Engine) {
    let all = rows(engine);
    let app = app(all);
    let base = engine.database();
    let url = base.url.as_deref().unwrap_or("file:./other.db");
    cut_short(engine, &app, url);
    let change = "UPDATE \"Item\" SET name = 'another' WHERE id = 1; DELETE FROM \"Item\" WHERE id = 2; \
                  INSERT INTO \"Last\" VALUES (8)";
    // Nothing of what was copied is behind the last key.
    let delete = "UPDATE \"Item\" SET \"nextId\" = NULL WHERE \"nextId\" = 2";
    file(&app, SOURCE).execute_batch(&format!("{delete}; {change}")).unwrap();
    let failed = app.json(&["db", "move", "--to", url], 1);
    assert_eq!(failed["error"]["code"], "DIFFERENT", "{failed}");
    let message = failed["error"]["message"].as_str().unwrap();
    let line = format!("Item: {} in the source, {all} in the target", all - 1);
    assert!(message.contains(&line) && !message.contains("Last"), "{message}");
    at(&app, url);
    let mut refused = Server::launch(&app.path, &["serve", "--port", "0"]);
    assert_eq!(refused.ended(), 1, "{}", refused.said());
    at(&app, SOURCE);
    let moved = app.json(&["db", "move", "--to", url], 0);
    assert_eq!(moved["parts"][0]["rows"], json!(all - 1), "{moved}");
    assert_eq!(moved["parts"][1]["rows"], 2, "{moved}");
}

mod sqlite {
    use super::*;

    #[test]
    fn a_killed_move_goes_on() {
        goes_on(Engine::Sqlite);
    }

    #[test]
    fn changes_are_found() {
        finds_changes(Engine::Sqlite);
    }
}

mod postgres {
    use super::*;

    #[test]
    fn a_killed_move_goes_on() {
        goes_on(Engine::Postgres);
    }

    #[test]
    fn changes_are_found() {
        finds_changes(Engine::Postgres);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn a_killed_move_goes_on() {
        goes_on(Engine::MySql);
    }
}

mod mongodb {
    use super::*;

    /// Most of its time the server waits for the transaction of the killed one to grow too old.
    #[test]
    fn a_killed_move_goes_on_and_finds_changes() {
        finds_changes(Engine::Mongo);
    }
}
