//! Everything is bounded: time, queue, answer, log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use purlin_core::schema::CompareOp;
use purlin_core::statement::{Expect, Filter, Operand, Step, WritePlan};
use purlin_store_sqlite::{Config, open_for_migration};
use purlin_testkit::conformance::{self, Build, Kit};
use serde_json::json;

use crate::tables::open_with;

pub(crate) fn kit(folder: &tempfile::TempDir, change: impl FnOnce(Config) -> Config) -> Kit {
    let schema = conformance::schema();
    let config = change(Config::new(folder.path().join("app.db")));
    Kit { store: Arc::new(open_with(config, Arc::clone(&schema))), schema }
}

fn tag(build: &Build<'_>, id: i64) -> Step {
    build.insert("Tag", &json!({"id": id, "label": format!("tag {id}")}), None)
}

pub(crate) fn insert_tags(kit: &Kit, ids: std::ops::Range<i64>) -> Result<(), purlin_core::Error> {
    let b = kit.build();
    let steps = ids.map(|id| tag(&b, id)).collect();
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).map(|_| ())
}

/// Looks at every combination of several tags, and finds nothing.
pub(crate) fn slow(build: &Build<'_>) -> Filter {
    none_among(build, 4)
}

/// Looks at every combination with so many more tags.
pub(crate) fn none_among(build: &Build<'_>, tags: usize) -> Filter {
    let model = build.model("Tag").id;
    let exists = |condition| Filter::Exists { model, condition: Box::new(condition) };
    let differs = Filter::Compare {
        op: CompareOp::Less,
        left: build.col("Tag.label"),
        right: Operand::Param(build.param("".into())),
    };
    (0..tags).fold(differs, |inner, _| {
        let another = Filter::Compare {
            op: CompareOp::NotEqual,
            left: build.col("Tag.label"),
            right: build.col_at(1, "Tag.label"),
        };
        exists(Filter::all([another, inner]))
    })
}

#[test]
fn slow_reads_end() {
    let folder = tempfile::tempdir().unwrap();
    let kit = kit(&folder, |config| Config { read_timeout: Duration::from_millis(100), ..config });
    insert_tags(&kit, 0..400).unwrap();
    let start = Instant::now();
    let error = kit.ask(|b| b.many("Tag", "id", slow(b))).unwrap_err();
    assert_eq!(error.code(), "UNAVAILABLE");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    kit.check("after a slow one", &json!({"id": 1}), |b| b.one("Tag", "id", b.eq("Tag.id", &json!(1))));
}

/// A plan over its time spoils the transaction it shares; the others in it must not notice.
#[test]
fn slow_writes_end_alone() {
    let folder = tempfile::tempdir().unwrap();
    let kit = kit(&folder, |config| Config { write_timeout: Duration::from_millis(150), ..config });
    insert_tags(&kit, 0..400).unwrap();
    let refused = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for worker in 0..8_i64 {
            let (kit, refused) = (&kit, &refused);
            scope.spawn(move || {
                for round in 0..6 {
                    let b = kit.build();
                    if worker % 4 == 0 && round % 3 == 0 {
                        let id = b.eq("Tag.id", &json!(worker));
                        let change = vec![("label", b.set("Tag.label", &json!("never")))];
                        let never = Filter::all([id, slow(&b)]);
                        let steps = vec![tag(&b, 5000 + worker), b.update("Tag", change, never, Expect::Any)];
                        let result = kit.write(WritePlan {
                            steps,
                            params: b.into_params(),
                            result: None,
                            ..WritePlan::default()
                        });
                        assert_eq!(result.unwrap_err().code(), "UNAVAILABLE");
                        refused.fetch_add(1, Ordering::Relaxed);
                    } else {
                        insert_tags(kit, 1000 + worker * 10 + round..1001 + worker * 10 + round).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(refused.into_inner(), 4);
    let (rows, _) = kit
        .ask(|b| b.many("Tag", "id", b.compare("Tag.id", CompareOp::GreaterOrEqual, &json!(1000))))
        .unwrap();
    let ids: Vec<i64> = rows.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
    assert_eq!(ids.len(), 8 * 6 - 4);
    assert!(ids.iter().all(|id| *id < 5000), "{ids:?}");
}

#[test]
fn a_full_queue_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let kit = kit(&folder, |config| Config { write_queue: 2, write_group: 1, ..config });
    // The writer waits for this lock.
    let other = open_for_migration(&folder.path().join("app.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (done, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for id in 0..12 {
            let (kit, done, refused) = (&kit, &done, &refused);
            scope.spawn(move || match insert_tags(kit, id..id + 1) {
                Ok(()) => done.fetch_add(1, Ordering::Relaxed),
                Err(error) => {
                    assert_eq!(error.code(), "UNAVAILABLE");
                    refused.fetch_add(1, Ordering::Relaxed)
                }
            });
        }
        while refused.load(Ordering::Relaxed) < 9 {
            std::thread::sleep(Duration::from_millis(5));
        }
        other.execute_batch("COMMIT").unwrap();
    });
    // Two waiting, and one that the writer may have had in hand.
    let (done, refused) = (done.into_inner(), refused.into_inner());
    assert!((2..=3).contains(&done) && done + refused == 12, "{done} done, {refused} refused");
}

#[test]
fn long_answers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let kit = kit(&folder, |config| Config { max_answer_bytes: 2000, ..config });
    insert_tags(&kit, 0..500).unwrap();
    let error = kit.ask(|b| b.many("Tag", "id label", Filter::Always)).unwrap_err();
    assert_eq!(error.code(), "TOO_LARGE");
    let with_posts = |b: &Build<'_>| purlin_core::statement::ReadShape {
        includes: vec![b.include("Tag.posts", "id")],
        ..b.many("Tag", "id label", Filter::Always)
    };
    assert_eq!(kit.ask(with_posts).unwrap_err().code(), "TOO_LARGE");
}

#[test]
fn the_log_stays_short_under_load() {
    const LONG: u64 = 16 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let kit = kit(&folder, |config| Config { checkpoint_pages: 200, ..config });
    let log = folder.path().join("app.db-wal");
    let stop = AtomicBool::new(false);
    let (mut longest, reads) = (0, AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    kit.ask(|b| b.one("Tag", "id", b.eq("Tag.id", &json!(7)))).unwrap();
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let length = || std::fs::metadata(&log).map_or(0, |log| log.len());
        let (before, mut usual, mut written) = (length(), 0, 0);
        for batch in 0_i64.. {
            insert_tags(&kit, batch * 300..(batch + 1) * 300).unwrap();
            longest = longest.max(length());
            // The first two batches are in the log still; the others are as long.
            if batch == 1 {
                usual = (length() - before) / 2;
                assert!(usual > 0);
            }
            written += usual;
            if written > 3 * LONG {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(reads.into_inner() > 1000);
    // Two hundred pages are 0.8 MB, and more come while a reader is at work; without care the log would hold
    // every page ever written.
    assert!(longest < LONG, "{longest} bytes");
}
