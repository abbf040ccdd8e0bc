//! Ten copies start at once on one database file: each migration is applied once.

use std::fmt::Write as _;
use std::sync::Barrier;

use purlin_migrate::{Accepted, MigrationDialect, Migrator};

use crate::app::{App, nothing};
use crate::connection::TestConnection;

const COPIES: usize = 10;

#[test]
fn concurrent_deploys_apply_once() {
    for journal in ["WAL", "DELETE"] {
        check(journal);
    }
}

fn check(journal: &str) {
    let mut app = App::new();
    let mut text = String::new();
    for number in 0..4 {
        writeln!(text, "model M{number} {{ id Int @id\n name String @unique }}").unwrap();
        app.record(&text, &format!("step {number}"), &nothing()).unwrap();
    }
    app.switch_database("server.db");
    app.database.run(&format!("PRAGMA journal_mode = {journal}"));
    let (migrations, file) = (app.path("migrations"), app.path("server.db"));
    let barrier = Barrier::new(COPIES);
    let deployed: Vec<String> = std::thread::scope(|scope| {
        let copies: Vec<_> = (0..COPIES)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = TestConnection::file(&file);
                    let migrator = Migrator::new("db", MigrationDialect::Sqlite, &migrations);
                    barrier.wait();
                    migrator.deploy(&mut connection, &Accepted::default()).unwrap().migrations
                })
            })
            .collect();
        copies.into_iter().flat_map(|copy| copy.join().unwrap()).collect()
    });
    let mut sorted = deployed.clone();
    sorted.sort();
    assert_eq!(sorted, app.ids());
    app.check_rows("SELECT count(*) FROM _purlin_migrations WHERE finished_at IS NOT NULL", "4");
    assert!(app.status(&text).is_up_to_date());
}
