//! The engines that an app may run on.

use crate::model::Provider;
use crate::suggest::closest;

/// MariaDB and TiDB are of MySQL's family: where they differ, the state of MySQL says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
    MySql,
    MongoDb,
}

/// Names as people write them, the usual one of each engine first.
const NAMES: &[(&str, Engine)] = &[
    ("sqlite", Engine::Sqlite),
    ("postgres", Engine::Postgres),
    ("mysql", Engine::MySql),
    ("mongodb", Engine::MongoDb),
    ("postgresql", Engine::Postgres),
    ("mariadb", Engine::MySql),
    ("tidb", Engine::MySql),
    ("mongo", Engine::MongoDb),
];

/// Names in a list of engines that name none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct UnknownEngines(pub Vec<String>);

impl Engine {
    pub const ALL: [Self; 4] = [Self::Sqlite, Self::Postgres, Self::MySql, Self::MongoDb];

    /// As its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MongoDb => "MongoDB",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, engine)| *engine)
    }

    /// `postgres,mysql`, or `all`; each engine once, in the order of [`Engine::ALL`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>, UnknownEngines> {
        let mut found = Vec::new();
        let mut unknown = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match Self::named(name) {
                Some(engine) => found.push(engine),
                None if name.eq_ignore_ascii_case("all") => found.extend(Self::ALL),
                None => unknown.push(name.to_owned()),
            }
        }
        if found.is_empty() && unknown.is_empty() {
            unknown.push(text.to_owned());
        }
        found.sort_unstable();
        found.dedup();
        if unknown.is_empty() { Ok(found) } else { Err(UnknownEngines(unknown)) }
    }

    /// Whose attributes and expressions a datasource's `provider` speaks.
    pub fn of_provider(provider: Provider) -> Option<Self> {
        match provider {
            Provider::Sqlite => Some(Self::Sqlite),
            Provider::Postgresql | Provider::Cockroachdb => Some(Self::Postgres),
            Provider::Mysql => Some(Self::MySql),
            Provider::Mongodb => Some(Self::MongoDb),
            Provider::Sqlserver => None,
        }
    }
}

impl UnknownEngines {
    fn message(&self) -> String {
        let names = || NAMES.iter().map(|(name, _)| *name).chain(["all"]);
        let near: Vec<String> = self
            .0
            .iter()
            .map(|name| match closest(name, names()) {
                Some(near) => format!("there is no engine \"{name}\": did you mean \"{near}\"?"),
                None => format!("there is no engine \"{name}\""),
            })
            .collect();
        format!("{}; the engines are {}", near.join("; "), names().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;

    #[test]
    fn lists_of_engines() {
        use Engine::{MongoDb, MySql, Postgres, Sqlite};
        for (text, expected) in [
            ("postgres", Ok(vec![Postgres])),
            ("mongo, PostgreSQL,mongodb", Ok(vec![Postgres, MongoDb])),
            ("mariadb,tidb,mysql", Ok(vec![MySql])),
            ("all", Ok(vec![Sqlite, Postgres, MySql, MongoDb])),
            ("postgre,oracle", Err(vec!["postgre", "oracle"])),
            ("", Err(vec![""])),
        ] {
            let found = Engine::parse_list(text).map_err(|unknown| unknown.0);
            let expected = expected.map_err(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, expected, "{text}");
        }
    }
}
