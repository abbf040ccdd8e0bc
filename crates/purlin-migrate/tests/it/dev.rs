//! `purlin dev`: the database follows the schema, asks before it loses anything, and lives with
//! the migrations in the folder.

use purlin_migrate::{Answers, Backup, Error};

use crate::app::{App, check_error, flags, nothing, schema};
use crate::database::Database as _;

const USER: &str = "model User { id Int @id\n name String\n age Int? }";

#[test]
fn follows_the_schema_and_is_quiet_when_nothing_changed() {
    let mut app = App::new();
    let applied = app.dev(USER, &nothing()).unwrap();
    assert_eq!(applied.steps.len(), 1);
    assert!(app.dev(USER, &nothing()).unwrap().is_up_to_date());
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 36)");
    app.dev("model User { id Int @id\n name String\n age Int @default(0)\n bio String? }", &nothing())
        .unwrap();
    app.check_rows("SELECT * FROM User", "1|Ada|36|NULL");
    assert_eq!(app.ids(), Vec::<String>::new());
}

#[test]
fn asks_about_renames_where_rows_are() {
    let renamed = "model User { id Int @id\n fullName String\n age Int? }";
    let mut app = App::new();
    app.dev(USER, &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 36)");
    check_error(
        app.dev(renamed, &nothing()),
        &["is User.name renamed to fullName, or dropped?", "--rename User.name=fullName", "--drop User.name"],
    );
    app.check_rows("SELECT name FROM User", "Ada");
    app.dev(renamed, &flags(&["--rename User.name=fullName"])).unwrap();
    app.check_rows("SELECT fullName FROM User", "Ada");
}

#[test]
fn does_not_ask_where_no_rows_are() {
    let mut app = App::new();
    app.dev(USER, &nothing()).unwrap();
    app.dev("model User { id Int @id\n fullName String\n age Int? }", &nothing()).unwrap();
    app.check_rows("SELECT name FROM pragma_table_info('User')", "id\nfullName\nage");
}

#[test]
fn stops_before_a_loss_and_copies_the_file_when_allowed() {
    let smaller = "model User { id Int @id\n name String }";
    let mut app = App::new();
    app.dev(USER, &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 36), (2, 'Bob', NULL)");
    check_error(
        app.dev(smaller, &nothing()),
        &[
            "datasource \"db\"",
            "drop-column User.age: 1 row would lose the value",
            "--allow drop-column:User.age",
        ],
    );
    app.check_rows("SELECT count(age) FROM User", "1");
    let applied = app.dev(smaller, &flags(&["--allow drop-column:User.age"])).unwrap();
    let Some(Backup::Written(copy)) = applied.backup else { panic!("no copy") };
    let mut copy = crate::connection::TestConnection::file(&copy);
    assert_eq!(copy.rows("SELECT age FROM User ORDER BY id"), "36\nNULL");
    app.check_rows("SELECT * FROM User", "1|Ada\n2|Bob");
}

/// Schema before, rows, schema after, the parts of the message; nobody can allow it.
#[track_caller]
fn check_impossible(before: &str, rows: &str, after: &str, flag: &str, message: &str) {
    let mut app = App::new();
    app.dev(before, &nothing()).unwrap();
    app.database.run(rows);
    let state = app.database.rows("SELECT sql FROM sqlite_master");
    check_error(app.dev(after, &flags(&[flag])), &[message]);
    app.check_rows("SELECT sql FROM sqlite_master", &state);
}

#[test]
fn what_the_rows_do_not_fit_is_refused() {
    let rows = "INSERT INTO User VALUES (1, 'Ada', 36), (2, 'Ada', NULL), (3, 'Ada', NULL)";
    check_impossible(
        USER,
        rows,
        "model User { id Int @id\n name String\n age Int }",
        "--allow required-with-nulls:User.age",
        "required-with-nulls User.age: 2 rows without a value",
    );
    check_impossible(
        USER,
        rows,
        "model User { id Int @id\n name String @unique\n age Int? }",
        "--allow unique-duplicates:User.name",
        "unique-duplicates User.name: 2 rows repeating a value",
    );
    check_impossible(
        USER,
        rows,
        "model User { id Int @id\n name String\n age Int?\n email String }",
        "--allow required-without-default:User.email",
        "required-without-default User.email: 3 rows would have no value",
    );
    check_impossible(
        USER,
        rows,
        "model User { id Int @id\n name String\n age Int?\n boss User? @relation(\"b\", fields: [age], references: [id])\n all User[] @relation(\"b\") }",
        "--allow foreign-key-orphans:User.age",
        "foreign-key-orphans User.age: 1 row referring to no row of \"User\"",
    );
}

/// Schema before, rows, schema after, the finding.
#[track_caller]
fn check_loss(before: &str, rows: &str, after: &str, finding: &str) {
    let mut app = App::new();
    app.dev(before, &nothing()).unwrap();
    app.database.run(rows);
    let Err(Error::Guarded { findings, .. }) = app.dev(after, &nothing()) else { panic!("not guarded") };
    let [found] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(format!("{} {}", found.flag(), found.message), finding);
    let flag = format!("--allow {}", found.flag());
    app.dev(after, &flags(&[&flag])).unwrap();
}

#[test]
fn what_would_be_lost_is_counted() {
    check_loss(
        "model A { id Int @id }\n model B { id Int @id }",
        "INSERT INTO B VALUES (1), (2)",
        "model A { id Int @id }",
        "drop-table:B 2 rows would be deleted with the table",
    );
    check_loss(
        "model A { id Int @id\n n String? }",
        "INSERT INTO A VALUES (1, '12'), (2, 'twelve'), (3, NULL)",
        "model A { id Int @id\n n Int? }",
        "lossy-type:A.n 1 row with a value that INTEGER cannot keep as it is",
    );
    check_loss(
        "enum E { X Y Z }\n model A { id Int @id\n e E\n f E[] }",
        "INSERT INTO A VALUES (1, 'X', '[]'), (2, 'Y', '[\"Z\"]')",
        "enum E { X Z }\n model A { id Int @id\n e E\n f E[] }",
        "enum-value-removed:A.e 1 row with a value that E no longer has",
    );
}

#[test]
fn deploys_the_folder_first_then_the_rest() {
    let more = "model User { id Int @id\n name String\n age Int?\n bio String? }";
    let mut author = App::new();
    author.record(USER, "init", &nothing()).unwrap();
    author.switch_database("other.db");
    let applied = author.dev(more, &nothing()).unwrap();
    assert_eq!(applied.deployed, ["20260131093000_init"]);
    assert_eq!(applied.steps.len(), 1);
    assert!(applied.notes[0].contains("purlin migrate dev"), "{:?}", applied.notes);
    author.check_rows("SELECT name FROM pragma_table_info('User')", "id\nname\nage\nbio");
}

#[test]
fn takes_over_a_database_that_something_else_made() {
    let mut app = App::new();
    app.database.run(
        "CREATE TABLE User (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, price DECIMAL NOT NULL, old TEXT);
         CREATE UNIQUE INDEX User_name_key ON User (name);
         INSERT INTO User VALUES (7, 'Ada', 1.50, NULL);
         CREATE TABLE other (a);
         INSERT INTO other VALUES (1)",
    );
    let text = "model User { id Int @id @default(autoincrement())\n name String @unique\n price Decimal\n bio String? }";
    let plan = app.migrator().plan_dev(&schema(text), app.database.port(), &Answers::default()).unwrap();
    assert_eq!(plan.findings, Vec::new());
    let applied = app.dev(text, &nothing()).unwrap();
    assert!(applied.notes[0].contains("made by something else"), "{:?}", applied.notes);
    app.check_rows("SELECT id, name, price, bio FROM User", "7|Ada|1.5|NULL");
    app.check_rows("SELECT a FROM other", "1");
    assert!(app.dev(text, &nothing()).unwrap().is_up_to_date());
}

#[test]
fn names_that_cannot_stand_are_refused() {
    let mut app = App::new();
    check_error(
        app.dev(
            "model A { id Int @id\n @@map(\"user\") }\n model B { id Int @id\n @@map(\"User\") }",
            &nothing(),
        ),
        &["A", "B", "both live in the table", "@@map"],
    );
    check_error(app.dev("model A { id Int @id\n @@map(\"sqlite_a\") }", &nothing()), &["reserved"]);
    app.check_rows("SELECT count(*) FROM sqlite_master", "0");
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let mut app = App::new();
    std::fs::write(app.path("bad.db"), "this is no database, and long enough to be read as one").unwrap();
    app.switch_database("bad.db");
    check_error(app.dev(USER, &nothing()), &["datasource \"db\"", "no database or is damaged"]);
}
