//! Random work on one app: schemas followed, recorded and deployed in any order. The developer's
//! database and a server that only deploys end in the same structure.

use proptest::prelude::*;
use purlin_migrate::{Answers, Consent, Error, MigrationDialect, diff, introspect, physical};

use crate::app::{App, schema};

#[derive(Clone, Debug)]
pub(crate) enum Work {
    Dev(usize),
    Record(usize),
    Server,
}

const SCHEMAS: [&str; 6] = [
    "model User { id Int @id\n name String }",
    "model User { id Int @id\n fullName String\n age Int? }",
    "model User { id Int @id\n name String @unique @map(\"n\")\n posts Post[] }\n\
     model Post { id Int @id @default(autoincrement())\n userId Int\n user User @relation(fields: [userId], references: [id])\n tags Tag[] }\n\
     model Tag { id String @id @default(uuid())\n posts Post[] }",
    "model Person { id Int @id\n name String @default(\"-\")\n articles Article[]\n @@renamedFrom(\"User\") }\n\
     model Article { id Int @id @default(autoincrement())\n personId Int?\n person Person? @relation(fields: [personId], references: [id])\n tags Tag[]\n @@renamedFrom(\"Post\") }\n\
     model Tag { id String @id @default(uuid())\n articles Article[]\n at DateTime @default(now()) }",
    "enum Role { A B @map(\"b\") }\n model User { id String @id\n role Role @default(B)\n roles Role[]\n extra Json? }",
    "model Other { id Int @id }",
];

pub(crate) fn work() -> impl Strategy<Value = Work> {
    prop_oneof![
        3 => (0..SCHEMAS.len()).prop_map(Work::Dev),
        3 => (0..SCHEMAS.len()).prop_map(Work::Record),
        1 => Just(Work::Server),
    ]
}

/// Answers as a person would, always by the first choice.
fn insist<T>(mut attempt: impl FnMut(&Consent) -> Result<T, Error>) -> Result<T, Error> {
    let mut consent = Consent::default();
    loop {
        match attempt(&consent) {
            Err(Error::Unanswered { questions, .. }) => {
                consent
                    .answers
                    .0
                    .extend(questions.iter().map(|question| question.rename_to(&question.candidates[0])));
            }
            Err(Error::Guarded { findings, .. }) => consent.accepted.add_findings(&findings),
            other => return other,
        }
    }
}

/// What the database holds is what the schema says.
fn check_structure(app: &mut App, text: &str) {
    let dialect = app.database.dialect();
    let schema = schema(text);
    let target = physical(&schema, schema.datasources[0].id, dialect).unwrap();
    let live = introspect("db", dialect, app.database.port()).unwrap();
    let left = diff(dialect, &live, &target, &Answers::default());
    assert_eq!((left.steps, left.renames.tables), (Vec::new(), Vec::new()), "{text}");
}

pub(crate) fn ends_well(dialect: MigrationDialect, works: Vec<Work>) -> Result<(), TestCaseError> {
    let mut app = App::on(dialect);
    let mut recorded = None;
    for work in works {
        match work {
            Work::Dev(number) => {
                insist(|consent| app.dev(SCHEMAS[number], consent)).unwrap();
                check_structure(&mut app, SCHEMAS[number]);
                prop_assert!(app.dev(SCHEMAS[number], &Consent::default()).unwrap().is_up_to_date());
            }
            Work::Record(number) => {
                insist(|consent| app.record(SCHEMAS[number], "work", consent)).unwrap();
                recorded = Some(SCHEMAS[number]);
                check_structure(&mut app, SCHEMAS[number]);
                let status = app.status(SCHEMAS[number]);
                prop_assert!(status.is_up_to_date(), "{:?}", status);
            }
            Work::Server => {
                app.switch_database("server.db");
                app.deploy().unwrap();
                if let Some(text) = recorded {
                    check_structure(&mut app, text);
                    prop_assert!(app.status(text).is_up_to_date());
                }
                app.switch_database("app.db");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_work_ends_well(works in proptest::collection::vec(work(), 1..8)) {
        ends_well(MigrationDialect::Sqlite, works)?;
    }
}
