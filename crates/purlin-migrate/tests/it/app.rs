//! An app folder with one database: what the commands see.

use std::fs;
use std::path::{Path, PathBuf};

use purlin_core::DateTime;
use purlin_migrate::{
    Accepted, Applied, Back, Consent, Deployed, Drift, Error, MigrateDev, MigrationDialect, MigrationName,
    Migrator, Recorded, Status,
};
use purlin_schema::model::Schema;
use purlin_schema::{Builtin, SourceFile};
use tempfile::TempDir;

use crate::connection::TestConnection;
use crate::database::Database;
use crate::server::Server;

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

pub(crate) struct App {
    folder: TempDir,
    dialect: MigrationDialect,
    pub(crate) database: Box<dyn Database>,
    /// The name of the database at hand, and those that were left.
    name: String,
    others: Vec<(String, Box<dyn Database>)>,
}

impl App {
    pub(crate) fn new() -> Self {
        Self::on(MigrationDialect::Sqlite)
    }

    pub(crate) fn on(dialect: MigrationDialect) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (name, database) = ("app.db".to_owned(), open(dialect, &folder.path().join("app.db")));
        Self { folder, dialect, database, name, others: Vec::new() }
    }

    /// Another, empty database with the same migrations: a server. Or one that was left.
    pub(crate) fn switch_database(&mut self, name: &str) {
        let found = self.others.iter().position(|(other, _)| other == name);
        let database = match found {
            Some(at) => self.others.remove(at).1,
            None => open(self.dialect, &self.path(name)),
        };
        let left = std::mem::replace(&mut self.database, database);
        self.others.push((std::mem::replace(&mut self.name, name.to_owned()), left));
    }

    pub(crate) fn url(&self) -> &str {
        self.database.url().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn migrator(&self) -> Migrator {
        Migrator::new("db", self.dialect, &self.path("migrations"))
    }

    pub(crate) fn dev(&mut self, text: &str, consent: &Consent) -> Result<Applied, Error> {
        self.migrator().dev(&schema(text), self.database.port(), consent)
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
        let request = MigrateDev { name: Some(&name), now, create_only, split: false, consent };
        self.migrator().migrate_dev(&schema(text), self.database.port(), &request)
    }

    /// In two parts, where copies with the schema from before would not survive it in one.
    pub(crate) fn split(&mut self, text: &str, name: &str, consent: &Consent) -> Result<Recorded, Error> {
        let name = MigrationName::parse(name)?;
        let now = DateTime::parse("2026-01-31T09:30:00Z").unwrap();
        let request = MigrateDev { name: Some(&name), now, create_only: false, split: true, consent };
        self.migrator().migrate_dev(&schema(text), self.database.port(), &request)
    }

    pub(crate) fn deploy(&mut self) -> Result<Deployed, Error> {
        self.migrator().deploy(self.database.port(), &Accepted::default())
    }

    /// Back by so many migrations; those that were taken back.
    pub(crate) fn rollback(&mut self, back: Back<'_>, accepted: &Accepted) -> Result<Vec<String>, Error> {
        let migrator = self.migrator();
        let ids = migrator.way_back(self.database.port(), back)?;
        for id in &ids {
            migrator.rollback(self.database.port(), id, accepted)?;
        }
        Ok(ids)
    }

    pub(crate) fn settle(
        &mut self,
        text: &str,
        drift: Drift,
        named: &[&str],
        consent: &Consent,
    ) -> Result<Vec<String>, Error> {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let migrator = self.migrator();
        let settled =
            migrator.settle_drift(&schema(text), self.database.port(), drift, &named, &consent.accepted)?;
        Ok(settled.0)
    }

    pub(crate) fn drift(&mut self, text: &str) -> Vec<String> {
        self.migrator().drift(&schema(text), self.database.port()).unwrap()
    }

    pub(crate) fn status(&mut self, text: &str) -> Status {
        self.migrator().status(&schema(text), self.database.port()).unwrap()
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

fn open(dialect: MigrationDialect, path: &Path) -> Box<dyn Database> {
    match dialect {
        MigrationDialect::Sqlite => Box::new(TestConnection::file(path)),
        _ => Box::new(Server::new(dialect)),
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
