//! What holds on every server: the same cases and the same random walks as on SQLite.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use purlin_migrate::{Accepted, MigrationConnection as _, MigrationDialect, Migrator, physical};
use purlin_schema::SourceFile;

use crate::app::{App, check_error, nothing, schema};
use crate::database::Database as _;
use crate::server::Server;
use crate::{cases, physical_strategy, random_changes, random_histories};

const WALKS: u32 = 16;

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig { cases: WALKS, failure_persistence: None, ..ProptestConfig::default() })
}

pub(crate) fn reads_back_the_same(dialect: MigrationDialect) {
    let server = std::cell::RefCell::new(Server::new(dialect));
    let result = runner().run(&physical_strategy::schema(dialect), |schema| {
        random_changes::reads_back_the_same(&mut *server.borrow_mut(), &schema)
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

pub(crate) fn leads_there_and_keeps_rows(dialect: MigrationDialect) {
    let server = std::cell::RefCell::new(Server::new(dialect));
    let seeds = proptest::collection::vec(0..100_u32, 0..5);
    let strategy = (physical_strategy::schema(dialect), physical_strategy::schema(dialect), seeds);
    let result = runner().run(&strategy, |(old, new, seeds)| {
        random_changes::leads_there_and_keeps_rows(&mut *server.borrow_mut(), &old, &new, &seeds)
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

pub(crate) fn goes_both_ways(dialect: MigrationDialect) {
    let server = std::cell::RefCell::new(Server::new(dialect));
    let strategy = (physical_strategy::schema(dialect), physical_strategy::schema(dialect));
    let result = runner()
        .run(&strategy, |(old, new)| random_changes::goes_both_ways(&mut *server.borrow_mut(), &old, &new));
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Each case's way up and down, without a look at the statements.
pub(crate) fn cases(dialect: MigrationDialect) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut server = Server::new(dialect);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let input = text.split("--- expect\n").next().unwrap();
        cases::walk_on(&mut server, &path.display().to_string(), input);
    }
}

pub(crate) fn every_order_of_work_ends_well(dialect: MigrationDialect) {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() });
    let result = runner.run(&proptest::collection::vec(random_histories::work(), 1..8), |works| {
        random_histories::ends_well(dialect, works)
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Ten copies start at once on one database: each migration is applied once.
pub(crate) fn concurrent_deploys_apply_once(dialect: MigrationDialect) {
    const COPIES: usize = 10;
    let mut app = App::on(dialect);
    let mut text = String::new();
    for number in 0..4 {
        writeln!(text, "model M{number} {{ id Int @id\n name String @unique }}").unwrap();
        app.record(&text, &format!("step {number}"), &nothing()).unwrap();
    }
    let migrations = app.path("migrations");
    let server = Server::new(dialect);
    let barrier = Barrier::new(COPIES);
    let deployed: Vec<String> = std::thread::scope(|scope| {
        let copies: Vec<_> = (0..COPIES)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = server.another();
                    let migrator = Migrator::new("db", dialect, &migrations);
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
    let mut connection = server.another();
    let count = "SELECT count(*) FROM _purlin_migrations WHERE finished_at IS NOT NULL";
    assert_eq!(connection.rows(count), "4");
    assert!(app.migrator().status(&schema(&text), &mut connection).unwrap().is_up_to_date());
}

/// Somebody holds the lock: the one who waits says who, and changes nothing.
pub(crate) fn a_held_lock_is_named(dialect: MigrationDialect, take: &str) {
    let mut app = App::on(dialect);
    let mut other = Server::connect(dialect, app.url());
    other.query(take, &[]).unwrap();
    let migrator = app.migrator().with_lock_timeout(Duration::from_millis(300));
    let result = migrator.dev(&schema("model T { id Int @id }"), app.database.port(), &nothing());
    check_error(result, &["another migration has held the lock", "connected", "end it"]);
    drop(other);
    app.dev("model T { id Int @id }", &nothing()).unwrap();
}

/// Every schema of the folder `PURLIN_TEST_SCHEMAS`: what is created is what is wanted, and what is read back.
pub(crate) fn schemas_of_a_folder(dialect: MigrationDialect) {
    let folder = std::env::var("PURLIN_TEST_SCHEMAS").unwrap();
    let mut server = Server::new(dialect);
    let mut problems = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let compiled = purlin_schema::compile(vec![SourceFile::new(
            "schema.prisma",
            fs::read_to_string(&path).unwrap(),
        )]);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(schema) = compiled.schema else {
            problems.push(format!("{name}: {:?}", compiled.diagnostics.first()));
            continue;
        };
        server.clear();
        let target = match physical(&schema, schema.datasources[0].id, dialect) {
            Ok(target) => target,
            Err(error) => {
                problems.push(format!("{name}: {error}"));
                continue;
            }
        };
        let tables = target.tables.len();
        match cases::creates(&mut server, &target) {
            Ok(steps) if steps.is_empty() => problems.push(format!("{name}: {tables} tables: the same")),
            Ok(steps) => {
                let steps: Vec<String> = steps.iter().map(|step| format!("{step:?}")).collect();
                problems.push(format!("{name}: {tables} tables:\n{}", steps.join("\n")));
            }
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    let is_same = |line: &String| line.ends_with("the same");
    assert!(problems.iter().all(is_same), "{}", problems.join("\n"));
}
