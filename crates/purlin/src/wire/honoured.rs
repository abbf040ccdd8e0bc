//! What the engines of the databases cannot hold of the schema. Asked by `check`, and before `dev`, `migrate` and
//! `serve` touch a database.

use purlin_core::schema::Schema;
use purlin_schema::Diagnostic;
use purlin_schema::portability::{Engine, refusals};

use super::{Database, Place};

fn engine(place: &Place) -> Engine {
    match place {
        Place::File(_) => Engine::Sqlite,
        Place::Postgres(_) => Engine::Postgres,
        Place::MySql(_) => Engine::MySql,
        Place::Mongo(_) => Engine::MongoDb,
    }
}

/// Each an error, with the place in the app's own schema files.
pub fn refused(schema: &Schema, databases: &[Database]) -> Vec<Diagnostic> {
    let of = |database: &Database| refusals(schema, database.datasource, engine(&database.place));
    databases.iter().flat_map(of).collect()
}
