//! An app folder with one database: what the commands see.

use std::fs;
use std::path::PathBuf;

use purlin_core::DateTime;
use purlin_migrate::{
    Accepted, Applied, Consent, Deployed, Error, MigrateDev, MigrationDialect, MigrationName, Migrator,
    Recorded, Status,
};
use purlin_schema::model::Schema;
use purlin_schema::{Builtin, SourceFile};
use tempfile::TempDir;

use crate::connection::TestConnection;

/// The tables after a line of this are built in.
const BUILT_IN: &str = "// built in:\n";

#[track_caller]
pub(crate) fn schema(text: &str) -> Schema {
    let (own, builtin) = text.split_once(BUILT_IN).unwrap_or((text, ""));
    let compiled = purlin_schema::compile(vec![SourceFile::new("schema.zmodel", own)]);
    let problems: Vec<String> = compiled.diagnostics.iter().map(|problem| problem.message.clone()).collect();
    let schema = compiled.schema.unwrap_or_else(|| panic!("{problems:?}\n{text}"));
    schema.with_builtin(&Builtin::compile(vec![SourceFile::new("builtin.zmodel", builtin)]).unwrap())
}

#[derive(Debug)]
pub(crate) struct App {
    folder: TempDir,
    pub(crate) database: TestConnection,
}

impl App {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestConnection::file(&folder.path().join("app.db"));
        Self { folder, database }
    }

    /// Another, empty database with the same migrations: a server.
    pub(crate) fn switch_database(&mut self, name: &str) {
        self.database = TestConnection::file(&self.folder.path().join(name));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn migrator(&self) -> Migrator {
        Migrator::new("db", MigrationDialect::Sqlite, &self.path("migrations"))
    }

    pub(crate) fn dev(&mut self, text: &str, consent: &Consent) -> Result<Applied, Error> {
        self.migrator().dev(&schema(text), &mut self.database, consent)
    }

    pub(crate) fn record(&mut self, text: &str, name: &str, consent: &Consent) -> Result<Recorded, Error> {
        self.record_as(text, name, consent, false)
    }

    pub(crate) fn record_as(
        &mut self,
        text: &str,
        name: &str,
        consent: &Consent,
        create_only: bool,
    ) -> Result<Recorded, Error> {
        let name = MigrationName::parse(name)?;
        let now = DateTime::parse("2026-01-31T09:30:00Z").unwrap();
        let request = MigrateDev { name: Some(&name), now, create_only, consent };
        self.migrator().migrate_dev(&schema(text), &mut self.database, &request)
    }

    pub(crate) fn deploy(&mut self) -> Result<Deployed, Error> {
        self.migrator().deploy(&mut self.database, &Accepted::default())
    }

    pub(crate) fn status(&mut self, text: &str) -> Status {
        self.migrator().status(&schema(text), &mut self.database).unwrap()
    }

    /// The migrations in the folder.
    pub(crate) fn ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.migrator().folder()) else { return Vec::new() };
        let mut ids: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        ids.sort();
        ids
    }

    pub(crate) fn read(&self, migration: &str, file: &str) -> String {
        fs::read_to_string(self.migrator().folder().join(migration).join(file)).unwrap()
    }

    pub(crate) fn write(&self, migration: &str, file: &str, text: &str) {
        fs::write(self.migrator().folder().join(migration).join(file), text).unwrap();
    }

    #[track_caller]
    pub(crate) fn check_rows(&mut self, sql: &str, expected: &str) {
        assert_eq!(self.database.rows(sql), expected, "{sql}");
    }
}

pub(crate) fn nothing() -> Consent {
    Consent::default()
}

/// Flags as on the command line: `--rename a=b`, `--drop a`, `--allow code:object`.
pub(crate) fn flags(flags: &[&str]) -> Consent {
    let mut consent = Consent::default();
    for flag in flags {
        match flag.split_once(' ') {
            Some(("--rename", value)) => consent.answers.add_rename(value).unwrap(),
            Some(("--drop", value)) => consent.answers.add_drop(value).unwrap(),
            Some(("--allow", value)) => consent.accepted.add(value).unwrap(),
            _ => panic!("{flag}"),
        }
    }
    consent
}

#[track_caller]
pub(crate) fn check_error<T: std::fmt::Debug>(result: Result<T, Error>, expected: &[&str]) {
    let message = result.unwrap_err().to_string();
    for part in expected {
        assert!(message.contains(part), "{part:?} is missing in:\n{message}");
    }
}
