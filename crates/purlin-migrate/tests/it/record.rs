//! `migrate dev`: folders that can be reviewed, chained, and that fit what `purlin dev` did.

use crate::app::{App, check_error, flags, nothing};

const ONE: &str = "model User { id Int @id\n name String }";
const TWO: &str = "model User { id Int @id\n name String\n posts Post[] }\n\
                   model Post { id Int @id\n authorId Int\n author User @relation(fields: [authorId], references: [id]) }";

#[test]
fn writes_four_files_and_applies_them() {
    let mut app = App::new();
    let recorded = app.record(ONE, "Init!", &nothing()).unwrap();
    let written = recorded.written.into_iter().next().unwrap();
    assert_eq!(written.id, "20260131093000_init");
    assert!(written.is_applied);
    for file in ["up.sql", "down.sql", "snapshot.json", "plan.json"] {
        assert!(!app.read(&written.id, file).is_empty());
    }
    assert!(app.read(&written.id, "up.sql").contains("CREATE TABLE \"User\""));
    assert!(app.read(&written.id, "down.sql").contains("DROP TABLE \"User\""));
    app.check_rows("SELECT id, is_recorded FROM _purlin_migrations", "20260131093000_init|0");
    let again = app.record(ONE, "again", &nothing()).unwrap();
    assert_eq!(again.written, Vec::new());
    app.record(TWO, "posts", &nothing()).unwrap();
    assert_eq!(app.ids(), ["20260131093000_init", "20260131093001_posts"]);
    assert!(app.read("20260131093001_posts", "snapshot.json").contains("\"id\": \"20260131093000_init\""));
    assert!(app.status(TWO).is_up_to_date(), "{:?}", app.status(TWO));
}

#[test]
fn records_what_dev_has_done_already() {
    let mut app = App::new();
    app.dev(ONE, &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada')");
    let renamed = ONE.replace("name", "fullName");
    app.dev(&renamed, &flags(&["--rename User.name=fullName"])).unwrap();
    app.dev(&TWO.replace("name", "fullName"), &nothing()).unwrap();
    let recorded = app.record(&TWO.replace("name", "fullName"), "all", &nothing()).unwrap();
    assert!(recorded.written.into_iter().next().unwrap().is_applied);
    app.check_rows("SELECT is_recorded FROM _purlin_migrations", "1");
    app.check_rows("SELECT fullName FROM User", "Ada");
    assert!(app.status(&TWO.replace("name", "fullName")).is_up_to_date());
    // The same on an empty server.
    app.switch_database("server.db");
    assert_eq!(app.deploy().unwrap().migrations.len(), 1);
    assert!(app.status(&TWO.replace("name", "fullName")).is_up_to_date());
}

#[test]
fn remembers_renames_that_dev_asked_about() {
    let (second, third) = (ONE.replace("name", "fullName"), ONE.replace("name", "label"));
    let mut app = App::new();
    app.record(ONE, "init", &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada')");
    app.dev(&second, &flags(&["--rename User.name=fullName"])).unwrap();
    app.dev(&third, &flags(&["--rename User.fullName=label"])).unwrap();
    let written = app.record(&third, "label", &nothing()).unwrap().written.into_iter().next().unwrap();
    assert!(app.read(&written.id, "up.sql").contains("RENAME COLUMN \"name\" TO \"label\""));
    app.check_rows("SELECT label FROM User", "Ada");
}

#[test]
fn asks_even_where_no_rows_are() {
    let mut app = App::new();
    app.record(ONE, "init", &nothing()).unwrap();
    check_error(
        app.record(&ONE.replace("name", "fullName"), "x", &nothing()),
        &["--rename User.name=fullName"],
    );
    assert_eq!(app.ids().len(), 1);
}

#[test]
fn accepted_losses_stand_in_the_plan() {
    let mut app = App::new();
    app.record(ONE, "init", &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada')");
    let smaller = "model User { id Int @id }";
    check_error(app.record(smaller, "drop_name", &nothing()), &["drop-column User.name: 1 row"]);
    assert_eq!(app.ids().len(), 1);
    let consent = flags(&["--allow drop-column:User.name", "--allow drop-table:Other"]);
    let recorded = app.record(smaller, "drop_name", &consent).unwrap();
    assert!(recorded.backup.is_some());
    let plan = app.read("20260131093001_drop_name", "plan.json");
    assert!(plan.contains("drop-column:User.name") && !plan.contains("drop-table:Other"), "{plan}");
    assert!(app.read("20260131093001_drop_name", "down.sql").contains("-- purlin:irreversible"));
}

#[test]
fn a_folder_can_be_written_first_and_edited() {
    let mut app = App::new();
    app.record(ONE, "init", &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada Lovelace')");
    let split = "model User { id Int @id\n first String\n last String }";
    let consent = flags(&["--drop User.name"]);
    let written = app.record_as(split, "split", &consent, true).unwrap().written.into_iter().next().unwrap();
    assert!(!written.is_applied);
    assert_eq!(app.status(split).pending, [written.id.as_str()]);
    app.write(&written.id, "up.sql", "ALTER TABLE User RENAME COLUMN name TO old;");
    check_error(app.deploy(), &["up.sql was edited and no longer does this", "rebuild table \"User\""]);
    app.check_rows("SELECT name FROM User", "Ada Lovelace");
    app.write(
        &written.id,
        "up.sql",
        "CREATE TABLE n (id INTEGER NOT NULL PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL);\n\
         -- by hand\n\
         INSERT INTO n SELECT id, substr(name, 1, instr(name, ' ') - 1), substr(name, instr(name, ' ') + 1) FROM User;\n\
         DROP TABLE User; ALTER TABLE n RENAME TO User;",
    );
    app.deploy().unwrap();
    app.check_rows("SELECT * FROM User", "1|Ada|Lovelace");
    assert!(app.status(split).is_up_to_date());
}

#[test]
fn a_folder_that_cannot_be_applied_is_taken_back() {
    let mut app = App::new();
    app.record(ONE, "init", &nothing()).unwrap();
    app.database.run("CREATE VIEW names AS SELECT name FROM User; INSERT INTO User VALUES (1, 'Ada')");
    let consent = flags(&["--drop User.name", "--allow drop-column:User.name"]);
    check_error(app.record("model User { id Int @id }", "x", &consent), &["names"]);
    assert_eq!(app.ids(), ["20260131093000_init"]);
    app.check_rows("SELECT name FROM names", "Ada");
}

#[test]
fn names_need_a_letter() {
    let mut app = App::new();
    check_error(app.record(ONE, " /// ", &nothing()), &["is no name for a migration"]);
}

#[test]
fn the_way_back_leads_back() {
    let mut app = App::new();
    app.record(ONE, "one", &nothing()).unwrap();
    app.database.run("INSERT INTO User VALUES (1, 'Ada')");
    let before =
        app.database.rows("SELECT sql FROM sqlite_master WHERE tbl_name NOT LIKE '\\_purlin%' ESCAPE '\\'");
    let renamed = TWO.replace("name String", "fullName String @map(\"full\") @renamedFrom(\"name\")");
    app.record(&renamed, "two", &nothing()).unwrap();
    app.check_rows("SELECT \"full\" FROM User", "Ada");
    let down = app.read("20260131093001_two", "down.sql");
    app.database.run("PRAGMA foreign_keys = OFF");
    purlin_migrate::statements(&down).iter().for_each(|statement| app.database.run(statement));
    app.check_rows("SELECT sql FROM sqlite_master WHERE tbl_name NOT LIKE '\\_purlin%' ESCAPE '\\'", &before);
    app.check_rows("SELECT * FROM User", "1|Ada");
}
