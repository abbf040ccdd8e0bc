//! Collections and indexes of a MongoDB database. They follow the schema without migrations: making what is missing can
//! be done again and again, and nothing is taken away.

use std::future::Future;

use purlin_core::schema::Schema;
use purlin_store_mongo::{Config, apply, drop_collection, missing, present, structure};

use super::{Database, MongoUrl, Place};
use crate::cli::Failure;

/// What is missing, one line each; `None` for databases that are migrated by statements.
pub fn missing_documents(database: &Database, schema: &Schema) -> Result<Option<Vec<String>>, Failure> {
    let Place::Mongo(MongoUrl(url)) = &database.place else { return Ok(None) };
    let (config, wanted) = (Config::new(url), wanted(database, schema)?);
    waited(database, async move { missing(&config, &wanted).await }).map(Some)
}

/// Makes what is missing, and says so; `None` for databases that are migrated by statements.
pub fn make_documents(database: &Database, schema: &Schema) -> Result<Option<Vec<String>>, Failure> {
    let Place::Mongo(MongoUrl(url)) = &database.place else { return Ok(None) };
    let (config, wanted) = (Config::new(url), wanted(database, schema)?);
    waited(database, async move { apply(&config, &wanted).await }).map(Some)
}

/// The collections of the schema that are there; `None` for databases that are migrated by statements.
pub fn present_documents(database: &Database, schema: &Schema) -> Result<Option<Vec<String>>, Failure> {
    let Place::Mongo(MongoUrl(url)) = &database.place else { return Ok(None) };
    let (config, wanted) = (Config::new(url), wanted(database, schema)?);
    waited(database, async move { present(&config, &wanted).await }).map(Some)
}

/// Whether a collection is there; `None` for databases that are migrated by statements.
pub(super) fn has_document(database: &Database, collection: &str) -> Result<Option<bool>, Failure> {
    let Place::Mongo(MongoUrl(url)) = &database.place else { return Ok(None) };
    let wanted = [purlin_store_mongo::Collection { name: collection.to_owned(), indexes: Vec::new() }];
    let config = Config::new(url);
    waited(database, async move { present(&config, &wanted).await }).map(|found| Some(!found.is_empty()))
}

/// Takes a collection away; nothing for databases that are migrated by statements.
pub fn drop_documents(database: &Database, collection: &str) -> Result<(), Failure> {
    let Place::Mongo(MongoUrl(url)) = &database.place else { return Ok(()) };
    let (config, name) = (Config::new(url), collection.to_owned());
    waited(database, async move { drop_collection(&config, &name).await })
}

fn wanted(database: &Database, schema: &Schema) -> Result<Vec<purlin_store_mongo::Collection>, Failure> {
    structure(schema, database.datasource).map_err(|error| failed(database, &error))
}

fn failed(database: &Database, error: &dyn std::fmt::Display) -> Failure {
    Failure::problem("DATABASE", format!("datasource {}: {error}", database.name))
}

/// On a thread of its own, for commands may or may not run inside of a runtime.
fn waited<T: Send + 'static>(
    database: &Database,
    work: impl Future<Output = Result<T, purlin_store_mongo::Error>> + Send + 'static,
) -> Result<T, Failure> {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(work).map_err(|error| error.to_string())
    });
    let ended = thread.join().unwrap_or_else(|_| Err("its thread panicked".to_owned()));
    ended.map_err(|error| failed(database, &error))
}
