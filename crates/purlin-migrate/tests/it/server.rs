//! A database of its own on a real server, gone at the end.

use purlin_migrate::{Backup, DatabaseError, Failure, MigrationConnection, MigrationDialect, Row};
use purlin_store_mysql as mysql;
use purlin_store_postgres as postgres;
use purlin_testkit::services;

use crate::database::Database;

pub(crate) struct Server {
    inner: Inner,
    dialect: MigrationDialect,
    url: String,
    is_owner: bool,
}

enum Inner {
    Postgres(postgres::MigrationConnection),
    MySql(mysql::MigrationConnection),
}

impl Server {
    pub(crate) fn new(dialect: MigrationDialect) -> Self {
        let name = services::unique_name("migrate");
        let server = match dialect {
            MigrationDialect::Postgres => services::postgres(),
            MigrationDialect::MySql => services::mysql(),
            MigrationDialect::Sqlite => panic!("no server"),
        };
        let url = services::with_database(&server, &name);
        match dialect {
            MigrationDialect::Postgres => {
                postgres::create_database(&postgres::Address::parse(&url).unwrap()).unwrap();
            }
            _ => mysql::create_database(&mysql::Address::parse(&url).unwrap()).unwrap(),
        }
        let mut server = Self::connect(dialect, &url);
        server.is_owner = true;
        server
    }

    /// Another connection to the same database.
    pub(crate) fn another(&self) -> Self {
        Self::connect(self.dialect, &self.url)
    }

    pub(crate) fn connect(dialect: MigrationDialect, url: &str) -> Self {
        let inner = match dialect {
            MigrationDialect::Postgres => Inner::Postgres(
                postgres::open_for_migration(&postgres::Address::parse(url).unwrap()).unwrap(),
            ),
            _ => Inner::MySql(mysql::open_for_migration(&mysql::Address::parse(url).unwrap()).unwrap()),
        };
        Self { inner, dialect, url: url.to_owned(), is_owner: false }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.is_owner || std::env::var_os("PURLIN_TEST_KEEP").is_some() {
            return;
        }
        if self.dialect == MigrationDialect::Postgres {
            let address = postgres::Address::parse(&self.url).unwrap();
            let mut connection = postgres::open_to_look(&address.with_database("postgres")).unwrap();
            let _ = connection.query(&format!("DROP DATABASE \"{}\" WITH (FORCE)", address.database), &[]);
        } else {
            let address = mysql::Address::parse(&self.url).unwrap();
            let _ = self.query(&format!("DROP DATABASE `{}`", address.database), &[]);
        }
    }
}

impl MigrationConnection for Server {
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError> {
        self.query(sql, parameters).map(|_| ())
    }

    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError> {
        match &mut self.inner {
            Inner::Postgres(connection) => connection.query(sql, parameters).map_err(|error| DatabaseError {
                failure: match error.kind {
                    postgres::MigrationErrorKind::Busy => Failure::Busy,
                    _ => Failure::Other,
                },
                message: error.message,
            }),
            Inner::MySql(connection) => connection.query(sql, parameters).map_err(|error| DatabaseError {
                failure: match error.kind {
                    mysql::MigrationErrorKind::Busy => Failure::Busy,
                    mysql::MigrationErrorKind::Changed => Failure::Changed,
                    mysql::MigrationErrorKind::AlreadyDone => Failure::AlreadyDone,
                    _ => Failure::Other,
                },
                message: error.message,
            }),
        }
    }

    fn backup(&mut self, _label: &str) -> Result<Backup, DatabaseError> {
        Ok(Backup::ByHand("dump it".to_owned()))
    }
}

impl Database for Server {
    fn dialect(&self) -> MigrationDialect {
        self.dialect
    }

    fn url(&self) -> Option<&str> {
        Some(&self.url)
    }

    fn port(&mut self) -> &mut dyn MigrationConnection {
        self
    }

    fn apply(&mut self, statements: &[String]) -> Result<(), String> {
        let is_transactional = self.dialect == MigrationDialect::Postgres;
        if is_transactional {
            self.execute("BEGIN", &[]).unwrap();
        }
        let result = statements
            .iter()
            .try_for_each(|sql| self.execute(sql, &[]).map_err(|error| format!("{error}: {sql}")));
        if is_transactional {
            self.execute(if result.is_ok() { "COMMIT" } else { "ROLLBACK" }, &[]).unwrap();
        }
        result
    }

    fn clear(&mut self) {
        if self.dialect == MigrationDialect::Postgres {
            self.run(
                "DO $$ DECLARE s text; BEGIN FOR s IN SELECT nspname FROM pg_namespace \
                 WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' \
                 LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; END $$; CREATE SCHEMA public",
            );
        } else {
            let name = mysql::Address::parse(&self.url).unwrap().database;
            self.run(&format!("DROP DATABASE `{name}`; CREATE DATABASE `{name}`; USE `{name}`"));
        }
    }
}
