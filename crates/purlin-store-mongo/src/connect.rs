//! Opening a database: the address is read, a server found, its abilities asked.

use std::time::{Duration, Instant};

use mongodb::bson::doc;
use mongodb::options::{Acknowledgment, ClientOptions, ReadPreference, SelectionCriteria, WriteConcern};
use mongodb::{Client, Database};

use crate::config::Config;
use crate::error::{Error, opening_error, plain_text};

/// MongoDB 5.0: a `$lookup` that compares fields and has a pipeline, and any name inside documents.
const OLDEST_WIRE_VERSION: i32 = 13;

#[derive(Debug)]
pub(crate) struct Opened {
    pub client: Client,
    pub database: Database,
    pub servers: String,
    /// Whether the deployment has them.
    pub has_transactions: bool,
}

pub(crate) async fn open(config: &Config) -> Result<Opened, Error> {
    let mut options = ClientOptions::parse(&config.url)
        .await
        .map_err(|error| Error::Url { detail: without_password(&config.url, &plain_text(&error)) })?;
    let servers = options.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let name = options.default_database.clone().filter(|name| !name.is_empty());
    let Some(name) = name else { return Err(Error::NoDatabase { servers }) };
    check_name(&name)?;
    options.app_name.get_or_insert_with(|| "purlin".to_owned());
    options.server_selection_timeout = Some(config.server_timeout);
    options.connect_timeout.get_or_insert(config.connect_timeout);
    options.min_pool_size.get_or_insert(config.min_connections);
    options.max_pool_size.get_or_insert(config.max_connections);
    // Another server may not have what was just written.
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options
        .write_concern
        .get_or_insert_with(|| WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
    let client = Client::with_options(options)
        .map_err(|error| Error::Url { detail: without_password(&config.url, &plain_text(&error)) })?;
    let database = client.database(&name);
    let start = Instant::now();
    let hello = loop {
        match database.run_command(doc! { "hello": 1 }).await {
            Ok(hello) => break hello,
            Err(error) => {
                let error = opening_error(&error, &servers, &name, start.elapsed());
                // It may be about to start.
                if !matches!(error, Error::Unreachable { .. }) || start.elapsed() >= config.connect_timeout {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    if hello.get_i32("maxWireVersion").is_ok_and(|version| version < OLDEST_WIRE_VERSION) {
        return Err(Error::TooOld { servers });
    }
    // What this user may do shows only now.
    database
        .list_collection_names()
        .await
        .map_err(|error| opening_error(&error, &servers, &name, start.elapsed()))?;
    let has_transactions =
        hello.contains_key("setName") || hello.get_str("msg").is_ok_and(|text| text == "isdbgrid");
    if !has_transactions {
        tracing::warn!(
            "the MongoDB server at {servers} stands alone and has no transactions: writes of more than one row \
             will be refused; make it a replica set (of one member, if need be) with `rs.initiate()`"
        );
    }
    Ok(Opened { client, database, servers, has_transactions })
}

fn check_name(name: &str) -> Result<(), Error> {
    let problem = if name.len() > 63 {
        "it is longer than 63 bytes"
    } else if name.contains(['/', '\\', '.', ' ', '"', '$', '*', '<', '>', ':', '|', '?', '\0']) {
        "it holds a character that MongoDB does not allow there"
    } else if matches!(name, "admin" | "local" | "config") {
        "it is one of MongoDB's own"
    } else {
        return Ok(());
    };
    Err(Error::DatabaseName { name: name.to_owned(), detail: problem })
}

/// The driver's words about an address, without what it may repeat of it.
fn without_password(url: &str, text: &str) -> String {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let Some((user, _)) = authority.rsplit_once('@') else { return text.to_owned() };
    let password = user.split_once(':').map_or("", |(_, password)| password);
    if password.is_empty() { text.to_owned() } else { text.replace(password, "***") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_repeated() {
        let url = "mongodb://ada:se/cret@host/app";
        assert_eq!(without_password(url, "bad: ada:se/cret@host"), "bad: ada:***@host");
        assert_eq!(without_password("mongodb://host/app", "bad"), "bad");
    }

    #[test]
    fn names_that_databases_cannot_have() {
        for name in ["a.b", "a b", "admin", &"x".repeat(64), "a$b"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name("app-1_Ü").is_ok());
    }
}
