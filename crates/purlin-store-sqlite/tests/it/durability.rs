//! `kill -9` at any moment: every acknowledged write is there, and the file is sound.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use purlin_store_sqlite::open_for_migration;
use purlin_testkit::conformance::{self, Kit};

use crate::tables::open;

const FILE: &str = "PURLIN_DURABILITY_FILE";
const FIRST: &str = "PURLIN_DURABILITY_FIRST";
/// More are run with `PURLIN_DURABILITY_ROUNDS=100`.
const ROUNDS: u32 = 12;

fn kit(path: &std::path::Path) -> Kit {
    let schema = conformance::schema();
    Kit { store: Arc::new(open(path, Arc::clone(&schema))), schema }
}

/// Not a test of its own: what the child process does.
#[test]
#[ignore = "run by `acknowledged_writes_survive`"]
fn child() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let first = std::env::var(FIRST).unwrap().parse().unwrap();
    conformance::acknowledged_writes(&kit(&path), first);
}

#[test]
fn acknowledged_writes_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    drop(kit(&path));
    let mut checked = 0;
    let rounds = std::env::var("PURLIN_DURABILITY_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durability::child", "--ignored", "--nocapture"])
            .env(FILE, &path)
            .env(FIRST, (i64::from(round) * 1_000_000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + u64::from(round % 20) * 17));
        child.kill().unwrap();
        let mut output = String::new();
        child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        child.wait().unwrap();
        let kit = kit(&path);
        checked += conformance::check_acknowledged(&kit, &output);
        let connection = open_for_migration(&path).unwrap();
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
    println!("{checked} acknowledged writes survived {rounds} kills");
    assert!(checked > 100, "only {checked} writes were acknowledged");
}
