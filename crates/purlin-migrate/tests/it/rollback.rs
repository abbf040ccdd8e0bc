//! `migrate rollback`: back to a state that was, with what is lost on the way counted first.

use std::fs;

use purlin_migrate::{Accepted, Back, MigrationDialect};

use crate::app::{App, check_error, flags, nothing};
use crate::server::Server;

const ONE: &str = "model User { id Int @id\n name String }";
const TWO: &str = "model User { id Int @id\n fullName String @renamedFrom(\"name\")\n age Int? }\n model Log { id Int @id }";
const THREE: &str = "model User { id Int @id\n age Int? }\n model Log { id Int @id }";

fn three() -> App {
    let mut app = App::new();
    app.record(ONE, "one", &nothing()).unwrap();
    app.record(TWO, "two", &nothing()).unwrap();
    app.record(THREE, "three", &flags(&["--drop User.fullName"])).unwrap();
    app
}

fn agree(codes: &[&str]) -> Accepted {
    let mut accepted = Accepted::default();
    codes.iter().for_each(|code| accepted.add(code).unwrap());
    accepted
}

#[test]
fn the_last_ones_are_taken_back() {
    let mut app = three();
    assert_eq!(app.rollback(Back::Steps(1), &nothing().accepted).unwrap(), ["20260131093002_three"]);
    let status = app.status(THREE);
    assert_eq!((status.applied.len(), status.pending), (2, vec!["20260131093002_three".to_owned()]));
    app.deploy().unwrap();
    assert!(app.status(THREE).is_up_to_date());
    let back = app.rollback(Back::To("one"), &nothing().accepted).unwrap();
    assert_eq!(back, ["20260131093002_three", "20260131093001_two"]);
    app.check_rows("SELECT name FROM pragma_table_info('User')", "id\nname");
    assert_eq!(app.rollback(Back::To("one"), &nothing().accepted).unwrap(), Vec::<String>::new());
    app.rollback(Back::Steps(1), &nothing().accepted).unwrap();
    app.check_rows("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE '\\_purlin%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'", "0");
    check_error(app.rollback(Back::Steps(1), &nothing().accepted), &["only 0 migrations"]);
    app.deploy().unwrap();
    assert!(app.status(THREE).is_up_to_date());
}

#[test]
fn what_the_way_back_loses_is_counted_and_copied() {
    let mut app = three();
    app.database.run("INSERT INTO User (id, age) VALUES (1, 36), (2, NULL); INSERT INTO Log VALUES (1)");
    check_error(
        app.rollback(Back::Steps(1), &nothing().accepted),
        &[
            "rollback of 20260131093002_three",
            "empty-value User.fullName: 2 rows",
            "--allow empty-value:User.fullName",
        ],
    );
    app.check_rows("SELECT name FROM pragma_table_info('User')", "id\nage");
    app.rollback(Back::Steps(1), &agree(&["empty-value:User.fullName"])).unwrap();
    app.check_rows("SELECT id, fullName, age FROM User ORDER BY id", "1||36\n2||NULL");
    assert_eq!(fs::read_dir(app.path("backups")).unwrap().count(), 1);
    app.database.run("UPDATE User SET fullName = 'Ada' WHERE id = 1");
    let all = ["drop-column:User.age", "drop-table:Log"];
    check_error(app.rollback(Back::Steps(1), &agree(&all[..1])), &["drop-table Log: 1 row"]);
    app.rollback(Back::Steps(1), &agree(&all)).unwrap();
    app.check_rows("SELECT id, name FROM User ORDER BY id", "1|Ada\n2|");
}

#[test]
fn what_cannot_come_back_stops_before_anything() {
    let mut app = App::new();
    let before = "model User { id Int @id\n number Int @unique\n posts Post[] }\n\
                  model Post { id Int @id\n userId Int\n user User @relation(fields: [userId], references: [id]) }";
    app.record(before, "one", &nothing()).unwrap();
    app.record("model User { id Int @id }\n model Post { id Int @id }", "two", &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1), (2); INSERT INTO Post VALUES (1)");
    check_error(
        app.rollback(Back::Steps(1), &nothing().accepted),
        &["unique-duplicates User.number: 2 rows", "foreign-key-orphans Post.userId: 1 row"],
    );
    // A person knows where the values come from.
    let id = "20260131093001_two";
    let down = app.read(id, "down.sql");
    let down = down.replace("SELECT \"id\", 0", "SELECT \"id\", \"id\"");
    app.write(id, "down.sql", &down);
    app.rollback(Back::Steps(1), &nothing().accepted).unwrap();
    app.check_rows("SELECT id, number FROM User", "1|1\n2|2");
}

#[test]
fn a_way_back_that_is_no_longer_whole_is_named() {
    let mut app = three();
    let id = "20260131093001_two";
    app.rollback(Back::Steps(1), &nothing().accepted).unwrap();
    let down = app.read(id, "down.sql");
    app.write(id, "down.sql", &down.replace("DROP TABLE \"Log\";", ""));
    check_error(
        app.rollback(Back::Steps(1), &nothing().accepted),
        &["down.sql was edited and no longer does this: drop table \"Log\""],
    );
    app.check_rows("SELECT count(*) FROM User", "0");
    app.write(id, "down.sql", "SELECT broken;");
    check_error(
        app.rollback(Back::Steps(1), &nothing().accepted),
        &["statement 1 of 1 failed", "rolled back"],
    );
    fs::remove_file(app.migrator().folder().join(id).join("down.sql")).unwrap();
    check_error(app.rollback(Back::Steps(1), &nothing().accepted), &["has no down.sql"]);
    check_error(app.rollback(Back::To("none"), &nothing().accepted), &["there is no migration none"]);
    check_error(app.rollback(Back::To("three"), &nothing().accepted), &["three is not applied here"]);
}

/// Each statement stays: it says how far it came, refuses other work, and goes on.
pub(crate) fn stops_and_goes_on(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.record(ONE, "one", &nothing()).unwrap();
    app.record(TWO, "two", &nothing()).unwrap();
    let id = "20260131093001_two";
    let down = app.read(id, "down.sql");
    let broken = format!("{down}\nSELECT broken;\n");
    app.write(id, "down.sql", &broken);
    let count = purlin_migrate::statements(&down).len();
    check_error(
        app.rollback(Back::Steps(1), &nothing().accepted),
        &["rollback of 20260131093001_two", &format!("{count} of {} statements are committed", count + 1)],
    );
    let problem = app.status(TWO).problem.unwrap();
    let expected =
        format!("the rollback of {id} stopped half-way, {count} of {} statements are done", count + 1);
    assert!(problem.starts_with(&expected), "{problem}");
    check_error(app.deploy(), &["purlin migrate rollback", "goes on with it"]);
    check_error(app.dev(ONE, &nothing()), &["purlin migrate rollback"]);
    app.write(id, "down.sql", &down);
    app.rollback(Back::Steps(1), &nothing().accepted).unwrap();
    assert_eq!(app.deploy().unwrap().migrations, [id]);
    assert!(app.status(TWO).is_up_to_date());
    drop(Server::connect(dialect, app.url()));
}

/// A migration that failed in part keeps its files, says how far it came, and goes on.
pub(crate) fn what_is_committed_in_part_goes_on(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.record(ONE, "one", &nothing()).unwrap();
    app.record_as(TWO, "two", &nothing(), true).unwrap();
    let id = "20260131093001_two";
    let up = app.read(id, "up.sql");
    app.write(id, "up.sql", &format!("{up}\nSELECT broken;\n"));
    let count = purlin_migrate::statements(&up).len();
    check_error(app.deploy(), &[&format!("{count} of {} statements are committed", count + 1)]);
    let problem = app.status(TWO).problem.unwrap();
    assert!(problem.contains(&format!("{count} of {} statements are done", count + 1)), "{problem}");
    check_error(
        app.rollback(Back::Steps(1), &nothing().accepted),
        &["finish it with `purlin migrate deploy`"],
    );
    app.write(id, "up.sql", &up);
    assert_eq!(app.deploy().unwrap().migrations, [id]);
    assert!(app.status(TWO).is_up_to_date());
}
