//! Kept answers where only the inside can tell: what runs on the database, what happens at the same time, whose
//! answers are kept and for how long.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use purlin::wire::{Database, Place, migrator};
use purlin_core::changes::Table;
use purlin_core::clock::Clock;
use purlin_core::input::rows_from_json;
use purlin_core::operation::{Action, Count, Operation, Page, Query, Selection, Where};
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{
    Guarded, Insert, ParamId, Read, ReadOutcome, Step, WriteOutcome, WritePlan, WriteValue,
};
use purlin_core::store::{BoxFuture, Store};
use purlin_core::{
    Actor, Admin, CacheSettings, CacheUse, DateTime, DefaultAccess, Engine, Error, FieldErrors, User, Value,
};
use purlin_migrate::Consent;
use purlin_store_sqlite::{Config, SqliteStore};
use purlin_testkit::block_on;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::app::App;

const SCHEMA: &str = r#"
datasource db { provider = "sqlite" }

model User {
  id    Int    @id
  team  Int
  @@auth
  @@allow('all', true)
}

model Post {
  id    Int    @id
  title String
  team  Int
  price Int    @default(1) @allow('read', auth().team == team)
  @@allow('create', true)
  @@allow('read', true)
}

model Own {
  id   Int @id
  team Int
  @@allow('create', true)
  @@allow('read', auth().team == team)
}

model Offer {
  id    Int      @id
  until DateTime
  @@allow('create', true)
  @@allow('read', until > now())
}

model Plain {
  id Int @id
  @@allow('create,read', true)
}
"#;

const LONGEST: Duration = Duration::from_secs(30);

type Act = Box<dyn FnOnce(&SqliteStore) + Send>;

/// The database, and what happens to it while it is read.
#[derive(Default)]
struct Watched {
    store: Option<SqliteStore>,
    reads: AtomicU64,
    /// Reads wait.
    is_held: AtomicBool,
    before_read: Mutex<Option<Act>>,
    after_read: Mutex<Option<Act>>,
    is_deaf: AtomicBool,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Watched")
    }
}

impl Watched {
    fn store(&self) -> &SqliteStore {
        self.store.as_ref().unwrap()
    }

    fn act(&self, action: &Mutex<Option<Act>>) {
        let action = action.lock().unwrap().take();
        action.into_iter().for_each(|action| action(self.store()));
    }
}

impl Store for Watched {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, Error>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            poll_fn(|_| if self.is_held.load(Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) })
                .await;
            self.act(&self.before_read);
            let outcome = self.store().read(read, sink).await;
            self.act(&self.after_read);
            outcome
        })
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, Error>> {
        self.store().write(plan, sink)
    }

    fn version(&self, model: ModelId) -> u64 {
        self.store().version(model)
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        self.store().changes(tables)
    }

    fn hears_others(&self, model: ModelId) -> bool {
        !self.is_deaf.load(Ordering::SeqCst) && self.store().hears_others(model)
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.store().ping()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.store().close()
    }
}

#[derive(Debug, Default)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> DateTime {
        DateTime::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

struct Kit {
    schema: Arc<Schema>,
    store: Arc<Watched>,
    clock: Arc<SetClock>,
    engine: Engine,
    folder: TempDir,
}

impl Kit {
    fn new() -> Self {
        let compiled = purlin_schema::compile(vec![purlin_schema::SourceFile::new("schema.zmodel", SCHEMA)]);
        let schema = Arc::new(compiled.schema.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics)));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let place = Place::File(path.clone());
        let datasource = schema.datasources[0].id;
        let database = Database { name: "db".to_owned(), datasource, place, note: None };
        let (migrator, mut connection) = migrator(folder.path(), &database).unwrap();
        migrator.dev(&schema, &mut *connection, &Consent::default()).unwrap();
        let store = SqliteStore::open(Config::new(path), Arc::clone(&schema)).unwrap();
        let store = Arc::new(Watched { store: Some(store), ..Watched::default() });
        let clock = Arc::new(SetClock(AtomicI64::new(1_700_000_000_000)));
        let kept = schema.models.iter().filter(|model| model.name != "Plain");
        let settings = CacheSettings {
            models: kept.map(|model| (model.id, LONGEST)).collect(),
            size_bytes: 1 << 20,
            others_within: Duration::from_secs(5),
        };
        let engine = Engine::new(Arc::clone(&schema), Arc::clone(&store) as _, DefaultAccess::Deny).unwrap();
        let engine = engine.with_clock(Arc::clone(&clock) as _).with_cache(&settings);
        Self { schema, store, clock, engine, folder }
    }

    fn model(&self, name: &str) -> ModelId {
        self.schema.models.iter().find(|model| model.name == name).unwrap().id
    }

    fn create(&self, name: &str, row: &Json) {
        let id = self.model(name);
        let model = self.schema.model(id);
        let mut errors = FieldErrors::default();
        let (rows, _) = rows_from_json(&self.schema, model, row, &mut errors);
        let action = Action::Create { rows, many: false, selection: Selection::default() };
        let operation = Operation { model: id, action, within: None, errors };
        block_on(self.engine.run(&Actor::Anonymous, operation, Box::new(JsonSink::default()))).unwrap();
    }

    /// Which rows there are, by id, and where that came from.
    async fn list(&self, actor: &Actor, name: &str) -> (Vec<i64>, Option<CacheUse>) {
        let (rows, cache) = self.rows(actor, name).await;
        (rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect(), cache)
    }

    async fn rows(&self, actor: &Actor, name: &str) -> (Json, Option<CacheUse>) {
        let model = self.model(name);
        let query = Query {
            filter: Where::everything(),
            order: purlin_core::input::default_order(self.schema.model(model)),
            selection: Selection::default(),
            page: Page::Offset { skip: 0, take: None },
            count: Count::Exact,
            distinct: Vec::new(),
        };
        let action = Action::List(query);
        let operation = Operation { model, action, within: None, errors: FieldErrors::default() };
        let answer = self.engine.run(actor, operation, Box::new(JsonSink::default())).await.unwrap();
        let sink = answer.sink.into_any().downcast::<JsonSink>().unwrap();
        let rows: Json = serde_json::from_slice(&sink.into_bytes()).unwrap();
        assert_eq!(answer.outcome.rows, rows.as_array().unwrap().len());
        assert_eq!(answer.outcome.total.unwrap().rows, answer.outcome.rows as u64);
        (rows, answer.cache)
    }

    #[track_caller]
    fn check(&self, actor: &Actor, name: &str, ids: &[i64], cache: Option<CacheUse>) {
        assert_eq!(block_on(self.list(actor, name)), (ids.to_vec(), cache), "{name} as {actor:?}");
    }

    fn pass(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    fn post(&self, id: i64) {
        self.create("Post", &json!({"id": id, "title": "t", "team": id % 2}));
    }

    /// The plan of a post, for a write past the engine.
    fn inserts(&self, id: i64) -> Act {
        let schema = Arc::clone(&self.schema);
        let model = self.model("Post");
        Box::new(move |store| {
            let place = |name: &str| schema.model(model).field_named(name).unwrap().id;
            let values: Vec<Value> = vec![id.into(), "t".into(), 1.into(), 1.into()];
            let columns = ["id", "title", "team", "price"].into_iter().enumerate();
            let insert = Insert {
                model,
                values: columns
                    .map(|(index, name)| {
                        let param = ParamId(u32::try_from(index).unwrap());
                        (place(name), WriteValue::Param(param))
                    })
                    .collect(),
                slot: None,
                returning: Vec::new(),
                shown: Vec::new(),
                skips_duplicates: false,
            };
            let steps = vec![Step::Insert(insert)];
            let plan = WritePlan { steps, params: values, ..WritePlan::default() };
            let plan = Guarded::as_system(plan, "somebody writes meanwhile");
            block_on(store.write(plan, Box::new(JsonSink::default()))).unwrap();
        })
    }
}

fn of_team(id: i64, team: i64) -> Actor {
    Actor::User(Arc::new(User::new(vec![id.into(), team.into()])))
}

const HIT: Option<CacheUse> = Some(CacheUse::Hit);
const MISS: Option<CacheUse> = Some(CacheUse::Miss);
const BYPASS: Option<CacheUse> = Some(CacheUse::Bypass);

#[test]
fn an_answer_that_is_there_runs_no_statement() {
    let kit = Kit::new();
    kit.post(1);
    kit.check(&Actor::Anonymous, "Post", &[1], MISS);
    let statements = kit.store.store().statements();
    for _ in 0..100 {
        kit.check(&Actor::Anonymous, "Post", &[1], HIT);
    }
    assert_eq!(kit.store.store().statements(), statements);
    kit.check(&Actor::Anonymous, "Plain", &[], None);
    assert!(kit.store.store().statements() > statements, "the others are read");
}

#[test]
fn who_shares_an_answer_would_have_got_the_same() {
    let kit = Kit::new();
    kit.create("Own", &json!({"id": 1, "team": 1}));
    kit.create("Own", &json!({"id": 2, "team": 2}));
    let (one, mate, other) = (of_team(1, 1), of_team(2, 1), of_team(3, 2));
    kit.check(&one, "Own", &[1], MISS);
    kit.check(&mate, "Own", &[1], HIT);
    kit.check(&other, "Own", &[2], MISS);
    kit.check(&other, "Own", &[2], HIT);
    // The same person with another row is another.
    kit.check(&of_team(1, 2), "Own", &[2], HIT);
    // A field that a rule shows to some.
    kit.post(1);
    let prices = |actor: &Actor| {
        let (rows, cache) = block_on(kit.rows(actor, "Post"));
        (rows[0]["price"].clone(), cache)
    };
    assert_eq!(prices(&one), (json!(1), MISS));
    assert_eq!(prices(&mate), (json!(1), HIT));
    assert_eq!(prices(&other), (json!(null), MISS));
    assert_eq!(prices(&Actor::Anonymous), (json!(null), MISS));
    assert_eq!(prices(&one), (json!(1), HIT));
}

#[test]
fn who_passes_the_rules_is_shown_the_database() {
    let kit = Kit::new();
    kit.post(1);
    let admin = Actor::Admin(Arc::new(Admin { email: "root@example.com".to_owned() }));
    for actor in [admin, Actor::System { reason: "a test" }] {
        kit.check(&actor, "Post", &[1], None);
        kit.check(&actor, "Post", &[1], None);
    }
    kit.check(&of_team(1, 1), "Post", &[1], MISS);
}

#[test]
fn what_depends_on_the_time_is_not_kept() {
    let kit = Kit::new();
    kit.create("Offer", &json!({"id": 1, "until": "2023-11-14T22:13:30.000Z"}));
    kit.check(&Actor::Anonymous, "Offer", &[1], BYPASS);
    kit.check(&Actor::Anonymous, "Offer", &[1], BYPASS);
    kit.pass(Duration::from_secs(11));
    kit.check(&Actor::Anonymous, "Offer", &[], BYPASS);
}

#[test]
fn nothing_is_kept_for_longer_than_is_said() {
    let kit = Kit::new();
    kit.check(&Actor::Anonymous, "Post", &[], MISS);
    kit.pass(Duration::from_millis(29_999));
    kit.check(&Actor::Anonymous, "Post", &[], HIT);
    kit.pass(Duration::from_millis(1));
    kit.check(&Actor::Anonymous, "Post", &[], MISS);
    // Where others may write unheard, for no longer than they may be unheard.
    kit.store.is_deaf.store(true, Ordering::SeqCst);
    kit.post(1);
    kit.check(&Actor::Anonymous, "Post", &[1], MISS);
    kit.pass(Duration::from_millis(4_999));
    kit.check(&Actor::Anonymous, "Post", &[1], HIT);
    kit.pass(Duration::from_millis(1));
    kit.check(&Actor::Anonymous, "Post", &[1], MISS);
}

/// What was read before a commit is not the answer after it, although it arrives after it.
#[test]
fn a_write_in_the_middle_of_a_read() {
    let kit = Kit::new();
    *kit.store.after_read.lock().unwrap() = Some(kit.inserts(1));
    kit.check(&Actor::Anonymous, "Post", &[], MISS);
    kit.check(&Actor::Anonymous, "Post", &[1], MISS);
    kit.check(&Actor::Anonymous, "Post", &[1], HIT);
    kit.post(2);
    *kit.store.before_read.lock().unwrap() = Some(kit.inserts(3));
    kit.check(&Actor::Anonymous, "Post", &[1, 2, 3], MISS);
    kit.check(&Actor::Anonymous, "Post", &[1, 2, 3], MISS);
    kit.check(&Actor::Anonymous, "Post", &[1, 2, 3], HIT);
}

/// Whatever was acknowledged before a read began is in its answer, wherever that comes from.
#[test]
fn an_acknowledged_write_is_seen_by_all() {
    let kit = Kit::new();
    let acknowledged = AtomicU64::new(0);
    let is_over = AtomicBool::new(false);
    let hits = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let least = acknowledged.load(Ordering::SeqCst);
                    let (ids, cache) = block_on(kit.list(&Actor::Anonymous, "Post"));
                    assert!(ids.len() as u64 >= least, "{} of {least} by {cache:?}", ids.len());
                    hits.fetch_add(u64::from(cache == HIT), Ordering::SeqCst);
                }
            });
        }
        for id in 0..300 {
            kit.post(id);
            acknowledged.fetch_add(1, Ordering::SeqCst);
        }
        is_over.store(true, Ordering::SeqCst);
    });
    assert!(hits.load(Ordering::SeqCst) > 0);
}

fn poll<T>(future: &mut Pin<Box<dyn Future<Output = T> + '_>>) -> Poll<T> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn of_many_who_ask_at_once_one_asks_the_database() {
    let kit = Kit::new();
    kit.post(1);
    let reads = kit.store.reads.load(Ordering::SeqCst);
    kit.store.is_held.store(true, Ordering::SeqCst);
    let mut asking: Vec<Pin<Box<dyn Future<Output = _> + '_>>> = Vec::new();
    for _ in 0..50 {
        asking.push(Box::pin(kit.list(&Actor::Anonymous, "Post")));
    }
    for future in &mut asking {
        assert!(poll(future).is_pending());
    }
    assert_eq!(kit.store.reads.load(Ordering::SeqCst), reads + 1);
    // The one goes away, and another takes its place.
    drop(asking.remove(0));
    kit.store.is_held.store(false, Ordering::SeqCst);
    let answers: Vec<_> = asking.iter_mut().map(poll).collect();
    assert!(answers.iter().all(|answer| matches!(answer, Poll::Ready((ids, _)) if ids == &[1])));
    assert_eq!(kit.store.reads.load(Ordering::SeqCst), reads + 2);
}

/// Who waited is given what was read for another only if nothing was written since they asked.
#[test]
fn who_waits_sees_what_was_written_before_they_asked() {
    let kit = Kit::new();
    *kit.store.after_read.lock().unwrap() = Some(kit.inserts(1));
    kit.store.is_held.store(true, Ordering::SeqCst);
    let mut first: Pin<Box<dyn Future<Output = _> + '_>> = Box::pin(kit.list(&Actor::Anonymous, "Post"));
    let mut second: Pin<Box<dyn Future<Output = _> + '_>> = Box::pin(kit.list(&Actor::Anonymous, "Post"));
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending());
    kit.store.is_held.store(false, Ordering::SeqCst);
    assert_eq!(poll(&mut first), Poll::Ready((vec![], MISS)));
    assert_eq!(poll(&mut second), Poll::Ready((vec![1], MISS)));
}

#[test]
fn writes_by_other_processes_are_heard() {
    let kit = Kit::new();
    kit.check(&Actor::Anonymous, "Post", &[], MISS);
    kit.check(&Actor::Anonymous, "Post", &[], HIT);
    // Another store of the same file is as another process.
    let path = kit.folder.path().join("data.db");
    let other = SqliteStore::open(Config::new(path), Arc::clone(&kit.schema)).unwrap();
    kit.inserts(1)(&other);
    let mut tries = 0;
    while block_on(kit.list(&Actor::Anonymous, "Post")).0 != [1] {
        tries += 1;
        assert!(tries < 200, "it is never seen");
        std::thread::sleep(Duration::from_millis(5));
    }
    block_on(other.close());
}

/// Every mistake is found when the app is checked, with its line and what was meant.
#[test]
fn mistakes_of_the_configuration() {
    let app =
        App::with_schema(&format!("{SCHEMA}\nview Sight {{\n  id Int @id\n  @@allow('read', true)\n}}\n"));
    let config = "[api.models.posts]\ncache = \"30s\"\n[api.models.offers]\ncache = \"1h\"\n\
                  [api.models.sight]\ncache = \"1h\"\n[api.models.post]\ncache = \"1h\"\n";
    app.write("purlin.toml", config);
    let said = app.run(&["check"], 1);
    for expected in [
        "purlin.toml:1: there is no model `posts`; did you mean `post`?",
        "purlin.toml:3: there is no model `offers`; did you mean `offer`?",
        "purlin.toml:5: answers of `sight` cannot be kept: it is a view",
    ] {
        assert!(said.stdout.contains(expected), "{expected:?} is not in {said:?}");
    }
    app.write("purlin.toml", "[api.models.post]\ncache = \"1h\"\n");
    app.run(&["check"], 0);
}
