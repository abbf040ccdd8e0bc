//! Migrations in two parts: between them copies of the app from before and after serve at once.

use purlin_migrate::{Accepted, MigrationDialect, Phase};

use crate::app::{App, check_error, flags, nothing, schema};
use crate::database::quote;

const OLD: &str = "model User { id Int @id @default(autoincrement())\n name String\n note String\n email String?\n @@index([email]) }";
const NEW: &str = "model User { id Int @id @default(autoincrement())\n name String\n email String @unique\n\
                   tag String @unique @default(uuid())\n c String @default(cuid())\n n String @default(nanoid(9))\n touched DateTime @updatedAt\n level Int @default(3)\n text String\n @@index([email]) }";

/// What either version writes, on the state that has both.
pub(crate) fn both_versions(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.record(OLD, "one", &nothing()).unwrap();
    let recorded = app.split(NEW, "grow", &flags(&["--drop User.note"])).unwrap();
    let phases: Vec<Phase> = recorded.written.iter().map(|written| written.phase).collect();
    assert_eq!(phases, [Phase::Expand, Phase::Contract]);
    app.switch_database("server.db");
    app.migrator().deploy_expanding(app.database.port(), &Accepted::default()).unwrap();
    let (table, name, note, email) =
        (quote(dialect, "User"), quote(dialect, "name"), quote(dialect, "note"), quote(dialect, "email"));
    let (tag, touched, text) = (quote(dialect, "tag"), quote(dialect, "touched"), quote(dialect, "text"));
    let old = format!("INSERT INTO {table} ({name}, {note}) VALUES ('a', 'b'), ('c', 'd')");
    app.database.run(&old);
    let time = if dialect == MigrationDialect::Sqlite { "2026-01-31T00:00:00.000Z" } else { "2026-01-31" };
    let new = format!(
        "INSERT INTO {table} ({name}, {email}, {tag}, {touched}, {text}, c, n) VALUES ('n', 'n@x', 't', '{time}', 'u', 'c', 'n')"
    );
    app.database.run(&new);
    let status = app.status(NEW);
    assert_eq!((status.drift, status.pending.len()), (Vec::new(), 1));
    let both = app.migrator().serves_both(&schema(NEW), app.database.port()).unwrap();
    assert!(both.unwrap().contains("grow_contract waits until no copy"));
    app.check_rows(&format!("SELECT count(*) FROM {table} WHERE {touched} IS NULL OR {tag} IS NULL"), "0");
    app.check_rows(&format!("SELECT count(DISTINCT {tag}) FROM {table}"), "3");
    // Fields that nobody could fill for the old copies.
    check_error(
        app.deploy(),
        &["required-with-nulls User.email: 2 rows", "required-with-nulls User.text: 2 rows"],
    );
    let id = quote(dialect, "id");
    let length = if dialect == MigrationDialect::MySql {
        format!("concat({id}, '')")
    } else {
        format!("CAST({id} AS TEXT)")
    };
    app.database
        .run(&format!("UPDATE {table} SET {email} = {length}, {text} = {length} WHERE {email} IS NULL"));
    let accepted = flags(&["--allow drop-column:User.note"]).accepted;
    app.migrator().deploy(app.database.port(), &accepted).unwrap();
    assert!(app.status(NEW).is_up_to_date());
}

#[test]
fn both_versions_serve_between_two_migrations() {
    both_versions(MigrationDialect::Sqlite);
}

#[test]
fn what_cannot_be_split_says_how_to_go_about_it() {
    let mut app = App::new();
    app.record(
        "enum E { A B }\n model User { id Int @id\n name String\n age Int?\n e E? }",
        "one",
        &nothing(),
    )
    .unwrap();
    let after = "enum E { A @map(\"a\") B }\n model Person { id Int @id\n title String @renamedFrom(\"name\")\n age String?\n e E?\n @@renamedFrom(\"User\") }";
    check_error(
        app.split(after, "two", &nothing()),
        &[
            "Person: the table has another name; keep it with @@map(\"User\")",
            "Person.title: the column has another name; keep it with @map(\"name\")",
            "E.A: it is stored under another name; keep it with @map(\"A\")",
        ],
    );
    let after = "enum E { A B }\n model User { id Int @id\n name String\n age String?\n e E? }";
    check_error(app.split(after, "two", &nothing()), &["User.age: another type; add a second field"]);
    let kept = "enum E { A B }\n model Person { id Int @id\n title String @map(\"name\")\n age Int?\n e E?\n @@map(\"User\") }";
    assert!(app.split(kept, "two", &nothing()).unwrap().written.is_empty());
    assert_eq!(app.ids().len(), 1);
}

#[test]
fn only_what_old_copies_survive_is_deployed() {
    let mut app = App::new();
    app.record("model User { id Int @id\n name String? }", "one", &nothing()).unwrap();
    app.record("model User { id Int @id\n name String?\n age Int? }", "add", &nothing()).unwrap();
    let last = "model User { id Int @id\n age Int?\n size Int? }";
    app.record(last, "both", &flags(&["--drop User.name"])).unwrap();
    app.switch_database("server.db");
    let expanding =
        |app: &mut App| app.migrator().deploy_expanding(app.database.port(), &Accepted::default());
    check_error(expanding(&mut app), &["20260131093002_both is not for a rolling upgrade", "--split"]);
    assert_eq!(app.status(last).applied.len(), 2);
    app.deploy().unwrap();
    app.record("model User { id Int @id\n age Int? }", "less", &nothing()).unwrap();
    app.switch_database("other.db");
    app.deploy().unwrap();
}

/// A copy from before starts again while the database is ahead, and refuses when it has lost what the copy needs.
#[test]
fn an_old_copy_knows_whether_it_still_fits() {
    let mut app = App::new();
    app.record(OLD, "one", &nothing()).unwrap();
    let ahead = |app: &mut App| {
        let aside: Vec<String> = app.ids().into_iter().skip(1).collect();
        let folder = app.migrator().folder().to_owned();
        aside.iter().for_each(|id| std::fs::rename(folder.join(id), app.path(id)).unwrap());
        let said = app.migrator().serves_both(&schema(OLD), app.database.port()).unwrap();
        aside.iter().for_each(|id| std::fs::rename(app.path(id), folder.join(id)).unwrap());
        said
    };
    assert_eq!(ahead(&mut app), None);
    app.switch_database("server.db");
    app.deploy().unwrap();
    app.switch_database("app.db");
    app.split(NEW, "grow", &flags(&["--drop User.note"])).unwrap();
    assert_eq!(ahead(&mut app), None, "what it reads is gone");
    app.switch_database("server.db");
    app.migrator().deploy_expanding(app.database.port(), &Accepted::default()).unwrap();
    assert!(ahead(&mut app).unwrap().contains("the database is ahead, by 20260131093001_grow_expand"));
}

/// Nothing in an SQLite database changes for it, but copies from before go on writing the member.
#[test]
fn a_member_goes_when_no_old_copy_writes_it() {
    let mut app = App::new();
    let old = "enum E { A B }\n model T { id Int @id\n e E }";
    app.record(old, "one", &nothing()).unwrap();
    let new = "enum E { A }\n model T { id Int @id\n e E\n size Int? }";
    let recorded = app.split(new, "two", &nothing()).unwrap();
    let phases: Vec<Phase> = recorded.written.iter().map(|written| written.phase).collect();
    assert_eq!(phases, [Phase::Expand, Phase::Contract]);
    app.switch_database("server.db");
    app.migrator().deploy_expanding(app.database.port(), &Accepted::default()).unwrap();
    app.database.run("INSERT INTO T (id, e) VALUES (1, 'B')");
    check_error(app.deploy(), &["enum-value-removed T.e: 1 row"]);
    app.database.run("UPDATE T SET e = 'A'");
    app.deploy().unwrap();
    assert!(app.status(new).is_up_to_date());
}
