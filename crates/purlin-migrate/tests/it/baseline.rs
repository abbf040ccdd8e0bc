//! Databases that were there before: recorded as they are, or refused with all that is different.

use purlin_core::DateTime;
use purlin_migrate::{Error, MigrationDialect, MigrationName, TakeOver, TakenOver};

use crate::app::{App, check_error, nothing, schema};
use crate::database::quote;

const SCHEMA: &str = "
model User {
  id    Int    @id
  name  String
  posts Post[]
}
model Post {
  id       Int  @id
  authorId Int
  author   User @relation(fields: [authorId], references: [id], onDelete: Cascade)
}
// built in:
model Note { id Int @id
 text String
 @@map(\"_purlin_notes\") }";

const TABLES: &str = "
CREATE TABLE \"User\" (\"id\" INTEGER NOT NULL, \"name\" VARCHAR(50) NOT NULL, CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\"));
CREATE TABLE \"Post\" (\"id\" INTEGER NOT NULL, \"authorId\" INTEGER NOT NULL, CONSTRAINT \"Post_pkey\" PRIMARY KEY (\"id\"),
  CONSTRAINT \"Post_authorId_fkey\" FOREIGN KEY (\"authorId\") REFERENCES \"User\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE \"elsewhere\" (\"x\" INTEGER);
INSERT INTO \"User\" VALUES (1, 'Ada')";

const HISTORY: &str = "
CREATE TABLE \"_prisma_migrations\" (\"id\" VARCHAR(36) PRIMARY KEY, \"migration_name\" VARCHAR(255) NOT NULL,
  \"started_at\" VARCHAR(30) NOT NULL, \"finished_at\" VARCHAR(30), \"rolled_back_at\" VARCHAR(30));
INSERT INTO \"_prisma_migrations\" VALUES ('1', '20230101_init', '1', '2', NULL), ('2', '20230102_bad', '3', NULL, '4'),
  ('3', '20230103_more', '5', '6', NULL)";

fn on(dialect: MigrationDialect, script: &str) -> App {
    let mut app = App::on(dialect);
    run(&mut app, dialect, script);
    app
}

fn run(app: &mut App, dialect: MigrationDialect, script: &str) {
    let quoted =
        if dialect == MigrationDialect::MySql { script.replace('"', "`") } else { script.to_owned() };
    app.database.run(&quoted);
}

fn take_over(app: &mut App, text: &str, upto: Option<&str>) -> Result<TakenOver, Error> {
    let now = DateTime::parse("2026-01-31T09:30:00Z").unwrap();
    let name = MigrationName::parse("begin").unwrap();
    let request = TakeOver { name: Some(&name), now, upto };
    app.migrator().baseline(&schema(text), app.database.port(), &request)
}

pub(crate) fn takes_over(dialect: MigrationDialect) {
    let mut app = on(dialect, TABLES);
    run(&mut app, dialect, HISTORY);
    let taken = take_over(&mut app, SCHEMA, None).unwrap();
    assert_eq!(taken.recorded, ["20260131093000_begin"]);
    assert_eq!(taken.of_prisma, ["20230101_init", "20230103_more"]);
    // On MySQL the foreign key has one of its own.
    let without: &[&str] = if dialect == MigrationDialect::MySql { &[] } else { &["Post_authorId_idx"] };
    assert_eq!(taken.left_out, without);
    let up = app.read("20260131093000_begin", "up.sql");
    assert!(up.contains("--   20230103_more\n") && !up.contains("20230102_bad"), "{up}");
    // Nothing is left to do, and nothing of the app's was done.
    assert!(app.status(SCHEMA).is_up_to_date(), "{:?}", app.status(SCHEMA));
    assert!(app.dev(SCHEMA, &nothing()).unwrap().is_up_to_date());
    assert_eq!(app.record(SCHEMA, "none", &nothing()).unwrap().written, Vec::new());
    assert!(app.deploy().unwrap().migrations.is_empty());
    app.check_rows(&format!("SELECT count(*) FROM {}", quote(dialect, "User")), "1");
    app.check_rows("SELECT count(*) FROM elsewhere", "0");
    app.check_rows("SELECT count(*) FROM _prisma_migrations", "3");
    app.check_rows("SELECT count(*) FROM _purlin_notes", "0");
    check_error(take_over(&mut app, SCHEMA, None), &["has a history of Purlin already"]);
    // Another database gets all of it by the migration.
    app.switch_database("empty");
    assert_eq!(app.deploy().unwrap().migrations, taken.recorded);
    assert!(app.status(SCHEMA).is_up_to_date());
    // What is asked for from now on is a migration.
    let more = SCHEMA.replace("onDelete: Cascade)", "onDelete: Cascade)\n  @@index([authorId])");
    let written = app.record(&more, "index", &nothing()).unwrap().written.into_iter().next().unwrap();
    assert_eq!(
        written.steps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["create index \"Post_authorId_idx\" on \"Post\""]
    );
    app.switch_database("app.db");
    assert_eq!(app.deploy().unwrap().migrations, [written.id]);
    assert!(app.status(&more).is_up_to_date());
}

#[test]
fn databases_are_taken_over() {
    takes_over(MigrationDialect::Sqlite);
}

#[test]
fn differences_are_named_and_nothing_is_written() {
    let mut app = on(MigrationDialect::Sqlite, TABLES);
    let text = SCHEMA
        .replace("name  String", "name Int\n  age Int?")
        .replace("model Post {", "model Tag { id Int @id }\nmodel Post {");
    check_error(
        take_over(&mut app, &text, None),
        &[
            "\"name\" from VARCHAR(50) to INTEGER",
            "add column \"age\"",
            "create table \"Tag\"",
            "purlin db pull",
        ],
    );
    assert!(app.ids().is_empty());
    app.check_rows("SELECT count(*) FROM sqlite_master WHERE name LIKE '\\_purlin%' ESCAPE '\\'", "0");
}

#[test]
fn only_databases_without_a_history_are_taken_over() {
    let mut app = App::new();
    check_error(take_over(&mut app, SCHEMA, None), &["none of the schema's tables"]);
    app.dev(SCHEMA, &nothing()).unwrap();
    check_error(take_over(&mut app, SCHEMA, None), &["carries changes that no migration records"]);
}

#[test]
fn what_prisma_did_not_finish_is_refused_by_name() {
    let mut app = on(MigrationDialect::Sqlite, TABLES);
    app.database.run(HISTORY);
    app.database.run("INSERT INTO _prisma_migrations VALUES ('4', '20230104_stuck', '7', NULL, NULL)");
    check_error(
        take_over(&mut app, SCHEMA, None),
        &["did not end well", "20230104_stuck", "prisma migrate resolve"],
    );
    assert!(app.ids().is_empty());
}

#[test]
fn migrations_that_are_there_are_recorded_up_to_one() {
    let mut app = App::new();
    let first = SCHEMA.replace("onDelete: Cascade)", "onDelete: Cascade)\n  @@index([authorId])");
    let second = first.replace("name  String", "name String\n  age Int?");
    app.record(&first, "one", &nothing()).unwrap();
    app.record(&second, "two", &nothing()).unwrap();
    app.switch_database("old");
    app.database.run(TABLES);
    app.database.run("CREATE INDEX \"Post_authorId_idx\" ON \"Post\" (\"authorId\")");
    check_error(
        take_over(&mut app, &second, None),
        &["migration 20260131093001_two says", "add column \"age\"", "--upto"],
    );
    check_error(
        take_over(&mut app, &second, Some("three")),
        &["there is no migration three", "20260131093000_one"],
    );
    let taken = take_over(&mut app, &second, Some("one")).unwrap();
    assert_eq!((taken.recorded, taken.written), (vec!["20260131093000_one".to_owned()], None));
    assert_eq!(app.deploy().unwrap().migrations, ["20260131093001_two"]);
    assert!(app.status(&second).is_up_to_date());
    app.check_rows("SELECT name, age FROM User", "Ada|NULL");
}
