//! The engines that an app runs on, and a database of its own on each for a test.

use purlin_store_postgres::{Address, create_database, open_to_look};
use purlin_testkit::services;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    MySql,
    Mongo,
}

/// Where an app stands: the variable of each datasource, and the engine behind it.
pub(crate) type Places = &'static [(&'static str, Engine)];

/// Gone when the test ends.
pub(crate) struct Database {
    engine: Engine,
    /// `None` for the embedded one of an app's folder.
    pub(crate) url: Option<String>,
}

impl Engine {
    pub(crate) fn database(self) -> Database {
        let url = match self {
            Self::Sqlite => None,
            Self::Postgres => {
                let name = services::unique_name("app");
                let url = services::with_database(&services::postgres(), &name);
                create_database(&Address::parse(&url).unwrap()).unwrap();
                Some(url)
            }
            Self::MySql => {
                let url = services::with_database(&services::mysql(), &services::unique_name("app"));
                purlin_store_mysql::create_database(&purlin_store_mysql::Address::parse(&url).unwrap())
                    .unwrap();
                Some(url)
            }
            Self::Mongo => Some(services::with_database(&services::mongodb(), &services::unique_name("app"))),
        };
        Database { engine: self, url }
    }
}

impl Database {
    /// A line of `.env`.
    pub(crate) fn environment(&self, variable: &str) -> String {
        self.url.as_ref().map(|url| format!("{variable}=\"{url}\"\n")).unwrap_or_default()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(url) = &self.url else { return };
        match self.engine {
            Engine::Sqlite => {}
            Engine::Postgres => {
                let address = Address::parse(url).unwrap();
                let server = Address::parse(&services::postgres()).unwrap();
                let mut connection = open_to_look(&server).unwrap();
                let drop = format!("DROP DATABASE \"{}\" WITH (FORCE)", address.database);
                connection.query(&drop, &[]).unwrap();
            }
            Engine::MySql => {
                let address = purlin_store_mysql::Address::parse(url).unwrap();
                let mut connection = purlin_store_mysql::open_for_migration(&address).unwrap();
                connection.query(&format!("DROP DATABASE `{}`", address.database), &[]).unwrap();
            }
            // The servers of a test run are gone when it ends.
            Engine::Mongo => {}
        }
    }
}
