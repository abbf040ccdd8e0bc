//! What the schema crate says of engines, against what migrations make of the same schemas: its case files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use purlin_migrate::{MigrationDialect, physical};
use purlin_schema::model::{DefaultFunction, DefaultValue, Schema};
use purlin_schema::portability::{Engine, differences};
use purlin_schema::{SourceFile, compile};

const ENGINES: [(MigrationDialect, Engine); 3] = [
    (MigrationDialect::Sqlite, Engine::Sqlite),
    (MigrationDialect::Postgres, Engine::Postgres),
    (MigrationDialect::MySql, Engine::MySql),
];

/// Refused though a migration could be planned: the server would not take it, or no row could be made.
fn is_known_to_the_server_alone(engine: Engine, code: &str) -> bool {
    match engine {
        Engine::Sqlite => matches!(code, "P0201" | "P0205"),
        Engine::Postgres => matches!(code, "P0302" | "P0205"),
        Engine::MySql => matches!(code, "P0502" | "P0205"),
        Engine::MongoDb => true,
    }
}

#[test]
fn migrations_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../purlin-schema/tests/cases/portability");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let schema =
            compile(vec![SourceFile::new(&name, fs::read_to_string(&path).unwrap())]).schema.unwrap();
        for (dialect, engine) in ENGINES {
            check(&name, &schema, dialect, engine);
        }
        count += 1;
    }
    assert!(count > 5, "the cases are there");
}

fn check(name: &str, schema: &Schema, dialect: MigrationDialect, engine: Engine) {
    let found = differences(schema, engine);
    let codes: BTreeSet<&str> = found.iter().filter(|it| it.is_error()).map(|it| it.code.id).collect();
    let is_refused = codes.iter().any(|code| !is_known_to_the_server_alone(engine, code));
    let planned = physical(schema, schema.datasources[0].id, dialect);
    assert_eq!(planned.is_err(), is_refused, "{name} on {}: {codes:?} {:?}", engine.title(), planned.err());
    let Ok(planned) = planned else { return };
    for (model, field) in
        schema.models.iter().flat_map(|model| model.columns().map(move |field| (model, field)))
    {
        if !matches!(field.default, Some(DefaultValue::Function(DefaultFunction::Dbgenerated(Some(_))))) {
            continue;
        }
        let table = planned.tables.iter().find(|table| table.model.as_deref() == Some(&model.name)).unwrap();
        let column = table.columns.iter().find(|column| column.name == field.column).unwrap();
        let is_dropped =
            found.iter().any(|it| it.span == field.span && matches!(it.code.id, "P0204" | "P0205"));
        assert_eq!(column.default.is_none(), is_dropped, "{name} {} on {}", field.name, engine.title());
    }
}

/// Attributes that the list takes for another engine's make the column that there is without them.
#[test]
fn ignored_attributes_make_the_plain_column() {
    let attributes =
        ["Citext", "Char(8)", "Uuid", "Text", "VarChar(20)", "TinyText", "LongText", "Xml", "Nothing"];
    for (provider, home) in
        [("sqlite", None), ("postgresql", Some(Engine::Postgres)), ("mysql", Some(Engine::MySql))]
    {
        for attribute in attributes {
            for (dialect, engine) in ENGINES {
                let column = |attribute: &str| {
                    let text = format!(
                        "datasource db {{\n  provider = \"{provider}\"\n}}\nmodel M {{\n  id Int @id\n  x String {attribute}\n}}\n"
                    );
                    let schema = compile(vec![SourceFile::new("schema.prisma", text)]).schema.unwrap();
                    let planned = physical(&schema, schema.datasources[0].id, dialect).unwrap();
                    let says_ignored = differences(&schema, engine).iter().any(|it| it.code.id == "P0101");
                    (planned.tables[0].columns[1].column_type.clone(), says_ignored)
                };
                let (plain, _) = column("");
                let (with, says_ignored) = column(&format!("@db.{attribute}"));
                assert!(!says_ignored || with == plain, "{provider} {attribute} on {}", engine.title());
                assert!(
                    with == plain || home == Some(engine),
                    "{provider} {attribute} on {}",
                    engine.title()
                );
            }
        }
    }
}
