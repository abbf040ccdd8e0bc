//! A server that is killed while many write, and started again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use purlin_core::statement::{Filter, WritePlan};
use serde_json::json;

use super::PrivateServer;
use crate::conformance::Kit;

/// What one writer saw.
#[derive(Default)]
struct Seen {
    acknowledged: Vec<i64>,
    refused: usize,
    longest: Duration,
}

/// What was acknowledged is there, and whoever asks in between hears before `most` that the database is away. The
/// kit's store is on the server, with the tables of the conformance suite.
pub fn killed_and_back(kit: &Kit, server: &mut PrivateServer, most: Duration) {
    let is_over = AtomicBool::new(false);
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let writers = (1..=4).map(|number| {
            let is_over = &is_over;
            scope.spawn(move || write_until(kit, number * 1_000_000, is_over))
        });
        let writers: Vec<_> = writers.collect();
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(400));
            server.kill();
            std::thread::sleep(Duration::from_millis(600));
            server.run();
            let start = Instant::now();
            while kit.ask(|b| b.many("Tag", "id", Filter::Never)).is_err() {
                assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        std::thread::sleep(Duration::from_millis(400));
        is_over.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let (rows, _) = kit.ask(|b| b.many("Tag", "id label", Filter::Always)).unwrap();
    let mut there = std::collections::HashSet::new();
    for row in rows.as_array().unwrap() {
        assert_eq!(row["label"], row["id"].to_string(), "a row that nobody wrote");
        there.insert(row["id"].as_i64().unwrap());
    }
    for Seen { acknowledged, refused, longest } in seen {
        assert!(acknowledged.len() > 10 && refused > 1, "{} and {refused}", acknowledged.len());
        assert!(longest < most, "somebody waited {longest:?}");
        let lost: Vec<_> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

fn write_until(kit: &Kit, first: i64, is_over: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    for id in first.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let start = Instant::now();
        let b = kit.build();
        let steps = vec![b.insert("Tag", &json!({"id": id, "label": format!("{id}")}), None)];
        match kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }) {
            Ok(_) => seen.acknowledged.push(id),
            Err(error) => {
                assert_eq!(error.code(), "UNAVAILABLE", "{error:?}");
                seen.refused += 1;
                seen.longest = seen.longest.max(start.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
    seen
}
