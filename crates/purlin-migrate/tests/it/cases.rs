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
use crate::database::Database;

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

pub(crate) fn section<'a>(input: &'a str, name: &str) -> &'a str {
    let mark = format!("--- {name}\n");
    let Some(at) = input.find(&mark) else { return "" };
    let rest = &input[at + mark.len()..];
    &rest[..rest.find("--- ").unwrap_or(rest.len())]
}

fn state(dialect: MigrationDialect, text: &str) -> PhysicalSchema {
    let schema = app::schema(text);
    physical(&schema, schema.datasources[0].id, dialect).unwrap()
}

fn answers(input: &str) -> Answers {
    let mut answers = Answers::default();
    for line in section(input, "answers").lines() {
        match line.split_once(' ') {
            Some(("rename", flag)) => answers.add_rename(flag).unwrap(),
            Some(("drop", flag)) => answers.add_drop(flag).unwrap(),
            _ => assert!(line.trim().is_empty(), "{line}"),
        }
    }
    answers
}

/// On another engine.
pub(crate) fn walk_on(database: &mut dyn Database, name: &str, input: &str) {
    let dialect = database.dialect();
    let (old, new) = (state(dialect, section(input, "before")), state(dialect, section(input, "after")));
    let change = diff(dialect, &old, &new, &answers(input));
    let statements = |steps: &[Step], target: &PhysicalSchema, direction| {
        let steps = render(dialect, steps, target, direction).into_iter();
        steps.flat_map(|step| step.statements).collect::<Vec<String>>()
    };
    let up = statements(&change.steps, &new, Direction::Up);
    let down = statements(&change.back(&old, &new), &old, Direction::Down);
    database.clear();
    walk(database, name, &old, &new, &up, &down);
}

fn outcome(input: &str) -> String {
    let (old, new) = (state(SQLITE, section(input, "before")), state(SQLITE, section(input, "after")));
    let change = diff(SQLITE, &old, &new, &answers(input));
    let mut text = String::new();
    for question in &change.questions {
        writeln!(text, "question: {question} ({})", question.flags().join(", ")).unwrap();
    }
    let up = section_of(&mut text, "up", &change.steps, &new, Direction::Up);
    let down = section_of(&mut text, "down", &change.back(&old, &new), &old, Direction::Down);
    walk(&mut TestConnection::memory(), input, &old, &new, &up, &down);
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

fn walk(
    database: &mut dyn Database,
    name: &str,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    up: &[String],
    down: &[String],
) {
    let dialect = database.dialect();
    let create = diff(dialect, &PhysicalSchema::default(), old, &Answers::default()).steps;
    let create = render(dialect, &create, old, Direction::Up).into_iter();
    let create: Vec<String> = create.flat_map(|step| step.statements).collect();
    for (statements, target) in [(create.as_slice(), old), (up, new), (down, old)] {
        database.apply(statements).unwrap_or_else(|error| panic!("{name}: {error}"));
        let live = introspect("db", dialect, database.port()).unwrap();
        assert_eq!(diff(dialect, &live, target, &Answers::default()).steps, Vec::new(), "{name}");
    }
}

/// Makes an empty database into this one; what then still differs.
pub(crate) fn creates(database: &mut dyn Database, target: &PhysicalSchema) -> Result<Vec<Step>, String> {
    let dialect = database.dialect();
    let steps = diff(dialect, &PhysicalSchema::default(), target, &Answers::default()).steps;
    let statements = render(dialect, &steps, target, Direction::Up).into_iter();
    database.apply(&statements.flat_map(|step| step.statements).collect::<Vec<String>>())?;
    let live = introspect("db", dialect, database.port()).unwrap();
    Ok(diff(dialect, &live, target, &Answers::default()).steps)
}
