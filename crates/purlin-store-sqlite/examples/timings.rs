//! What single operations cost, beside the same work written by hand on `rusqlite`:
//! `cargo run --release -p purlin-store-sqlite --example timings`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool to look at figures")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use purlin_core::operation::Count;
use purlin_core::schema::Schema;
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{Filter, Guarded, Read, ReadShape, WritePlan};
use purlin_core::store::Store;
use purlin_core::value::Value;
use purlin_store_sqlite::{Config, SqliteStore, open_for_migration};
use purlin_testkit::block_on;
use purlin_testkit::conformance::Build;
use rusqlite::Connection;
use serde_json::json;

const POSTS: i64 = 100_000;
const USERS: i64 = 1_000;

const SCHEMA: &str = r#"
datasource db { provider = "sqlite" }
model User { id Int @id email String @unique name String posts Post[] }
model Post {
  id Int @id @default(autoincrement())
  title String
  body String
  status String
  views Int
  createdAt DateTime
  authorId Int
  author User @relation(fields: [authorId], references: [id])
  @@index([status, createdAt])
  @@index([createdAt])
}
"#;

const TABLES: &str = "
CREATE TABLE User (id INTEGER NOT NULL PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL);
CREATE UNIQUE INDEX User_email ON User(email);
CREATE TABLE Post (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, body TEXT NOT NULL,
  status TEXT NOT NULL, views INTEGER NOT NULL, createdAt DATETIME NOT NULL,
  authorId INTEGER NOT NULL REFERENCES User(id));
CREATE INDEX Post_status ON Post(status, createdAt);
CREATE INDEX Post_created ON Post(createdAt);
CREATE INDEX Post_author ON Post(authorId);
";

const COLUMNS: &str = "id title body status views createdAt authorId";

fn main() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let path = folder.path().join("timings.db");
    fill(&open_for_migration(&path).unwrap());
    let compiled = purlin_schema::compile(vec![purlin_schema::SourceFile::new("timings.prisma", SCHEMA)]);
    let schema = Arc::new(compiled.schema.unwrap());
    let store = Arc::new(SqliteStore::open(Config::new(&path), Arc::clone(&schema)).unwrap());
    by_hand(&path);
    reads(&store, &schema);
    if std::env::args().nth(1).is_some() {
        return;
    }
    writes(&store, &schema);
    reads_while_writing(&store, &schema);
}

fn fill(connection: &Connection) {
    connection.execute_batch(TABLES).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    for id in 1..=USERS {
        let email = format!("user{id}@example.com");
        connection
            .execute("INSERT INTO User VALUES (?1, ?2, ?3)", (id, email, format!("User {id}")))
            .unwrap();
    }
    let mut insert = connection.prepare("INSERT INTO Post VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)").unwrap();
    for id in 1..=POSTS {
        let status = if id % 5 == 0 { "draft" } else { "published" };
        let time = purlin_core::value::DateTime::from_millis(1_700_000_000_000 + id * 60_000).unwrap();
        let body = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. ".repeat(4);
        let row =
            (id, format!("Post number {id}"), body, status, id % 1000, time.to_string(), id % USERS + 1);
        insert.execute(row).unwrap();
    }
    drop(insert);
    connection.execute_batch("COMMIT; ANALYZE").unwrap();
}

/// Processor time of this thread, so that a busy machine tells the same; else the time that passed.
fn thread_time(start: Instant) -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent.and_then(|text| text.split(' ').next()?.parse().ok());
    spent.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The median of several rounds, per call.
fn measure(name: &str, calls: i64, mut call: impl FnMut(i64)) -> Duration {
    // A name as argument measures that alone, and longer, for a profiler.
    let calls = match std::env::args().nth(1) {
        Some(only) if !name.starts_with(&only) => return Duration::ZERO,
        Some(_) => calls * 20,
        None => calls,
    };
    let start = Instant::now();
    let mut rounds: Vec<Duration> = (0..7)
        .map(|round| {
            let before = thread_time(start);
            for number in 0..calls {
                call(round * calls + number);
            }
            thread_time(start).saturating_sub(before) / u32::try_from(calls).unwrap()
        })
        .collect();
    rounds.sort();
    println!("{name:<44} {:>9.2} µs", rounds[3].as_secs_f64() * 1e6);
    rounds[3]
}

/// The work of a careful hand-written server: held transaction, prepared statement, bytes.
fn by_hand(path: &std::path::Path) {
    let connection = open_for_migration(path).unwrap();
    connection.execute_batch("PRAGMA mmap_size = 1073741824; BEGIN").unwrap();
    let mut get = connection
        .prepare("SELECT id, title, body, status, views, createdAt, authorId FROM Post WHERE id = ?1")
        .unwrap();
    let mut sink = JsonSink::default();
    measure("by hand: get one", 20_000, |number| {
        sink = JsonSink::default();
        let mut rows = get.query([number * 7919 % POSTS + 1]).unwrap();
        let row = rows.next().unwrap().unwrap();
        write_by_hand(row, &mut sink);
    });
    let mut list = connection
        .prepare(
            "SELECT id, title, body, status, views, createdAt, authorId FROM Post \
             WHERE status = ?1 ORDER BY createdAt DESC, id DESC LIMIT 20 OFFSET ?2",
        )
        .unwrap();
    measure("by hand: list 20", 2_000, |number| {
        sink = JsonSink::default();
        let mut rows = list.query(("published", number % 100)).unwrap();
        sink.begin_list();
        while let Some(row) = rows.next().unwrap() {
            write_by_hand(row, &mut sink);
        }
        sink.end_list();
    });
}

fn write_by_hand(row: &rusqlite::Row<'_>, sink: &mut JsonSink) {
    use purlin_core::sink::ValueRef;
    let text = |position: usize| row.get_ref(position).unwrap().as_str().unwrap();
    let int = |position: usize| ValueRef::Int(row.get_ref(position).unwrap().as_i64().unwrap());
    sink.begin_object();
    for (position, name) in
        ["id", "title", "body", "status", "views", "createdAt", "authorId"].iter().enumerate()
    {
        sink.key(name);
        match position {
            0 | 4 | 6 => sink.value(int(position)),
            5 => sink.value(ValueRef::DateTimeText(text(position))),
            _ => sink.value(ValueRef::Text(text(position))),
        }
    }
    sink.end_object();
}

fn ask(store: &SqliteStore, shape: &Arc<ReadShape>, params: Vec<Value>, count: Count) {
    let read = Guarded::as_system(Read { shape: Arc::clone(shape), params, count }, "timings");
    let mut sink = JsonSink::default();
    let mut context = Context::from_waker(Waker::noop());
    // A read is done at the first call.
    let outcome = store.read(&read, &mut sink).as_mut().poll(&mut context);
    assert!(matches!(outcome, Poll::Ready(Ok(_))));
    std::hint::black_box(sink.len());
}

fn list_shape(build: &Build<'_>) -> ReadShape {
    ReadShape {
        order: build.order(&["-Post.createdAt", "-Post.id"]),
        filter: build.eq("Post.status", &json!("published")),
        limit: Some(20),
        offset: build.number(0),
        ..build.many("Post", COLUMNS, Filter::Always)
    }
}

fn reads(store: &SqliteStore, schema: &Schema) {
    let build = Build::new(schema);
    let one = Arc::new(build.one("Post", COLUMNS, build.eq("Post.id", &json!(1))));
    measure("get one", 20_000, |number| {
        ask(store, &one, vec![Value::Int(number * 7919 % POSTS + 1)], Count::None);
    });
    std::thread::scope(|scope| {
        for thread in ["first", "second"] {
            let one = &one;
            scope.spawn(move || {
                measure(&format!("get one, two threads, the {thread}"), 20_000, |number| {
                    ask(store, one, vec![Value::Int(number * 7919 % POSTS + 1)], Count::None);
                });
            });
        }
    });
    measure("get one, the shape made anew", 20_000, |number| {
        ask(store, &Arc::new((*one).clone()), vec![Value::Int(number * 7919 % POSTS + 1)], Count::None);
    });
    let build = Build::new(schema);
    let list = Arc::new(list_shape(&build));
    let page = |number: i64| vec!["published".into(), Value::Int(20), Value::Int(number % 100)];
    let none = measure("list 20, no total", 2_000, |number| ask(store, &list, page(number), Count::None));
    let capped = measure("list 20, capped total", 2_000, |number| {
        ask(store, &list, page(number), Count::Capped(10_000));
    });
    println!("{:<44} {:>9.2}", "  capped / none", capped.as_secs_f64() / none.as_secs_f64().max(1e-9));
    measure("list 20, exact total", 2_000, |number| ask(store, &list, page(number), Count::Exact));
    let build = Build::new(schema);
    let first = list_shape(&build);
    let bind = |path: &str, value: serde_json::Value| Some(build.param(build.value(path, &value)));
    let after = vec![bind("Post.createdAt", json!("2023-12-01T00:00:00.000Z")), bind("Post.id", json!(5))];
    let keyset = Arc::new(ReadShape { after: Some(after), offset: None, wants_last_keys: true, ..first });
    let params = build.into_params();
    measure("list 20 by key", 2_000, |_| ask(store, &keyset, params.clone(), Count::None));
    let build = Build::new(schema);
    let first = list_shape(&build);
    let author =
        Arc::new(ReadShape { includes: vec![build.include("Post.author", "id name email")], ..first });
    measure("list 20 with author", 2_000, |number| ask(store, &author, page(number), Count::None));
    let build = Build::new(schema);
    let filter = build.compare("User.id", purlin_core::schema::CompareOp::Less, &json!(21));
    let mut posts = build.include("User.posts", "id title");
    posts.shape.limit = Some(5);
    let users = Arc::new(ReadShape { includes: vec![posts], ..build.many("User", "id name", filter) });
    let params = build.into_params();
    measure("20 users with 5 posts each", 500, |_| ask(store, &users, params.clone(), Count::None));
}

fn insert(store: &SqliteStore, schema: &Schema, number: i64) {
    let build = Build::new(schema);
    let row = json!({
        "title": format!("New post {number}"),
        "body": "Lorem ipsum dolor sit amet",
        "status": "draft",
        "views": 0,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "authorId": number % USERS + 1,
    });
    let step = build.insert("Post", &row, Some(0));
    let plan =
        WritePlan { steps: vec![step], params: build.into_params(), result: None, ..WritePlan::default() };
    let plan = Guarded::as_system(plan, "timings");
    block_on(store.write(plan, Box::new(JsonSink::default()))).unwrap();
}

fn writes(store: &SqliteStore, schema: &Schema) {
    for writers in [1, 8, 64, 256] {
        let done = AtomicU64::new(0);
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..writers {
                scope.spawn(|| {
                    while start.elapsed() < Duration::from_secs(2) {
                        insert(store, schema, i64::try_from(done.fetch_add(1, Ordering::Relaxed)).unwrap());
                    }
                });
            }
        });
        let rate = u128::from(done.into_inner()) * 1000 / start.elapsed().as_millis();
        println!("{:<44} {rate:>9} /s", format!("durable inserts, {writers} waiting"));
    }
}

fn reads_while_writing(store: &SqliteStore, schema: &Schema) {
    let build = Build::new(schema);
    let one = Arc::new(build.one("Post", COLUMNS, build.eq("Post.id", &json!(1))));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !done.load(Ordering::Relaxed) {
                insert(store, schema, number);
                number += 1;
            }
        });
        measure("get one, while another thread writes", 20_000, |number| {
            ask(store, &one, vec![Value::Int(number * 7919 % POSTS + 1)], Count::None);
        });
        done.store(true, Ordering::Relaxed);
    });
}
