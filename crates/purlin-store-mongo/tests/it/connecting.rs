//! Opening a database, servers that go away and come back, and limits.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_core::schema::CompareOp;
use purlin_core::statement::{Change, Expect, Filter, ReadShape, Step, WritePlan};
use purlin_store_mongo::{Config, Error, MongoStore, apply, structure};
use purlin_testkit::conformance::{self, Build, Kit};
use purlin_testkit::private::{PrivateServer, SECANTUSDB, killed_and_back};
use purlin_testkit::{OnRuntime, services};
use serde_json::json;

use crate::databases::{drop_database, open, owned, url_of};
use crate::gate::{Gate, Looks, runtime};

/// An address, what is wrong with it, and what is said.
type Refused<'a> = (String, fn(&Error) -> bool, &'a str);

fn refusal(url: &str) -> Error {
    let config = Config { connect_timeout: Duration::from_millis(600), ..Config::new(url) };
    runtime().block_on(MongoStore::connect(config, conformance::schema())).unwrap_err()
}

#[test]
fn refusals_say_what_to_do_and_hide_the_password() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
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
    let wanted = structure(&schema, schema.datasources[0].id).unwrap();
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

#[test]
fn a_server_that_goes_and_comes_back() {
    let name = services::unique_name("mongo_gate");
    let gate = Gate::open("127.0.0.1:0", Looks::AsItIs).unwrap();
    let (at, url) = (gate.address(), gate.url(&name));
    let schema = conformance::schema();
    let config = Config { server_timeout: Duration::from_millis(300), ..Config::new(url) };
    let store = OnRuntime::new(|| open(config, Arc::clone(&schema)), move || drop_database(&name));
    let kit = Kit { store, schema };
    let insert = |id: i64| {
        let b = kit.build();
        // Two rows, hence a transaction.
        let steps =
            [id, id + 1].map(|id| b.insert("Tag", &json!({"id": id, "label": format!("{id}")}), None));
        kit.write(WritePlan {
            steps: steps.into(),
            params: b.into_params(),
            result: None,
            ..WritePlan::default()
        })
        .map(|_| ())
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
        // Nobody waits for longer than it takes to look for a server once or twice; the machine may be busy.
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
    let _gate = (0..100)
        .find_map(|_| {
            std::thread::sleep(Duration::from_millis(50));
            Gate::open(&at, Looks::AsItIs).ok()
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
fn a_server_that_is_killed_and_comes_back() {
    let mut server = PrivateServer::start(&SECANTUSDB);
    let schema = conformance::schema();
    let config = Config::new(services::with_database(&server.url(), "killed"));
    let store = OnRuntime::new(|| open(config, Arc::clone(&schema)), || {});
    // The driver looks for the server half a second before it gives up, as long as it is away.
    killed_and_back(&Kit { store, schema }, &mut server, Duration::from_secs(2));
}

/// What needs no transaction works, and nothing else is tried.
#[test]
fn a_server_that_stands_alone() {
    let name = services::unique_name("mongo_alone");
    let gate = Gate::open("127.0.0.1:0", Looks::Alone).unwrap();
    let (config, schema) = (Config::new(gate.url(&name)), conformance::schema());
    let dropped = name.clone();
    let store = OnRuntime::new(|| open(config, Arc::clone(&schema)), move || drop_database(&dropped));
    assert!(!store.store().has_transactions());
    let kit = Kit { store, schema };
    let write = |describe: &dyn Fn(&Build<'_>) -> Vec<Step>| {
        let b = kit.build();
        let steps = describe(&b);
        kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
            .map(|(_, outcome)| outcome.rows)
    };
    let user = |id: i64| {
        move |b: &Build<'_>| vec![b.insert("User", &json!({"id": id, "email": format!("{id}")}), None)]
    };
    let one = |b: &Build<'_>, model: &str, id: i64| b.eq(&format!("{model}.id"), &json!(id));
    assert_eq!(write(&user(1)).unwrap(), 1);
    assert_eq!(write(&user(1)).unwrap_err().code(), "CONFLICT");
    let change = |b: &Build<'_>, filter| {
        let changes =
            vec![("name", b.set("User.name", &json!("Ada"))), ("age", Change::Increment(b.param(1.into())))];
        vec![b.update("User", changes, filter, Expect::Any)]
    };
    assert_eq!(write(&|b| change(b, one(b, "User", 1))).unwrap(), 1);
    assert_eq!(
        write(&|b| change(b, Filter::all([one(b, "User", 1), b.eq("User.name", &json!("Eve"))]))).unwrap(),
        0
    );
    assert_eq!(write(&|b| vec![b.insert("Thing", &json!({"id": 1}), None)]).unwrap(), 1);
    assert_eq!(write(&|b| vec![b.delete("Thing", one(b, "Thing", 1), Expect::Any)]).unwrap(), 1);
    kit.check("rows", &json!([{"id": 1, "name": "Ada", "age": null, "posts": []}]), |b| ReadShape {
        includes: vec![b.include("User.posts", "id")],
        ..b.many("User", "id name age", Filter::Always)
    });
    let refused: Vec<(&str, Describe)> = vec![
        ("several steps", |b| vec![b.insert("Tag", &json!({"id": 1, "label": "a"}), None); 2]),
        ("a key that must lead somewhere", |b| {
            vec![b.insert("Post", &json!({"title": "t", "slug": "t", "authorId": 1}), None)]
        }),
        ("many rows", |b| {
            vec![b.update(
                "User",
                vec![("name", b.set("User.name", &json!("B")))],
                Filter::Always,
                Expect::Any,
            )]
        }),
        ("a row that others refer to", |b| vec![b.delete("User", b.eq("User.id", &json!(1)), Expect::Any)]),
        ("a pair", |b| vec![b.link("Post.tags", &json!(1), &json!(1), false)]),
    ];
    for (name, describe) in refused {
        let error = write(&describe).unwrap_err();
        assert!(error.to_string().contains("replica set"), "{name}: {error:?}");
    }
    let left = [("User", 1), ("Tag", 0), ("Post", 0)];
    for (model, rows) in left {
        let (found, _) = kit.ask(|b| b.many(model, "id", Filter::Always)).unwrap();
        assert_eq!(found.as_array().unwrap().len(), rows, "{model}");
    }
}

#[test]
fn slow_reads_end() {
    let schema = conformance::schema();
    let (_, owned) =
        owned(schema.clone(), |config| Config { read_timeout: Duration::from_millis(300), ..config });
    let kit = Kit { store: owned, schema };
    let b = kit.build();
    let steps = (0..60).map(|id| b.insert("Tag", &json!({"id": id, "label": format!("tag {id}")}), None));
    let steps = steps.collect();
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).unwrap();
    // Every combination of four tags, none of which fits.
    let none = |b: &Build<'_>| {
        (0..3).fold(b.eq("Tag.label", &json!("none")), |inner, _| {
            let differs = Filter::Compare {
                op: CompareOp::NotEqual,
                left: b.col("Tag.label"),
                right: b.col_at(1, "Tag.label"),
            };
            Filter::Exists { model: b.model("Tag").id, condition: Box::new(Filter::all([differs, inner])) }
        })
    };
    let start = Instant::now();
    let error = kit.ask(|b| b.many("Tag", "id", none(b))).unwrap_err();
    assert_eq!(error.code(), "UNAVAILABLE", "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    kit.check("after a slow one", &json!({"id": 1}), |b| b.one("Tag", "id", b.eq("Tag.id", &json!(1))));
}

type Describe = fn(&Build<'_>) -> Vec<Step>;

#[test]
fn answers_are_bounded() {
    let schema = conformance::schema();
    let (_, owned) = owned(schema.clone(), |config| Config { max_answer_bytes: 2000, ..config });
    let kit = Kit { store: owned, schema };
    let b = kit.build();
    let steps = (0..200).map(|id| b.insert("Tag", &json!({"id": id, "label": format!("tag {id}")}), None));
    let steps = steps.collect();
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).unwrap();
    let error = kit.ask(|b| b.many("Tag", "id label", Filter::Always)).unwrap_err();
    assert_eq!(error.code(), "TOO_LARGE");
    kit.ask(|b| b.one("Tag", "id label", b.eq("Tag.id", &json!(7)))).unwrap();
}

#[test]
fn rows_that_are_too_long_are_refused() {
    let schema = conformance::schema();
    let (_, owned) = owned(schema.clone(), |config| config);
    let kit = Kit { store: owned, schema };
    let b = kit.build();
    let step = b.insert("Thing", &json!({"id": 1, "s": "x".repeat(17 * 1024 * 1024)}), None);
    let error = kit
        .write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap_err();
    assert_eq!(error.code(), "TOO_LARGE", "{error:.200}");
    let b = kit.build();
    let insert = b.insert("Thing", &json!({"id": 1}), None);
    let long = vec![("s", b.set("Thing.s", &json!("x".repeat(16 * 1024 * 1024 - 40))))];
    let update = b.update("Thing", long, Filter::Always, Expect::Any);
    let more = vec![("other", b.set("Thing.other", &json!("x".repeat(1000))))];
    let again = b.update("Thing", more, Filter::Always, Expect::Any);
    let steps = vec![insert, update, again];
    let error = kit
        .write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap_err();
    assert_eq!(error.code(), "TOO_LARGE", "{error:.200}");
}
