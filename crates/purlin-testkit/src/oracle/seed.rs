//! One seed: a schema, its rows, every actor, reads and writes.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use purlin_core::schema::Schema;
use purlin_core::sink::JsonSink;
use purlin_core::store::Store;
use purlin_core::{CacheSettings, DefaultAccess, Engine};

use super::case::{Case, Counting, Noon};
use super::draw_schema::draw_schema;
use super::rng::Rng;
use super::tally::Tally;
use super::world::Rows;
use super::{reads, writes};
use crate::block_on;

/// Makes an empty store with the tables of the schema.
pub type MakeStore<'a> = &'a dyn Fn(Arc<Schema>) -> Arc<dyn Store>;

/// Answers what was compared; panics at the first answer that is not the oracle's.
pub fn run_seed(seed: u64, counting: Counting, make_store: MakeStore<'_>) -> Tally {
    let mut rng = Rng::new(seed);
    let text = draw_schema(counting, &mut rng);
    let schema = compile(&text, seed);
    let rows = Rows::draw(&schema, &mut rng);
    let store = make_store(Arc::clone(&schema));
    if let Err(error) = block_on(store.write(rows.plan(), Box::new(JsonSink::default()))) {
        panic!("seed {seed}: the rows were refused: {error:?}\n\n{text}");
    }
    let engine = Engine::new(Arc::clone(&schema), store, DefaultAccess::Deny)
        .unwrap_or_else(|errors| panic!("seed {seed}: {}\n\n{text}", errors.join("\n")))
        .with_clock(Arc::new(Noon))
        .with_cache(&everything(&schema));
    let case = Case {
        seed,
        text: &text,
        schema: &schema,
        engine: &engine,
        users: rows.tables[0].clone(),
        hits: Cell::new(0),
    };
    let mut tally = Tally::default();
    reads::compare(&case, &rows, &mut rng, &mut tally);
    writes::compare(&case, rows, &mut rng, &mut tally);
    tally.hits = case.hits.get();
    tally
}

/// Every read may come from the cache, and writes must have dropped what they changed.
fn everything(schema: &Schema) -> CacheSettings {
    let models = schema.models.iter().map(|model| (model.id, Duration::from_hours(1))).collect();
    CacheSettings { models, size_bytes: 1 << 20, others_within: Duration::from_hours(1) }
}

fn compile(text: &str, seed: u64) -> Arc<Schema> {
    let file = purlin_schema::SourceFile::new("oracle.zmodel", text);
    let compiled = purlin_schema::compile(vec![file]);
    match compiled.schema {
        Some(schema) => Arc::new(schema),
        None => panic!("seed {seed}: the schema was refused: {:#?}\n{text}", compiled.diagnostics),
    }
}
