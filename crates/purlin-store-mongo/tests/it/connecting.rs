//! Opening a database, servers that go away and come back, and limits.

use std::io;
use std::net::{SocketAddr, TcpListener as Listener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_core::statement::{Filter, WritePlan};
use purlin_store_mongo::{Config, Error, MongoStore, apply, structure};
use purlin_testkit::conformance::{self, Kit};
use purlin_testkit::{OnRuntime, services};
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use crate::databases::{drop_database, open, owned, url_of};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// An address, what is wrong with it, and what is said.
type Refused<'a> = (String, fn(&Error) -> bool, &'a str);

fn refusal(url: &str) -> Error {
    let config = Config { connect_timeout: Duration::from_millis(600), ..Config::new(url) };
    runtime().block_on(MongoStore::connect(config, conformance::schema())).unwrap_err()
}

#[test]
fn refusals_say_what_to_do_and_hide_the_password() {
    let nobody = Listener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = format!("mongodb://ada:hush-hush@{nobody}/app");
    let server = services::mongodb();
    let cases: Vec<Refused<'_>> = vec![
        (unreachable, |error| matches!(error, Error::Unreachable { .. }), "check that it runs"),
        (
            "postgres://ada:hush-hush@host/app".to_owned(),
            |error| matches!(error, Error::Url { .. }),
            "mongodb://",
        ),
        (
            "mongodb://ada:hush-hush@:host:x/app".to_owned(),
            |error| matches!(error, Error::Url { .. }),
            "mongodb://",
        ),
        (server, |error| matches!(error, Error::NoDatabase { .. }), "/app"),
        (url_of("admin"), |error| matches!(error, Error::DatabaseName { .. }), "own"),
    ];
    for (url, is_expected, advice) in cases {
        let error = refusal(&url);
        let text = error.to_string();
        assert!(is_expected(&error), "{url}: {error:?}");
        assert!(text.contains(advice), "{url}: {text}");
        assert!(!format!("{text} {error:?}").contains("hush-hush"), "{text} {error:?}");
    }
}

#[test]
fn collections_and_indexes_are_made_once() {
    let schema = conformance::schema();
    let wanted = structure(&schema).unwrap();
    let (name, _owned) = owned(Arc::clone(&schema), |config| config);
    // Again, beside what is not of the schema.
    crate::databases::put(&name, "foreign", vec![mongodb::bson::doc! { "_id": 1 }]);
    runtime().block_on(apply(&Config::new(url_of(&name)), &wanted)).unwrap();
    let (collections, posts) = crate::databases::by_others(&name, async |database| {
        let mut collections = database.list_collection_names().await.unwrap();
        collections.sort();
        let mut posts =
            database.collection::<mongodb::bson::Document>("posts").list_index_names().await.unwrap();
        posts.sort();
        (collections, posts)
    });
    for expected in ["Team", "_PostToTag", "_likes", "_purlin_counters", "foreign", "posts"] {
        assert!(collections.iter().any(|name| name == expected), "{expected}: {collections:?}");
    }
    let expected = [
        "_id_",
        "posts_authorId_idx",
        "posts_created_at_idx",
        "posts_slug_key",
        "posts_status_created_at_idx",
    ];
    assert_eq!(posts, expected);
}

/// Hands connections on to the server, as long as it stands.
struct Gate {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Gate {
    fn open(at: &str, server: String) -> io::Result<Self> {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind(at))?;
        let address = listener.local_addr()?;
        runtime.spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(server).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        });
        Ok(Self { address, runtime: Some(runtime) })
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

/// `127.0.0.1:27017` of the test server's URL.
fn server_address() -> String {
    let url = services::mongodb();
    let address = url.split_once("://").map_or(&*url, |(_, rest)| rest);
    address.split(['/', '?']).next().unwrap_or_default().to_owned()
}

#[test]
fn a_server_that_goes_and_comes_back() {
    let name = services::unique_name("mongo_gate");
    let gate = Gate::open("127.0.0.1:0", server_address()).unwrap();
    let at = gate.address.to_string();
    // Else the driver would go to the address that the server calls its own.
    let url = format!("mongodb://{at}/{name}?directConnection=true");
    let schema = conformance::schema();
    let config = Config { server_timeout: Duration::from_millis(300), ..Config::new(url) };
    let store = OnRuntime::new(|| open(config, Arc::clone(&schema)), move || drop_database(&name));
    let kit = Kit { store, schema };
    let insert = |id: i64| {
        let b = kit.build();
        // Two rows, hence a transaction.
        let steps =
            [id, id + 1].map(|id| b.insert("Tag", &json!({"id": id, "label": format!("{id}")}), None));
        kit.write(WritePlan { steps: steps.into(), params: b.into_params(), result: None }).map(|_| ())
    };
    let count =
        || kit.ask(|b| b.many("Tag", "id", Filter::Always)).map(|(rows, _)| rows.as_array().unwrap().len());
    insert(1).unwrap();
    drop(gate);
    for round in 0..2 {
        let start = Instant::now();
        for failed in [insert(3).err(), count().err(), purlin_testkit::block_on(kit.store.ping()).err()] {
            assert_eq!(failed.map(|error| error.code()), Some("UNAVAILABLE"), "{round}");
        }
        // Nobody waits for longer than it takes to look for a server once or twice.
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    }
    let _gate = (0..100)
        .find_map(|_| {
            std::thread::sleep(Duration::from_millis(50));
            Gate::open(&at, server_address()).ok()
        })
        .unwrap();
    let start = Instant::now();
    while let Err(error) = insert(5) {
        assert_eq!(error.code(), "UNAVAILABLE", "{error:?}");
        assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
    }
    assert_eq!(count().unwrap(), 4);
}

#[test]
fn answers_are_bounded() {
    let schema = conformance::schema();
    let (_, owned) = owned(schema.clone(), |config| Config { max_answer_bytes: 2000, ..config });
    let kit = Kit { store: owned, schema };
    let b = kit.build();
    let steps = (0..200).map(|id| b.insert("Tag", &json!({"id": id, "label": format!("tag {id}")}), None));
    let steps = steps.collect();
    kit.write(WritePlan { steps, params: b.into_params(), result: None }).unwrap();
    let error = kit.ask(|b| b.many("Tag", "id label", Filter::Always)).unwrap_err();
    assert_eq!(error.code(), "TOO_LARGE");
    kit.ask(|b| b.one("Tag", "id label", b.eq("Tag.id", &json!(7)))).unwrap();
}
