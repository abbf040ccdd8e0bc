//! Stores to test, each in a database of its own that goes with it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::Document;
use mongodb::{Client, Database};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_store_mongo::{Config, MongoStore, structure};
use purlin_testkit::{OnRuntime, services};

pub(crate) type Owned = Arc<OnRuntime<MongoStore>>;

pub(crate) fn in_database(schema: Arc<Schema>) -> Arc<dyn Store> {
    owned(schema, |config| config).1
}

/// A store in a new database, and the database's name.
pub(crate) fn owned(schema: Arc<Schema>, change: impl FnOnce(Config) -> Config) -> (String, Owned) {
    let name = services::unique_name("mongo");
    // Other tests keep the server busy.
    let patience = Duration::from_secs(30);
    let config = Config { read_timeout: patience, write_timeout: patience, ..Config::new(url_of(&name)) };
    let config = change(config);
    (name.clone(), OnRuntime::new(|| open(config, schema), move || drop_database(&name)))
}

pub(crate) fn url_of(name: &str) -> String {
    services::with_database(&services::mongodb(), name)
}

pub(crate) async fn open(config: Config, schema: Arc<Schema>) -> MongoStore {
    let wanted = structure(&schema, schema.datasources[0].id).unwrap();
    let store = MongoStore::connect(config, schema).await.unwrap();
    store.apply(&wanted).await.unwrap();
    store
}

/// For what other programs do.
pub(crate) fn by_others<T, F: Future<Output = T>>(name: &str, work: impl FnOnce(Database) -> F) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::with_uri_str(services::mongodb()).await.unwrap();
        let result = work(client.database(name)).await;
        client.shutdown().await;
        result
    })
}

pub(crate) fn put(name: &str, collection: &str, rows: Vec<Document>) {
    by_others(name, async |database| database.collection(collection).insert_many(rows).await.map(|_| ()))
        .unwrap();
}

pub(crate) fn drop_database(name: &str) {
    let dropped = by_others(name, async |database| database.drop().await);
    if let Err(error) = dropped {
        println!("{name} was not dropped: {error}");
    }
}
