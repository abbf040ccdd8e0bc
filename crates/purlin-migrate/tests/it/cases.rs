//! Two schemas and the way between them, as files: the steps, the SQL up and down, questions.
//! Each way is also walked on an empty database, up and down. `UPDATE_EXPECT=1` refreshes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use purlin_migrate::{
    Answers, Direction, MigrationDialect, PhysicalSchema, Step, diff, introspect, physical, render,
};

use crate::app;
use crate::connection::TestConnection;

const SQLITE: MigrationDialect = MigrationDialect::Sqlite;

#[test]
fn changes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut failures = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        let input = text.split("--- expect\n").next().unwrap();
        let actual = format!("{}\n\n--- expect\n{}", input.trim_end(), outcome(input));
        if actual == text {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(path, actual).unwrap();
        } else {
            failures.push(format!("== {}\n-- expected\n{text}\n-- got\n{actual}", path.display()));
        }
    }
    assert!(paths.len() > 10, "cases are missing");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn section<'a>(input: &'a str, name: &str) -> &'a str {
    let mark = format!("--- {name}\n");
    let Some(at) = input.find(&mark) else { return "" };
    let rest = &input[at + mark.len()..];
    &rest[..rest.find("--- ").unwrap_or(rest.len())]
}

fn state(text: &str) -> PhysicalSchema {
    let schema = app::schema(text);
    physical(&schema, schema.datasources[0].id, SQLITE).unwrap()
}

fn outcome(input: &str) -> String {
    let (old, new) = (state(section(input, "before")), state(section(input, "after")));
    let mut answers = Answers::default();
    for line in section(input, "answers").lines() {
        match line.split_once(' ') {
            Some(("rename", flag)) => answers.add_rename(flag).unwrap(),
            Some(("drop", flag)) => answers.add_drop(flag).unwrap(),
            _ => assert!(line.trim().is_empty(), "{line}"),
        }
    }
    let change = diff(SQLITE, &old, &new, &answers);
    let mut text = String::new();
    for question in &change.questions {
        writeln!(text, "question: {question} ({})", question.flags().join(", ")).unwrap();
    }
    let up = section_of(&mut text, "up", &change.steps, &new, Direction::Up);
    let down = section_of(&mut text, "down", &change.back(&old, &new), &old, Direction::Down);
    walk(&old, &new, &up, &down);
    text
}

fn section_of(
    text: &mut String,
    title: &str,
    steps: &[Step],
    target: &PhysicalSchema,
    direction: Direction,
) -> Vec<String> {
    let mut all = Vec::new();
    writeln!(text, "{title}:").unwrap();
    for step in render(SQLITE, steps, target, direction) {
        writeln!(text, "# {}", step.title).unwrap();
        for loss in &step.losses {
            writeln!(text, "# irreversible: {loss}").unwrap();
        }
        for statement in step.statements {
            writeln!(text, "{statement};").unwrap();
            all.push(statement);
        }
    }
    all
}

fn walk(old: &PhysicalSchema, new: &PhysicalSchema, up: &[String], down: &[String]) {
    let mut connection = TestConnection::memory();
    // As the runner does.
    connection.run("PRAGMA foreign_keys = OFF");
    let create = diff(SQLITE, &PhysicalSchema::default(), old, &Answers::default()).steps;
    for step in render(SQLITE, &create, old, Direction::Up) {
        step.statements.iter().for_each(|sql| connection.run(sql));
    }
    for (statements, target) in [(&[][..], old), (up, new), (down, old)] {
        statements.iter().for_each(|sql| connection.run(sql));
        let live = introspect("db", SQLITE, &mut connection).unwrap();
        assert_eq!(diff(SQLITE, &live, target, &Answers::default()).steps, Vec::new());
    }
}
