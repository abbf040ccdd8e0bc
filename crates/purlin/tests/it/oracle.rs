//! Random policies, rows, actors and requests: what the SQLite store answers is what the in-memory
//! evaluator says. The tables are those that migrations make.

use std::sync::Arc;

use purlin::wire::{Database, Place, migrator};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_migrate::Consent;
use purlin_store_sqlite::{Config, SqliteStore};
use purlin_testkit::oracle::{self, Counting};

#[test]
fn policies_agree_with_the_oracle() {
    let folder = tempfile::tempdir().unwrap();
    oracle::run(Counting::WithoutGaps, &|schema: Arc<Schema>| -> Arc<dyn Store> {
        let name = purlin_testkit::services::unique_name("oracle");
        let path = folder.path().join(format!("{name}.db"));
        let datasource = schema.datasources[0].id;
        let place = Place::File(path.clone());
        let database = Database { name: "db".to_owned(), datasource, place, note: None };
        let (migrator, mut connection) = migrator(folder.path(), &database).unwrap();
        migrator.dev(&schema, &mut *connection, &Consent::default()).unwrap();
        Arc::new(SqliteStore::open(Config::new(path), schema).unwrap())
    });
}
