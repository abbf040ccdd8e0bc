//! What somebody changed behind Purlin's back: adopted, corrected, ignored.

use purlin_migrate::{Drift, MigrationDialect};

use crate::app::{App, check_error, flags, nothing};
use crate::database::quote;

const SCHEMA: &str =
    "model User { id Int @id\n name String?\n size Int?\n @@index([size]) }\n model Log { id Int @id }";

pub(crate) fn is_settled(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.record(SCHEMA, "one", &nothing()).unwrap();
    let name = |name: &str| quote(dialect, name);
    let (user, log, extra, size) = (name("User"), name("Log"), name("extra"), name("size"));
    app.database.run(&format!(
        "ALTER TABLE {user} ADD COLUMN {extra} INTEGER; DROP TABLE {log}; \
         INSERT INTO {user} ({}, {extra}) VALUES (1, 7)",
        name("id")
    ));
    let index = if dialect == MigrationDialect::MySql { format!(" ON {user}") } else { String::new() };
    app.database.run(&format!("DROP INDEX {}{index}", name("User_size_idx")));
    let all = ["Log", "User.User_size_idx", "User.extra"];
    assert_eq!(app.drift(SCHEMA), all);
    check_error(
        app.settle(SCHEMA, Drift::Correct, &["User.size"], &nothing()),
        &["User.size has not drifted; what has: Log, User.User_size_idx, User.extra"],
    );
    // The migrations are right.
    assert_eq!(app.settle(SCHEMA, Drift::Correct, &["Log"], &nothing()).unwrap(), ["Log"]);
    check_error(app.settle(SCHEMA, Drift::Correct, &[], &nothing()), &["drop-column User.extra: 1 row"]);
    // Nobody needs to hear of it.
    app.settle(SCHEMA, Drift::Ignore, &["User.User_size_idx"], &nothing()).unwrap();
    assert_eq!(app.drift(SCHEMA), ["User.extra"]);
    assert_eq!(app.status(SCHEMA).drift.len(), 1);
    // The database is right: the schema takes it, and a migration for everybody else.
    app.settle(SCHEMA, Drift::Adopt, &["User.extra"], &nothing()).unwrap();
    assert_eq!((app.drift(SCHEMA), app.status(SCHEMA).unrecorded.len()), (Vec::new(), 1));
    let with = SCHEMA.replace("size Int?", "size Int?\n extra Int?");
    app.switch_database("dev.db");
    app.record(&with, "extra", &nothing()).unwrap();
    app.switch_database("app.db");
    let deployed = app.deploy().unwrap();
    assert_eq!((deployed.migrations.len(), deployed.recorded.len()), (0, 1));
    assert!(app.status(&with).is_up_to_date(), "{:?}", app.status(&with));
    app.check_rows(&format!("SELECT {extra}, {size} FROM {user}"), "7|NULL");
}

#[test]
fn drift_is_settled() {
    is_settled(MigrationDialect::Sqlite);
}

#[test]
fn another_key_is_told() {
    let mut app = App::new();
    app.dev("model T { a Int @id\n b Int @unique }", &nothing()).unwrap();
    app.database.run("INSERT INTO T VALUES (1, 2)");
    let after = "model T { a Int @unique\n b Int @id }";
    check_error(app.dev(after, &nothing()), &["primary-key-changed T: 1 row would be known by another key"]);
    app.dev(after, &flags(&["--allow primary-key-changed:T"])).unwrap();
}
