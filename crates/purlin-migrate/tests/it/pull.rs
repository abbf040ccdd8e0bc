//! Databases and what `db pull` makes of them, as files: an empty schema, or one to merge into. Each is pulled
//! twice, and the second time changes nothing. `UPDATE_EXPECT=1` refreshes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use purlin_migrate::{
    Answers, Change, MigrationDialect, Pull, Pulled, Step, diff, introspect, physical, pull,
};
use purlin_schema::SourceFile;

use crate::app::schema;
use crate::cases::{self, section};
use crate::connection::TestConnection;
use crate::database::Database;
use crate::server::Server;

#[test]
fn sqlite_databases_are_pulled() {
    databases(MigrationDialect::Sqlite);
}

pub(crate) fn databases(dialect: MigrationDialect) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pull").join(dialect.as_str());
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut failures = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        let input = text.split("--- expect\n").next().unwrap();
        let actual = format!("{}\n\n--- expect\n{}", input.trim_end(), outcome(dialect, path, input));
        if actual == text {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(path, actual).unwrap();
        } else {
            failures.push(format!("== {}\n-- expected\n{text}\n-- got\n{actual}", path.display()));
        }
    }
    assert!(paths.len() > 1, "cases are missing");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn outcome(dialect: MigrationDialect, path: &Path, input: &str) -> String {
    let mut database: Box<dyn Database> = match dialect {
        MigrationDialect::Sqlite => Box::new(TestConnection::memory()),
        _ => Box::new(Server::new(dialect)),
    };
    database.run(section(input, "sql"));
    let existing = section(input, "schema").trim();
    let schema = if existing.is_empty() { empty(dialect) } else { format!("{existing}\n") };
    let pulled = pull_into(dialect, &mut *database, &schema);
    let mut text = pulled.files[0].text.clone();
    let again = pull_into(dialect, &mut *database, &text);
    assert_eq!(again.files[0].text, text, "a second pull changes {}", path.display());
    assert_eq!((again.changes, &again.remaining), (Vec::new(), &pulled.remaining), "{}", path.display());
    for (title, lines) in [
        ("changed", if existing.is_empty() { Vec::new() } else { pulled.changes }),
        ("gone", pulled.gone),
        ("note", pulled.notes),
        ("remaining", pulled.remaining),
    ] {
        for line in lines {
            writeln!(text, "# {title}: {line}").unwrap();
        }
    }
    text
}

/// As the command begins where there is no schema.
pub(crate) fn empty(dialect: MigrationDialect) -> String {
    let provider = if dialect == MigrationDialect::Postgres { "postgresql" } else { dialect.as_str() };
    format!("datasource db {{\n  provider = \"{provider}\"\n  url      = env(\"DATABASE_URL\")\n}}\n")
}

#[track_caller]
pub(crate) fn pull_into(dialect: MigrationDialect, database: &mut dyn Database, schema: &str) -> Pulled {
    let files = vec![SourceFile::new("schema.prisma", schema)];
    let request = Pull { datasource: "db", dialect, namespaces: &["auth".to_owned(), "shop".to_owned()] };
    let pulled = pull(&request, files, database.port());
    pulled.unwrap_or_else(|error| panic!("{error}\n{schema}"))
}

/// Every schema that a case of migrations leads to, and those of the examples, is created and pulled into nothing: the tables that this asks for
/// are those of the database. A composite is JSON there, and an enum a text.
pub(crate) fn created_schemas(dialect: MigrationDialect) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for name in ["before", "after"] {
            let schema = section(&text, name);
            let schema = schema.split("// built in:").next().unwrap();
            if schema.contains("model") {
                seen += 1;
                round_trip(dialect, schema, &format!("{} ({name})", path.display()));
            }
        }
    }
    for example in ["blog", "starter"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example).join("schema.zmodel");
        seen += 1;
        round_trip(dialect, &fs::read_to_string(path).unwrap(), example);
    }
    assert!(seen > 20, "{seen}");
}

fn round_trip(dialect: MigrationDialect, text: &str, label: &str) {
    let mut database: Box<dyn Database> = match dialect {
        MigrationDialect::Sqlite => Box::new(TestConnection::memory()),
        _ => Box::new(Server::new(dialect)),
    };
    let original = schema(text);
    let target = physical(&original, original.datasources[0].id, dialect).unwrap();
    assert_eq!(cases::creates(&mut *database, &target), Ok(Vec::new()), "{label}");
    let pulled = pull_into(dialect, &mut *database, &empty(dialect));
    assert_eq!(pulled.remaining, Vec::<String>::new(), "{label}\n{}", pulled.files[0].text);
    let again = schema(&pulled.files[0].text);
    let again = physical(&again, again.datasources[0].id, dialect).unwrap();
    let live = introspect("db", dialect, database.port()).unwrap();
    let mut difference = diff(dialect, &live, &again, &Answers::default()).steps;
    difference.retain(|step| !counts_anyway(step));
    assert_eq!(difference, Vec::new(), "{label}\n{}", pulled.files[0].text);
}

/// What is lost on the way: a whole number that is a key on SQLite counts up whether the schema asked for it or not.
fn counts_anyway(step: &Step) -> bool {
    let Step::RebuildTable { to, changes, .. } = step else { return false };
    let is_key = |change: &Change| {
        matches!(change, Change::Default { column }
            if to.key_columns() == [column.clone()] && to.column(column).is_some_and(|column| column.is_counted))
    };
    changes.iter().all(is_key)
}

#[test]
fn what_was_created_is_pulled_the_same() {
    created_schemas(MigrationDialect::Sqlite);
}
