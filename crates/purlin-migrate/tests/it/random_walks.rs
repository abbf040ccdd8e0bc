//! Whole lives of random apps: each change is a migration on tables with rows. After it the database is what the
//! schema says, and rows that nobody gave up are there as they were. Then all of it is taken back, to the beginning.
//! `PURLIN_TEST_WALKS` says how many lives, `PURLIN_TEST_WALK` which one.

use purlin_migrate::{
    Accepted, Answers, Column, Consent, Error, Finding, MigrationDialect, PhysicalSchema, Question, Table,
    diff, introspect, physical,
};

use crate::app::{App, schema};
use crate::database::{Database, quote};
use crate::random_apps::{Dice, RandomApp};

const CHANGES: usize = 8;

fn target(app: &App, text: &str) -> PhysicalSchema {
    let schema = schema(text);
    physical(&schema, schema.datasources[0].id, app.database.dialect()).unwrap()
}

#[track_caller]
fn check_structure(app: &mut App, target: &PhysicalSchema, what: &str) {
    let dialect = app.database.dialect();
    let live = introspect("db", dialect, app.database.port()).unwrap();
    let left = diff(dialect, &live, target, &Answers::default()).steps;
    assert_eq!(left, Vec::new(), "{what}");
}

/// Agrees to every loss that can be agreed to; those that it agreed to, or what cannot be.
fn insist<T>(
    mut attempt: impl FnMut(&Accepted) -> Result<T, Error>,
) -> Result<(T, Vec<Finding>), Vec<Finding>> {
    let mut agreed = Vec::new();
    loop {
        let mut accepted = Accepted::default();
        accepted.add_findings(&agreed);
        match attempt(&accepted) {
            Ok(done) => return Ok((done, agreed)),
            Err(Error::Guarded { findings, .. }) => {
                if findings.iter().any(|finding| finding.code.is_impossible()) {
                    return Err(findings);
                }
                assert!(
                    findings.iter().all(|finding| !agreed.contains(finding)),
                    "asked twice: {findings:?}"
                );
                agreed.extend(findings);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn value(dialect: MigrationDialect, column: &Column, schema: &PhysicalSchema, seed: usize) -> String {
    let text = |text: String| format!("'{text}'");
    let members = column.enumeration.as_ref().and_then(|name| schema.enumeration(name));
    if column.is_nullable && seed.is_multiple_of(5) {
        return "NULL".to_owned();
    }
    if column.is_list {
        let is_text = |name: &str| column.column_type.to_lowercase().starts_with(name);
        return match (dialect, members) {
            (MigrationDialect::Postgres, Some(members)) => text(format!("{{{}}}", members.values[0].stored)),
            (MigrationDialect::Postgres, None) if is_text("text") => text(format!("{{x{seed}}}")),
            (MigrationDialect::Postgres, None) => text("{}".to_owned()),
            (_, Some(members)) => text(format!("[\"{}\"]", members.values[0].stored)),
            (_, None) => text("[]".to_owned()),
        };
    }
    if let Some(members) = members {
        return text(members.values[seed % members.values.len()].stored.clone());
    }
    match column.column_type.split([' ', '(']).next().unwrap() {
        "BOOLEAN" | "tinyint" => (seed % 2).to_string(),
        "boolean" => seed.is_multiple_of(2).to_string(),
        "INTEGER" | "BIGINT" | "integer" | "bigint" | "int" => seed.to_string(),
        "REAL" | "double" => format!("{seed}.5"),
        "DATETIME" => format!("'2026-01-{:02}T00:00:00.000Z'", 1 + seed % 28),
        "timestamp" | "datetime" => format!("'2026-01-{:02} 00:00:00.000'", 1 + seed % 28),
        "JSONTEXT" | "jsonb" | "json" => format!("'{{\"n\":{seed}}}'"),
        "BLOB" | "longblob" => format!("X'{:02x}'", seed % 256),
        "bytea" => format!("'\\x{:02x}'", seed % 256),
        _ => format!("'{seed}'"),
    }
}

/// Some rows per table; those that break a constraint are left out.
fn insert(database: &mut dyn Database, schema: &PhysicalSchema, dice: &mut Dice) {
    let dialect = database.dialect();
    for _ in 0..2 {
        for table in &schema.tables {
            let seed = 10 + dice.below(1000);
            let cell = |column: &Column| {
                let reference =
                    table.foreign_keys.iter().find(|key| key.columns.iter().eq([column.name.as_str()]));
                match reference {
                    Some(key) if !column.is_nullable || seed.is_multiple_of(2) => {
                        let (parent, id) = (&key.references_table, &key.references_columns[0]);
                        let (parent, id) = (quote(dialect, parent), quote(dialect, id));
                        format!("(SELECT p.{id} FROM (SELECT max({id}) AS {id} FROM {parent}) AS p)")
                    }
                    Some(_) => "NULL".to_owned(),
                    None => value(dialect, column, schema, seed),
                }
            };
            let values: Vec<String> = table.columns.iter().map(cell).collect();
            let columns: Vec<String> =
                table.columns.iter().map(|column| quote(dialect, &column.name)).collect();
            let table = quote(dialect, &table.name);
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "));
            let _ = database.execute(&sql, &[]);
        }
    }
}

/// A table before and after, with the columns that nothing may happen to: their names before and after.
struct Kept {
    before: String,
    after: String,
    columns: Vec<(String, String)>,
    rows: String,
}

fn rows(database: &mut dyn Database, table: &str, columns: &[&String]) -> String {
    let dialect = database.dialect();
    let columns: Vec<String> = columns.iter().map(|name| quote(dialect, name)).collect();
    let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
    let rows = database.rows(&format!("SELECT {columns} FROM {}", quote(dialect, table)));
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_unstable();
    rows.join("\n")
}

/// What has to be the same behind a change, read before it.
fn kept(
    database: &mut dyn Database,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    answers: &Answers,
) -> Vec<Kept> {
    let renames = diff(database.dialect(), old, new, answers).renames;
    let enumeration = |schema: &PhysicalSchema, column: &Column| {
        column.enumeration.as_ref().map(|name| format!("{:?}", schema.enumeration(name)))
    };
    let mut all = Vec::new();
    for after in &new.tables {
        let Some(before) = old.table(renames.old_table(&after.name)) else { continue };
        if new
            .tables
            .iter()
            .any(|other| other.name != after.name && renames.old_table(&other.name) == before.name)
        {
            continue;
        }
        let is_same = |column: &&Column| {
            before.column(renames.old_column(&after.name, &column.name)).is_some_and(|old_column| {
                old_column.column_type == column.column_type
                    && old_column.is_list == column.is_list
                    && (column.is_nullable || !old_column.is_nullable)
                    && enumeration(old, old_column) == enumeration(new, column)
            })
        };
        let columns: Vec<(String, String)> = after
            .columns
            .iter()
            .filter(is_same)
            .map(|column| (renames.old_column(&after.name, &column.name).to_owned(), column.name.clone()))
            .collect();
        let names: Vec<&String> = columns.iter().map(|(old, _)| old).collect();
        let rows = rows(database, &before.name, &names);
        all.push(Kept { before: before.name.clone(), after: after.name.clone(), columns, rows });
    }
    all
}

#[track_caller]
fn check_kept(database: &mut dyn Database, all: &[Kept], what: &str) {
    for Kept { before, after, columns, rows: expected } in all {
        let names: Vec<&String> = columns.iter().map(|(_, new)| new).collect();
        let found = rows(database, after, &names);
        assert_eq!(&found, expected, "{before} to {after}, {columns:?}: {what}");
    }
}

/// Back to how the rows were called: what `down` follows is kept with the migration.
fn back_answers(app: &App, id: &str) -> Answers {
    let plan: serde_json::Value = serde_json::from_str(&app.read(id, "plan.json")).unwrap();
    let renames: purlin_migrate::Renames = serde_json::from_value(plan["renames"].clone()).unwrap();
    let inverse = renames.inverse();
    let mut answers = Answers::default();
    for rename in &inverse.tables {
        answers.add_rename(&format!("{}={}", rename.from, rename.to)).unwrap();
    }
    for rename in &inverse.columns {
        answers.add_rename(&format!("{}.{}={}", rename.table, rename.from, rename.to)).unwrap();
    }
    for rename in &inverse.members {
        answers.add_rename(&format!("{}.{}={}", rename.enumeration, rename.from, rename.to)).unwrap();
    }
    answers
}

fn empty(app: &mut App, schema: &PhysicalSchema) {
    // Some of them refer to others: as often as there are tables is enough.
    for table in schema.tables.iter().flat_map(|_: &Table| &schema.tables) {
        let sql = format!("DELETE FROM {}", quote(app.database.dialect(), &table.name));
        let _ = app.database.execute(&sql, &[]);
    }
}

pub(crate) fn life(dialect: MigrationDialect, number: u64) {
    let mut dice = Dice(number);
    let mut app = App::on(dialect);
    let mut random = RandomApp::new();
    let mut states = vec![PhysicalSchema::default()];
    let mut ids: Vec<String> = Vec::new();
    for change in 0..CHANGES {
        let mut next = random.clone();
        next.change(&mut dice);
        let text = next.text();
        let what = format!("life {number}, change {change}, after {ids:?}:\n{}\n->\n{text}", random.text());
        let (old, new) = (states.last().unwrap().clone(), target(&app, &text));
        let mut answers = Answers::default();
        for question in diff(dialect, &old, &new, &answers).questions {
            answers.0.push(question.drop());
        }
        let before = kept(&mut *app.database, &old, &new, &answers);
        let same = kept(&mut *app.database, &old, &old, &Answers::default());
        let done = insist(|accepted| {
            let consent = Consent { accepted: accepted.clone(), answers: answers.clone() };
            app.record(&text, &format!("change {change}"), &consent)
        });
        if let Err(findings) = done {
            // Nothing of it has happened.
            check_structure(&mut app, &old, &format!("{what}\n{findings:?}"));
            check_kept(&mut *app.database, &same, &what);
            assert_eq!(app.ids(), ids, "{what}");
            continue;
        }
        random = next;
        check_structure(&mut app, &new, &what);
        check_kept(&mut *app.database, &before, &what);
        if app.ids() != ids {
            ids = app.ids();
            states.push(new.clone());
        }
        insert(&mut *app.database, &new, &mut dice);
    }
    while let Some(id) = ids.pop() {
        let (here, there) = (states.pop().unwrap(), states.last().unwrap().clone());
        let what = format!("life {number}, back from {id}\n{}", app.read(&id, "down.sql"));
        let answers = back_answers(&app, &id);
        let before = kept(&mut *app.database, &here, &there, &answers);
        let back =
            |app: &mut App| insist(|accepted| app.migrator().rollback(app.database.port(), &id, accepted));
        match back(&mut app) {
            Ok(_) => check_kept(&mut *app.database, &before, &what),
            Err(findings) => {
                check_structure(&mut app, &here, &format!("{what}\n{findings:?}"));
                empty(&mut app, &here);
                back(&mut app).unwrap_or_else(|findings| panic!("{findings:?}: {what}"));
            }
        }
        check_structure(&mut app, &there, &what);
    }
    check_structure(&mut app, &PhysicalSchema::default(), "the beginning");
}

/// One row in each table, as a copy of the app with this schema writes it; what is not for the data to blame.
fn write(database: &mut dyn Database, schema: &PhysicalSchema, seed: usize) -> Vec<String> {
    let dialect = database.dialect();
    let mut faults = Vec::new();
    for table in &schema.tables {
        let written = |column: &&Column| !column.is_counted;
        let cell = |column: &Column| {
            let key = table.foreign_keys.iter().find(|key| key.columns.contains(&column.name));
            match key {
                Some(_) if column.is_nullable => "NULL".to_owned(),
                Some(key) => {
                    let (parent, id) = (&key.references_table, &key.references_columns[0]);
                    let (parent, id) = (quote(dialect, parent), quote(dialect, id));
                    format!("(SELECT p.{id} FROM (SELECT max({id}) AS {id} FROM {parent}) AS p)")
                }
                None => value(dialect, column, schema, seed),
            }
        };
        let columns: Vec<&Column> = table.columns.iter().filter(written).collect();
        let values: Vec<String> = columns.iter().map(|column| cell(column)).collect();
        let names: Vec<String> = columns.iter().map(|column| quote(dialect, &column.name)).collect();
        let name = quote(dialect, &table.name);
        let has_parents = table.foreign_keys.iter().all(|key| {
            let parent = quote(dialect, &key.references_table);
            database.rows(&format!("SELECT count(*) FROM {parent}")) != "0"
                || key.columns.iter().all(|name| table.column(name).unwrap().is_nullable)
        });
        if names.is_empty() || !has_parents {
            continue;
        }
        let sql = format!("INSERT INTO {name} ({}) VALUES ({})", names.join(", "), values.join(", "));
        if let Err(error) = database.execute(&sql, &[]) {
            let is_of_data =
                ["unique", "duplicate"].iter().any(|word| error.message.to_lowercase().contains(word));
            if !is_of_data {
                faults.push(format!("{error}: {sql}"));
            }
        }
    }
    faults
}

/// Each change in two parts on a server where copies of before and after write between them.
pub(crate) fn rolling_life(dialect: MigrationDialect, number: u64) {
    let mut dice = Dice(number);
    let mut app = App::on(dialect);
    let mut random = RandomApp::new();
    let mut old = PhysicalSchema::default();
    let mut seed = 10;
    for change in 0..CHANGES {
        let mut next = random.clone();
        next.change(&mut dice);
        let text = next.text();
        let what = format!("rolling life {number}, change {change}:\n{}\n->\n{text}", random.text());
        let new = target(&app, &text);
        let mut consent = Consent::default();
        for question in diff(dialect, &old, &new, &consent.answers).questions {
            consent.answers.0.push(question.drop());
        }
        app.switch_database("dev.db");
        let mut done = app.split(&text, &format!("change {change}"), &consent);
        if let Err(Error::Unanswered { questions, .. }) = &done {
            // A model that took another name and kept its table is in no migration, and may be taken for another.
            consent.answers.0.extend(questions.iter().map(Question::drop));
            done = app.split(&text, &format!("change {change}"), &consent);
        }
        app.switch_database("app.db");
        match done {
            Err(Error::NotAtOnce { .. }) => continue,
            done => drop(done.unwrap_or_else(|error| panic!("{error}: {what}"))),
        }
        random = next;
        let accepted = Accepted::default();
        app.migrator()
            .deploy_expanding(app.database.port(), &accepted)
            .unwrap_or_else(|error| panic!("{error}: {what}"));
        for schema in [&old, &new, &old, &new] {
            seed += 1;
            assert_eq!(write(&mut *app.database, schema, seed), Vec::<String>::new(), "{what}");
        }
        let deploy = |app: &mut App| insist(|accepted| app.migrator().deploy(app.database.port(), accepted));
        if let Err(findings) = deploy(&mut app) {
            // A new required field that nobody can fill, or a key that rows break: somebody has to act.
            empty(&mut app, &old);
            empty(&mut app, &new);
            deploy(&mut app).unwrap_or_else(|findings| panic!("{findings:?}: {what}"));
            drop(findings);
        }
        check_structure(&mut app, &new, &what);
        old = new;
    }
}

pub(crate) fn lives(dialect: MigrationDialect, usual: u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    if let Some(one) = number("PURLIN_TEST_WALK") {
        life(dialect, one);
        return rolling_life(dialect, one);
    }
    for walk in 0..number("PURLIN_TEST_WALKS").unwrap_or(usual) {
        life(dialect, walk);
        rolling_life(dialect, walk);
    }
}

#[test]
fn lives_of_random_apps() {
    lives(MigrationDialect::Sqlite, 30);
}
