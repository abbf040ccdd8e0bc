//! What was acknowledged survives the end of the process. A store's tests start themselves as
//! a child that writes and says so, end it at any moment, and look.

use std::io::Write;

use purlin_core::statement::{Filter, WritePlan};
use serde_json::json;

use super::kit::Kit;

/// Writes rows without end from a few threads and prints each id once it is acknowledged.
pub fn acknowledged_writes(kit: &Kit, first: i64) {
    std::thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                for id in (first + worker..).step_by(4) {
                    let b = kit.build();
                    let step = b.insert("Tag", &json!({"id": id, "label": format!("durable {id}")}), None);
                    let plan = WritePlan {
                        steps: vec![step],
                        params: b.into_params(),
                        result: None,
                        ..WritePlan::default()
                    };
                    if kit.write(plan).is_ok() {
                        let mut output = std::io::stdout().lock();
                        if writeln!(output, "acknowledged {id}").and_then(|()| output.flush()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
}

/// Every id in the child's output has its row.
pub fn check_acknowledged(kit: &Kit, output: &str) -> usize {
    let acknowledged: Vec<i64> =
        output.lines().filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()).collect();
    let (rows, _) = kit.ask(|b| b.many("Tag", "id", Filter::Always)).unwrap();
    let stored: std::collections::BTreeSet<i64> =
        rows.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
    let lost: Vec<&i64> = acknowledged.iter().filter(|id| !stored.contains(id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    acknowledged.len()
}
