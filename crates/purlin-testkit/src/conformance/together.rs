//! Many at once: a bad plan touches no neighbour, and whoever has an answer sees the write.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use purlin_core::statement::{CheckFailure, Filter, ResultRows, Step, WritePlan, WriteResult};
use purlin_core::value::Value;
use serde_json::json;

use super::kit::{Kit, MakeStore};

const THREADS: i64 = 16;
const ROUNDS: i64 = 25;

pub fn together(make_store: MakeStore<'_>) {
    let kit = Kit::seeded(make_store);
    bad_plans_between_good_ones(&kit);
    refused_inserts_between_good_ones(&kit);
    own_writes_are_seen(&kit);
    versions_change(&kit);
}

/// Each thread writes good plans and bad ones in turn; all go through the same few commits.
fn bad_plans_between_good_ones(kit: &Kit) {
    let (good, bad) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for worker in 0..THREADS {
            let (good, bad) = (&good, &bad);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let id = 1000 + worker * ROUNDS + round;
                    let b = kit.build();
                    let mut steps =
                        vec![b.insert("Tag", &json!({"id": id, "label": format!("label {id}")}), None)];
                    match id % 3 {
                        // Fails after it has written.
                        0 => steps.push(Step::Check {
                            filter: Filter::Never,
                            failure: CheckFailure::Denied("no".to_owned()),
                        }),
                        // Collides with a row that is there.
                        1 => steps.push(b.insert("Tag", &json!({"id": id + 100_000, "label": "rust"}), None)),
                        _ => {}
                    }
                    let plan =
                        WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() };
                    match (id % 3, kit.write(plan)) {
                        (2, Ok(_)) => good.fetch_add(1, Ordering::Relaxed),
                        (0, Err(error)) if error.code() == "FORBIDDEN" => bad.fetch_add(1, Ordering::Relaxed),
                        (1, Err(error)) if error.code() == "CONFLICT" => bad.fetch_add(1, Ordering::Relaxed),
                        (kind, result) => panic!("{id} of kind {kind}: {result:?}"),
                    };
                }
            });
        }
    });
    let (good, bad) = (good.into_inner(), bad.into_inner());
    assert_eq!(good + bad, u64::try_from(THREADS * ROUNDS).unwrap());
    let (rows, _) = kit
        .ask(|b| {
            let new = b.compare("Tag.id", purlin_core::schema::CompareOp::GreaterOrEqual, &json!(1000));
            b.many("Tag", "id", new)
        })
        .unwrap();
    let ids: Vec<i64> = rows.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
    assert_eq!(ids.len() as u64, good);
    assert!(ids.iter().all(|id| id % 3 == 2), "{ids:?}");
}

/// Plans of one insert, which stores may run in groups: each hears of its own row, or of what it alone did wrong.
fn refused_inserts_between_good_ones(kit: &Kit) {
    thread::scope(|scope| {
        for worker in 0..THREADS {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let id = 300_000 + worker * ROUNDS + round;
                    let is_taken = id % 7 == 0;
                    let label = if is_taken { "rust".to_owned() } else { format!("single {id}") };
                    let b = kit.build();
                    let mut step = b.insert("Tag", &json!({"id": id, "label": label}), Some(0));
                    if let Step::Insert(insert) = &mut step {
                        insert.shown = vec![b.id("Tag.label"), b.id("Tag.id")];
                    }
                    let result = Some(WriteResult { rows: ResultRows::Inserted, as_list: false });
                    let plan = WritePlan {
                        steps: vec![step],
                        params: b.into_params(),
                        result,
                        ..WritePlan::default()
                    };
                    match (is_taken, kit.write(plan)) {
                        (false, Ok((row, outcome))) => {
                            assert_eq!(row, json!({"label": label, "id": id}));
                            assert_eq!(outcome.rows, 1);
                            assert_eq!(outcome.loaded[0].1[0].1, Value::Int(id));
                        }
                        (true, Err(error)) if error.code() == "CONFLICT" => {}
                        (_, result) => panic!("{id}: {result:?}"),
                    }
                }
            });
        }
    });
    let (rows, _) = kit
        .ask(|b| {
            let new = b.compare("Tag.id", purlin_core::schema::CompareOp::GreaterOrEqual, &json!(300_000));
            b.many("Tag", "id", new)
        })
        .unwrap();
    let ids: Vec<i64> = rows.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
    let expected: Vec<i64> = (300_000..300_000 + THREADS * ROUNDS).filter(|id| id % 7 != 0).collect();
    assert_eq!(ids, expected);
}

fn own_writes_are_seen(kit: &Kit) {
    thread::scope(|scope| {
        for worker in 0..THREADS {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let id = 500_000 + worker * ROUNDS + round;
                    let b = kit.build();
                    let step = b.insert("Tag", &json!({"id": id, "label": format!("own {id}")}), None);
                    kit.write(WritePlan {
                        steps: vec![step],
                        params: b.into_params(),
                        result: None,
                        ..WritePlan::default()
                    })
                    .unwrap();
                    kit.check("own write", &json!({ "id": id }), |b| {
                        b.one("Tag", "id", b.eq("Tag.id", &json!(id)))
                    });
                    // Also by anyone else who reads from now on.
                    let other = thread::scope(|scope| {
                        let read = || kit.ask(|b| b.one("Tag", "id", b.eq("Tag.id", &json!(id))));
                        scope.spawn(read).join()
                    });
                    assert_eq!(other.unwrap().unwrap().0, json!({ "id": id }));
                }
            });
        }
    });
}

fn versions_change(kit: &Kit) {
    let version = |name: &str| kit.store.version(kit.build().model(name).id);
    let (tag, user, comment) = (version("Tag"), version("User"), version("Comment"));
    let b = kit.build();
    let step = b.insert("Tag", &json!({"id": 900_000, "label": "version"}), None);
    kit.write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    assert_ne!(version("Tag"), tag);
    assert_eq!(version("User"), user);
    // Comments go with their post.
    let b = kit.build();
    let step = b.delete("Post", b.eq("Post.id", &json!(1)), purlin_core::statement::Expect::Any);
    kit.write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    assert_ne!(version("Comment"), comment);
}
