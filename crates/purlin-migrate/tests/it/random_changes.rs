//! From any state to any other, on real rows: what the guard lets pass leads exactly to the new
//! state and keeps what it did not name; what it calls impossible is impossible; the way back
//! leads to the old state.

use std::collections::BTreeSet;

use proptest::prelude::*;
use purlin_migrate::{
    Answers, Column, Direction, Finding, MigrationDialect, PhysicalSchema, Step, Table, diff, findings,
    introspect, render,
};

use crate::connection::TestConnection;
use crate::physical_strategy;

const SQLITE: MigrationDialect = MigrationDialect::Sqlite;

fn statements(steps: &[Step], target: &PhysicalSchema, direction: Direction) -> Vec<String> {
    render(SQLITE, steps, target, direction).into_iter().flat_map(|step| step.statements).collect()
}

/// As the runner does it: foreign keys off, one transaction, then the check.
fn run(connection: &mut TestConnection, statements: &[String]) -> Result<(), String> {
    connection.run("PRAGMA foreign_keys = OFF; BEGIN");
    let result = statements
        .iter()
        .try_for_each(|sql| connection.0.execute_batch(sql).map_err(|error| format!("{error}: {sql}")));
    let orphans = connection.rows("PRAGMA foreign_key_check");
    let result = result.and(if orphans.is_empty() { Ok(()) } else { Err(orphans) });
    connection.run(if result.is_ok() { "COMMIT" } else { "ROLLBACK" });
    connection.run("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF");
    result
}

fn create(schema: &PhysicalSchema) -> TestConnection {
    let mut connection = TestConnection::memory();
    let steps = diff(SQLITE, &PhysicalSchema::default(), schema, &Answers::default()).steps;
    run(&mut connection, &statements(&steps, schema, Direction::Up)).unwrap();
    connection
}

/// What stands between the database and the schema.
fn difference(connection: &mut TestConnection, schema: &PhysicalSchema) -> Vec<Step> {
    let live = introspect("db", SQLITE, connection).unwrap();
    diff(SQLITE, &live, schema, &Answers::default()).steps
}

fn value(column: &Column, seed: u32) -> String {
    if column.is_nullable && seed.is_multiple_of(3) {
        return "NULL".to_owned();
    }
    match column.column_type.split(' ').next().unwrap() {
        "BOOLEAN" => (seed % 2).to_string(),
        "INTEGER" | "BIGINT" => seed.to_string(),
        "REAL" => format!("{seed}.5"),
        "DATETIME" => format!("'2026-01-{:02}T00:00:00.000Z'", 1 + seed % 28),
        "JSONTEXT" => format!("'{{\"n\":{seed}}}'"),
        "BLOB" => format!("X'{:02x}'", seed % 256),
        _ => format!("'{seed}'"),
    }
}

/// Some rows per table; those that break a constraint are left out.
fn insert(connection: &TestConnection, schema: &PhysicalSchema, seeds: &[u32]) {
    for _ in 0..2 {
        for table in &schema.tables {
            for (number, seed) in seeds.iter().enumerate() {
                let values: Vec<String> = table
                    .columns
                    .iter()
                    .map(|column| match column.name.as_str() {
                        "id" => format!("'{}'", number + 1),
                        "ref" if !column.is_nullable || seed % 3 > 0 => format!("'{}'", 1 + seed % 3),
                        "ref" => "NULL".to_owned(),
                        _ => value(column, *seed),
                    })
                    .collect();
                let _ = connection.0.execute_batch(&format!(
                    "INSERT INTO \"{}\" VALUES ({})",
                    table.name,
                    values.join(", ")
                ));
            }
        }
    }
}

/// The columns that both states have with the same type, with all rows.
fn kept(connection: &mut TestConnection, one: &PhysicalSchema, other: &PhysicalSchema) -> Vec<String> {
    let both = |table: &Table| other.table(&table.name).cloned().map(|after| (table.clone(), after));
    one.tables
        .iter()
        .filter_map(both)
        .map(|(before, after)| {
            let names: BTreeSet<&str> = before
                .columns
                .iter()
                .filter(|column| {
                    after.column(&column.name).is_some_and(|same| {
                        same.column_type == column.column_type && same.is_nullable == column.is_nullable
                    })
                })
                .map(|column| column.name.as_str())
                .collect();
            let names = names.into_iter().collect::<Vec<_>>().join("\", \"");
            let columns = if names.is_empty() { "1".to_owned() } else { format!("\"{names}\"") };
            let rows = connection.rows(&format!("SELECT {columns} FROM \"{}\"", before.name));
            let mut rows: Vec<&str> = rows.lines().collect();
            rows.sort_unstable();
            rows.join("\n")
        })
        .collect()
}

fn is_possible(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| !finding.code.is_impossible())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_created_reads_back_the_same(schema in physical_strategy::schema()) {
        let mut connection = create(&schema);
        prop_assert_eq!(difference(&mut connection, &schema), Vec::new());
    }

    #[test]
    fn a_change_leads_there_and_keeps_rows(
        old in physical_strategy::schema(),
        new in physical_strategy::schema(),
        seeds in proptest::collection::vec(0..100_u32, 0..5),
    ) {
        let mut connection = create(&old);
        insert(&connection, &old, &seeds);
        let rows = kept(&mut connection, &old, &new);
        let change = diff(SQLITE, &old, &new, &Answers::default());
        let found = findings(SQLITE, &old, &new, &change.renames, &mut connection).unwrap();
        let result = run(&mut connection, &statements(&change.steps, &new, Direction::Up));
        if let Err(error) = result {
            // A lossy conversion may end in null or in two equal values.
            prop_assert!(!found.is_empty(), "{}", error);
            prop_assert_eq!(difference(&mut connection, &old), Vec::new());
            prop_assert_eq!(kept(&mut connection, &old, &new), rows);
            return Ok(());
        }
        prop_assert!(is_possible(&found), "went through in spite of {:?}", found);
        prop_assert_eq!(difference(&mut connection, &new), Vec::new());
        prop_assert_eq!(kept(&mut connection, &old, &new), rows);

        let back = diff(SQLITE, &new, &old, &Answers::default());
        let down = run(&mut connection, &statements(&back.steps, &old, Direction::Down));
        if down.is_ok() {
            prop_assert_eq!(difference(&mut connection, &old), Vec::new());
        }
    }

    #[test]
    fn without_rows_every_change_goes_both_ways(
        old in physical_strategy::schema(),
        new in physical_strategy::schema(),
    ) {
        let mut connection = create(&old);
        let up = diff(SQLITE, &old, &new, &Answers::default()).steps;
        run(&mut connection, &statements(&up, &new, Direction::Up)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(difference(&mut connection, &new), Vec::new());
        let down = diff(SQLITE, &new, &old, &Answers::default()).steps;
        run(&mut connection, &statements(&down, &old, Direction::Down)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(difference(&mut connection, &old), Vec::new());
    }
}
