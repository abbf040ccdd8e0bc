//! Histories that are changed after the fact: two branches become one, many migrations become one, and states are
//! compared wherever they are written down.

use std::fs;

use purlin_core::DateTime;
use purlin_migrate::{Answers, Back, Side, Squash};

use crate::app::{App, check_error, flags, nothing, schema};

const ONE: &str = "model User { id Int @id\n name String }";
const LEFT: &str = "model User { id Int @id\n name String\n age Int? }";
const RIGHT: &str = "model User { id Int @id\n title String @renamedFrom(\"name\") }";
const RIGHT_TWO: &str = "model User { id Int @id\n title String\n city String? }";
const BOTH: &str = "model User { id Int @id\n title String\n age Int?\n city String? }";

/// Two branches from one migration, in one folder; the database at hand is the right one's.
fn forked() -> App {
    let mut app = App::new();
    app.record(ONE, "one", &nothing()).unwrap();
    app.record(LEFT, "left", &nothing()).unwrap();
    let folder = app.migrator().folder().to_owned();
    fs::rename(folder.join("20260131093001_left"), app.path("aside")).unwrap();
    app.switch_database("right.db");
    app.record(RIGHT, "right", &nothing()).unwrap();
    app.record(RIGHT_TWO, "more", &nothing()).unwrap();
    fs::rename(app.path("aside"), folder.join("20260131093001_left")).unwrap();
    app
}

#[test]
fn one_branch_is_written_anew_on_top_of_the_other() {
    let mut app = forked();
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 'London')");
    check_error(app.deploy(), &["both continue", "purlin migrate rebase NAME"]);
    let now = DateTime::parse("2026-01-31T09:30:00Z").unwrap();
    let rebased = app.migrator().rebase(&schema(BOTH), "right", now, &Answers::default()).unwrap();
    assert_eq!(rebased.removed, ["20260131093001_right", "20260131093002_more"]);
    assert_eq!(rebased.written.as_deref(), Some("20260131093002_right"));
    assert_eq!(app.ids(), ["20260131093000_one", "20260131093001_left", "20260131093002_right"]);
    assert!(app.read("20260131093002_right", "up.sql").contains("RENAME COLUMN \"name\" TO \"title\""));
    // The branch's own database goes straight there, and forgets what is gone.
    app.record(BOTH, "none", &nothing()).unwrap();
    assert!(app.status(BOTH).is_up_to_date(), "{:?}", app.status(BOTH));
    app.check_rows("SELECT id, title, city FROM User", "1|Ada|London");
    // The other one's has one to apply.
    app.switch_database("app.db");
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 36)");
    app.deploy().unwrap();
    app.check_rows("SELECT id, title, age, city FROM User", "1|Ada|36|NULL");
}

#[test]
fn a_branch_that_cannot_be_written_anew_stays() {
    let app = forked();
    let now = DateTime::parse("2026-01-31T09:30:00Z").unwrap();
    let ids = app.ids();
    let rebase = |app: &App| app.migrator().rebase(&schema(BOTH), "right", now, &Answers::default());
    let up = app.read("20260131093002_more", "up.sql");
    app.write("20260131093002_more", "up.sql", &format!("{up}\nUPDATE User SET city = 'x';"));
    check_error(rebase(&app), &["20260131093002_more: its up.sql was written by hand"]);
    app.write("20260131093002_more", "up.sql", &up);
    // Another question than the ones that the branch has answered.
    let asked = "model User { id Int @id\n label String\n age Int?\n city String? }";
    let result = app.migrator().rebase(&schema(asked), "left", now, &Answers::default());
    check_error(result, &["a rename cannot be told from a drop"]);
    assert_eq!(app.ids(), ids);
    check_error(
        app.migrator().rebase(&schema(BOTH), "none", now, &Answers::default()),
        &["there is no migration none"],
    );
}

fn four() -> App {
    let mut app = App::new();
    app.record(ONE, "one", &nothing()).unwrap();
    app.record(RIGHT, "two", &nothing()).unwrap();
    app.record(RIGHT_TWO, "three", &nothing()).unwrap();
    app.record(BOTH, "four", &nothing()).unwrap();
    app
}

#[test]
fn many_become_one_with_the_same_result() {
    let mut app = four();
    app.switch_database("half.db");
    app.deploy().unwrap();
    app.rollback(Back::To("two"), &nothing().accepted).unwrap();
    app.switch_database("app.db");
    let (gone, id) = app.migrator().squash(&Squash { to: Some("three"), ..Squash::default() }).unwrap();
    assert_eq!((gone.len(), id.as_str()), (3, "20260131093002_squashed"));
    assert_eq!(app.ids(), [id.as_str(), "20260131093003_four"]);
    assert_eq!(app.read(&id, "up.sql").matches("CREATE TABLE").count(), 1);
    // One that has all of them has it; one that has some is told what to do; one that has none runs it.
    let status = app.status(BOTH);
    assert!(status.is_up_to_date() && status.applied.len() == 2, "{status:?}");
    assert_eq!(app.deploy().unwrap().migrations, Vec::<String>::new());
    app.switch_database("half.db");
    check_error(app.deploy(), &["has only some", "- 20260131093002_three", "check out the version before"]);
    app.switch_database("new.db");
    assert_eq!(app.deploy().unwrap().migrations.len(), 2);
    assert!(app.status(BOTH).is_up_to_date());
    // Again, with what became one already.
    let (gone, id) = app.migrator().squash(&Squash::default()).unwrap();
    assert_eq!(gone.len(), 2);
    for database in ["new.db", "app.db", "newest.db"] {
        app.switch_database(database);
        app.deploy().unwrap();
        assert_eq!(app.status(BOTH).applied.len(), 1, "{database}");
    }
    app.switch_database("app.db");
    app.database.run("INSERT INTO User (id, title) VALUES (1, 'Ada')");
    app.rollback(Back::Steps(1), &flags(&["--allow drop-table:User"]).accepted).unwrap();
    app.check_rows("SELECT count(*) FROM _purlin_migrations", "0");
    assert_eq!(app.deploy().unwrap().migrations, [id]);
    check_error(app.migrator().squash(&Squash::default()), &["there are no two migrations"]);
}

/// Rows that are there take the whole way, and what a person wrote runs.
#[test]
fn a_part_of_the_way_keeps_its_statements() {
    let mut app = App::new();
    app.record(ONE, "one", &nothing()).unwrap();
    app.record("model User { id Int @id\n name String\n age Int @default(7) }", "default", &nothing())
        .unwrap();
    app.record("model User { id Int @id\n name String\n age Int }", "none", &nothing()).unwrap();
    let up = app.read("20260131093001_default", "up.sql");
    app.switch_database("server.db");
    app.write("20260131093001_default", "up.sql", &format!("{up}\nUPDATE User SET name = 'by hand';"));
    app.migrator().squash(&Squash { from: Some("default"), ..Squash::default() }).unwrap();
    let folder = app.migrator().folder().to_owned();
    fs::rename(folder.join("20260131093002_squashed"), app.path("aside")).unwrap();
    app.deploy().unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada')");
    fs::rename(app.path("aside"), folder.join("20260131093002_squashed")).unwrap();
    app.deploy().unwrap();
    app.check_rows("SELECT * FROM User", "1|by hand|7");
}

#[test]
fn states_are_compared_wherever_they_stand() {
    let mut app = four();
    app.switch_database("server.db");
    app.deploy().unwrap();
    app.rollback(Back::To("three"), &nothing().accepted).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada', 'London'); ALTER TABLE User ADD COLUMN extra TEXT");
    let less = schema("model User { id Int @id\n title String }");
    let both = schema(BOTH);
    let check = |app: &mut App, from: Side<'_>, to: Side<'_>, expected: &[&str]| {
        let migrator = app.migrator();
        let found = migrator.compare(app.database.port(), from, to, &Answers::default()).unwrap();
        let steps: Vec<String> = found.steps.iter().map(ToString::to_string).collect();
        assert_eq!(steps, expected);
        found
    };
    check(&mut app, Side::Migrations, Side::Schema(&both), &[]);
    check(&mut app, Side::Empty, Side::Migration("one"), &["create table \"User\""]);
    let add =
        check(&mut app, Side::Migration("three"), Side::Migrations, &["add column \"age\" to \"User\""]);
    assert!(add.script.starts_with("-- add column"), "{}", add.script);
    let drops = ["drop column \"city\" of \"User\"", "drop column \"extra\" of \"User\""];
    let lost = check(&mut app, Side::Database, Side::Schema(&less), &drops);
    assert_eq!(lost.findings.len(), 1);
    check(&mut app, Side::Migration("three"), Side::Database, &["add column \"extra\" to \"User\""]);
    check(&mut app, Side::Database, Side::Database, &[]);
    let asked = app.migrator().compare(
        app.database.port(),
        Side::Migration("one"),
        Side::Migration("two"),
        &Answers::default(),
    );
    assert_eq!(asked.unwrap().questions.len(), 1);
}
