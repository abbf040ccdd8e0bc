//! Other processes on the same file: their writes are seen soon, their locks are waited for,
//! and what other tools have stored is understood.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_core::operation::Count;
use purlin_core::statement::{Filter, ReadShape, Total, WritePlan};
use purlin_store_sqlite::{Config, open_for_migration};
use purlin_testkit::conformance::{self, Kit};
use serde_json::json;

use crate::tables::{open, open_with};

fn kit(path: &Path) -> Kit {
    let schema = conformance::schema();
    Kit { store: Arc::new(open(path, Arc::clone(&schema))), schema }
}

fn insert_tag(kit: &Kit, id: i64) -> Result<(), purlin_core::Error> {
    let b = kit.build();
    let step = b.insert("Tag", &json!({"id": id, "label": format!("tag {id}")}), None);
    kit.write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .map(|_| ())
}

#[test]
fn writes_of_others_are_seen_within_50_ms() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let kit = kit(&path);
    let other = open_for_migration(&path).unwrap();
    let tags = |kit: &Kit| {
        let ask =
            |b: &conformance::Build<'_>| ReadShape { limit: Some(1), ..b.many("Tag", "id", Filter::Always) };
        kit.ask_counted(Count::Exact, ask).unwrap().1.total
    };
    let model = kit.build().model("Tag").id;
    let mut delays = Vec::new();
    for id in 1..=11_u64 {
        // Before, the snapshot is held and the total is remembered.
        let before = tags(&kit);
        assert_eq!(before, Some(Total { rows: id - 1, is_capped: false }));
        let version = kit.store.version(model);
        other.execute("INSERT INTO Tag (id, label) VALUES (?1, ?1)", [id.to_string()]).unwrap();
        let start = Instant::now();
        while tags(&kit) == before {
            assert!(start.elapsed() < Duration::from_secs(5), "never seen");
            std::thread::sleep(Duration::from_millis(1));
        }
        delays.push(start.elapsed());
        while kit.store.version(model) == version {
            assert!(start.elapsed() < Duration::from_secs(5), "the version never changed");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    delays.sort();
    // The median, since the machine may be busy with other tests.
    assert!(delays[delays.len() / 2] <= Duration::from_millis(50), "{delays:?}");
    // After a rest, at once.
    std::thread::sleep(Duration::from_millis(200));
    other.execute("INSERT INTO Tag (id, label) VALUES (100, 'rest')", []).unwrap();
    assert_eq!(tags(&kit), Some(Total { rows: 12, is_capped: false }));
}

#[test]
fn locks_of_others_are_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let schema = conformance::schema();
    let config = Config { lock_timeout: Duration::from_millis(700), ..Config::new(&path) };
    let kit = Kit { store: Arc::new(open_with(config, Arc::clone(&schema))), schema };
    let other = open_for_migration(&path).unwrap();
    for (held, is_written) in [(Duration::from_millis(200), true), (Duration::from_millis(1500), false)] {
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let result = std::thread::scope(|scope| {
            let writing = scope.spawn(|| insert_tag(&kit, i64::from(held.subsec_millis())));
            // Reads do not wait.
            kit.ask(|b| b.many("Tag", "id", Filter::Always)).unwrap();
            std::thread::sleep(held);
            other.execute_batch("COMMIT").unwrap();
            writing.join().unwrap()
        });
        match result {
            Ok(()) => assert!(is_written),
            Err(error) => {
                assert!(!is_written, "{error:?}");
                assert_eq!(error.code(), "UNAVAILABLE");
            }
        }
    }
    insert_tag(&kit, 1).unwrap();
}

#[test]
fn values_of_other_tools_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let kit = kit(&path);
    let other = open_for_migration(&path).unwrap();
    other
        .execute_batch(
            "INSERT INTO Thing (id, t, d, b, big, j, tags, s) VALUES
             (1, 1769851800000, 1.5, 'true', '7', '{\"a\": 1}', '[]', 5),
             (2, '2026-01-31 09:30:00', '0010.50', 1, 7, 'no json', '[\"x\"]', x'ff'),
             (3, '2026-01-31T11:30:00.123456+02:00', 3, 0, 7, 'null', '[]', CAST(x'61ff' AS TEXT)),
             (4, 'whenever', 'much', 2, 7, '[1', '[]', '');",
        )
        .unwrap();
    let expected = json!([
        {"t": "2026-01-31T09:30:00.000Z", "d": "1.5", "b": true, "big": "7", "j": {"a": 1}, "tags": [], "s": "5"},
        {"t": "2026-01-31T09:30:00.000Z", "d": "0010.50", "b": true, "big": "7", "j": "no json", "tags": ["x"], "s": "/w=="},
        {"t": "2026-01-31T09:30:00.123Z", "d": "3", "b": false, "big": "7", "j": null, "tags": [], "s": "a\u{fffd}"},
        {"t": "whenever", "d": "much", "b": true, "big": "7", "j": "[1", "tags": [], "s": ""},
    ]);
    let (found, _) = kit.ask(|b| b.many("Thing", "t d b big j tags s", Filter::Always)).unwrap();
    for (found, mut expected) in found.as_array().unwrap().iter().zip(expected.as_array().unwrap().clone()) {
        if expected["d"] == json!("0010.50") {
            expected["d"] = json!("10.5");
        }
        assert_eq!(*found, expected);
    }
}

#[test]
fn what_cannot_be_opened_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let schema = conformance::schema();
    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "not a database, but longer than the header of one would be, and then some more of it",
    )
    .unwrap();
    let below_file = text.join("app.db");
    let cases = [
        (Path::new(":memory:"), "name a file"),
        (folder.path(), "is a folder"),
        (&text, "is not an SQLite database"),
        (&below_file, "cannot create the folder"),
    ];
    for (path, expected) in cases {
        let result = purlin_store_sqlite::SqliteStore::open(Config::new(path), Arc::clone(&schema));
        let error = result.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{}: {error}", path.display());
    }
}
