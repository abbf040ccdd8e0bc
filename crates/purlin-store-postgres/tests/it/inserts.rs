//! Inserts in groups: they share commits, and one that must wait for another program holds nobody up for long.

use std::thread;
use std::time::{Duration, Instant};

use purlin_core::error::Error;
use purlin_core::statement::WritePlan;
use purlin_store_postgres::open_for_migration;
use purlin_testkit::conformance::{self, Kit};
use serde_json::json;

use crate::tables::placed;

fn insert(kit: &Kit, id: i64, label: &str) -> Result<(), Error> {
    let b = kit.build();
    let step = b.insert("Tag", &json!({"id": id, "label": label}), None);
    kit.write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .map(|_| ())
}

#[test]
fn one_that_waits_holds_nobody_up() {
    let schema = conformance::schema();
    let (store, address) = placed(schema.clone());
    let kit = Kit { store, schema };
    let mut other = open_for_migration(&address).unwrap();
    other.query("BEGIN", &[]).unwrap();
    other.query("INSERT INTO \"Tag\" (id, label) VALUES (1, 'held')", &[]).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| insert(&kit, 2, "held"));
        let begun = Instant::now();
        let others: Vec<_> = (10..40)
            .map(|id| {
                let kit = &kit;
                scope.spawn(move || insert(kit, id, &format!("free {id}")))
            })
            .collect();
        for other in others {
            other.join().unwrap().unwrap();
        }
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert!(!waiting.is_finished(), "it waits for the other transaction");
        other.query("ROLLBACK", &[]).unwrap();
        waiting.join().unwrap().unwrap();
    });
    let (rows, _) = kit.ask(|b| b.many("Tag", "id", purlin_core::statement::Filter::Always)).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 31);
}

#[test]
fn groups_share_their_commits() {
    const ROWS: i64 = 400;
    let schema = conformance::schema();
    let (store, address) = placed(schema.clone());
    let kit = Kit { store: store.clone(), schema };
    let before = store.store().statements();
    thread::scope(|scope| {
        for worker in 0..40 {
            let kit = &kit;
            scope.spawn(move || {
                for id in (0..ROWS).filter(|id| id % 40 == worker) {
                    insert(kit, id, &format!("label {id}")).unwrap();
                }
            });
        }
    });
    // Each row knows the transaction that wrote it.
    let mut connection = open_for_migration(&address).unwrap();
    let rows = connection.query("SELECT count(*), count(DISTINCT xmin::text) FROM \"Tag\"", &[]).unwrap();
    let number = |place: usize| rows[0][place].as_deref().unwrap().parse::<i64>().unwrap();
    assert_eq!(number(0), ROWS);
    assert!(number(1) < ROWS / 2, "{} transactions for {ROWS} rows", number(1));
    let statements = store.store().statements() - before;
    assert!(statements < ROWS.unsigned_abs(), "{statements} statements for {ROWS} rows");
}
