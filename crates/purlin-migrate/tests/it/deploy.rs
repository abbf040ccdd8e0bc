//! `migrate deploy`: whole migrations in order, and a clear refusal of histories that do not fit.

use std::fs;

use purlin_migrate::Back;

use crate::app::{App, check_error, flags, nothing};

const ONE: &str = "model User { id Int @id\n name String? }";
const TWO: &str = "model User { id Int @id\n name String?\n age Int? }";

/// Two migrations, and a server without any.
fn two() -> App {
    let mut app = App::new();
    app.record(ONE, "one", &nothing()).unwrap();
    app.record(TWO, "two", &nothing()).unwrap();
    app.switch_database("server.db");
    app
}

#[test]
fn applies_what_is_pending_once() {
    let mut app = two();
    assert_eq!(app.status(TWO).pending.len(), 2);
    assert_eq!(app.deploy().unwrap().migrations, ["20260131093000_one", "20260131093001_two"]);
    assert_eq!(app.deploy().unwrap().migrations, Vec::<String>::new());
    let status = app.status(TWO);
    assert!(status.is_up_to_date());
    assert_eq!(status.applied.len(), 2);
}

#[test]
fn a_comment_may_change_a_statement_may_not() {
    let mut app = two();
    app.deploy().unwrap();
    let up = app.read("20260131093000_one", "up.sql");
    app.write("20260131093000_one", "up.sql", &format!("-- a thought\n{up}\n"));
    app.deploy().unwrap();
    app.write("20260131093000_one", "up.sql", &up.replace("TEXT", "BLOB"));
    check_error(app.deploy(), &["20260131093000_one was changed after it was applied", "version control"]);
    assert!(app.status(TWO).problem.unwrap().contains("was changed"));
}

#[test]
fn a_failing_migration_leaves_nothing() {
    let mut app = two();
    let up = app.read("20260131093001_two", "up.sql");
    app.write("20260131093001_two", "up.sql", &format!("CREATE TABLE left_over (a);\n{up}\nSELECT broken;"));
    check_error(app.deploy(), &["migration 20260131093001_two", "statement 3 of 3", "broken", "rolled back"]);
    app.check_rows("SELECT name FROM sqlite_master WHERE name IN ('left_over', 'User')", "User");
    app.check_rows("SELECT id FROM _purlin_migrations", "20260131093000_one");
    app.write("20260131093001_two", "up.sql", &up);
    assert_eq!(app.deploy().unwrap().migrations, ["20260131093001_two"]);
}

#[test]
fn missing_and_foreign_migrations_are_named() {
    let mut app = two();
    app.deploy().unwrap();
    fs::remove_dir_all(app.migrator().folder().join("20260131093001_two")).unwrap();
    check_error(app.deploy(), &["has applied 20260131093001_two", "Check out the branch"]);
}

#[test]
fn two_branches_from_one_parent_are_named() {
    let mut app = two();
    let folder = app.migrator().folder().to_owned();
    fs::rename(folder.join("20260131093001_two"), app.path("aside")).unwrap();
    app.switch_database("branch.db");
    app.record("model User { id Int @id\n name String?\n city String? }", "branch", &nothing()).unwrap();
    fs::rename(folder.join("20260131093001_branch"), folder.join("20260131093001_branch_x")).unwrap();
    check_error(app.deploy(), &["it belongs to 20260131093001_branch"]);
    fs::rename(folder.join("20260131093001_branch_x"), folder.join("20260131093001_branch")).unwrap();
    fs::rename(app.path("aside"), folder.join("20260131093001_two")).unwrap();
    check_error(
        app.deploy(),
        &["20260131093001_branch and 20260131093001_two both continue 20260131093000_one"],
    );
}

#[test]
fn damaged_files_are_named() {
    let mut app = two();
    let snapshot = app.read("20260131093000_one", "snapshot.json");
    for (file, text, expected) in [
        ("snapshot.json", snapshot.replace("\"User\"", "\"Users\""), "does not fit its hash"),
        ("snapshot.json", "{".to_owned(), "not what Purlin wrote"),
        ("snapshot.json", snapshot.replace("\"version\": 1", "\"version\": 9"), "newer version"),
        ("plan.json", "[]".to_owned(), "not what Purlin wrote"),
    ] {
        let before = app.read("20260131093000_one", file);
        app.write("20260131093000_one", file, &text);
        check_error(app.deploy(), &[file.trim_end_matches(".json"), expected]);
        app.write("20260131093000_one", file, &before);
    }
    fs::remove_file(app.migrator().folder().join("20260131093000_one/up.sql")).unwrap();
    check_error(app.deploy(), &["up.sql: the file is missing"]);
    app.check_rows("SELECT count(*) FROM sqlite_master", "0");
}

#[test]
fn losses_on_the_server_count_there() {
    let mut app = two();
    app.deploy().unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 36)");
    let server = app.path("server.db");
    app.switch_database("app.db");
    // No rows here: nothing to agree to.
    app.record(ONE, "no_age", &nothing()).unwrap();
    app.switch_database(server.file_name().unwrap().to_str().unwrap());
    check_error(app.deploy(), &["20260131093002_no_age", "drop-column User.age: 1 row"]);
    app.check_rows("SELECT age FROM User", "36");
    let accepted = flags(&["--allow drop-column:User.age"]).accepted;
    let deployed = app.migrator().deploy(app.database.port(), &accepted).unwrap();
    assert_eq!(deployed.migrations, ["20260131093002_no_age"]);
    assert!(deployed.backup.is_some());
}

#[test]
fn databases_in_another_state_are_refused() {
    let mut app = two();
    app.database.run("CREATE TABLE User (id INTEGER)");
    check_error(app.deploy(), &["already has tables", "User"]);
    app.switch_database("dev.db");
    app.dev(TWO, &nothing()).unwrap();
    app.dev("model User { id Int @id\n name String?\n age Int?\n x Int? }", &nothing()).unwrap();
    let three = "model User { id Int @id\n name String?\n age Int?\n z Int? }";
    app.switch_database("app.db");
    app.record(three, "three", &nothing()).unwrap();
    app.switch_database("dev.db");
    check_error(app.deploy(), &["no migration records", "purlin migrate dev"]);
}

#[test]
fn drift_is_shown_and_foreign_objects_stay() {
    let mut app = two();
    app.deploy().unwrap();
    app.database.run(
        "ALTER TABLE User ADD COLUMN by_hand TEXT; CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)",
    );
    let status = app.status(TWO);
    assert_eq!(status.drift.len(), 1, "{status:?}");
    assert_eq!(status.drift[0].to_string(), "add column \"by_hand\" to \"User\"");
    let three = "model User { id Int @id\n name String?\n age Int? }\n model New { id Int @id }";
    app.record(three, "three", &nothing()).unwrap();
    app.check_rows("SELECT a FROM theirs", "1");
    app.check_rows("SELECT count(*) FROM pragma_table_info('User') WHERE name = 'by_hand'", "1");
}

#[test]
fn an_unfinished_row_stops_everything() {
    let mut app = two();
    app.deploy().unwrap();
    app.database.run("UPDATE _purlin_migrations SET finished_at = NULL WHERE id LIKE '%two'");
    check_error(app.deploy(), &["20260131093001_two", "never finished"]);
}

/// SQLite makes the table anew, and the copy would not have it.
#[test]
fn columns_of_others_are_counted_before_a_table_is_made_anew() {
    let mut app = two();
    app.deploy().unwrap();
    app.database
        .run("ALTER TABLE User ADD COLUMN by_hand TEXT; INSERT INTO User VALUES (1, 'Ada', 36, 'theirs')");
    let three = "model User { id Int @id\n name String @default(\"\")\n age Int? }";
    check_error(app.record(three, "three", &nothing()), &["drop-column User.by_hand: 1 row"]);
    app.switch_database("app.db");
    app.record(three, "three", &nothing()).unwrap();
    app.switch_database("server.db");
    check_error(app.deploy(), &["drop-column User.by_hand: 1 row"]);
    app.check_rows("SELECT by_hand FROM User", "theirs");
    let accepted = flags(&["--allow drop-column:User.by_hand"]).accepted;
    assert!(app.migrator().deploy(app.database.port(), &accepted).unwrap().backup.is_some());
    app.rollback(Back::Steps(1), &accepted).unwrap();
}
