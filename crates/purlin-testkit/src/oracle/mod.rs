//! The policy oracle: random schemas, rows, rules and actors; every answer of the store is compared with what
//! the in-memory evaluator says. A failure prints its seed and the schema.

mod draw_query;
mod draw_schema;
mod expect;
mod rng;
mod world;
mod writes;

use std::sync::Arc;

pub use crate::block_on;
use purlin_core::clock::Clock;
use purlin_core::evaluate::{Evaluator, Patterns};
use purlin_core::operation::{Action, Operation, Page, Query};
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::JsonSink;
use purlin_core::store::Store;
use purlin_core::{Actor, DateTime, DefaultAccess, Engine, Error, FieldErrors, User};
use serde_json::Value as Json;

use draw_query::draw_query;
use draw_schema::draw_schema;
use expect::Expect;
use rng::Rng;
use world::Rows;

/// Makes an empty store with the tables of the schema.
pub type MakeStore<'a> = &'a dyn Fn(Arc<Schema>) -> Arc<dyn Store>;

/// A clock that stands still.
#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime {
        DateTime::from_millis(1_700_000_000_001).unwrap()
    }
}

/// Runs one seed: a schema, its rows, every actor, reads and writes. Answers how many operations were
/// compared.
pub fn run_seed(seed: u64, make_store: MakeStore<'_>) -> usize {
    let mut rng = Rng::new(seed);
    let text = draw_schema(&mut rng);
    let schema = compile(&text, seed);
    let rows = Rows::draw(&schema, &mut rng);
    let case = Case { seed, text: &text, schema: &schema, rows: &rows };
    let store = make_store(Arc::clone(&schema));
    block_on(store.write(rows.plan(), Box::new(JsonSink::default())))
        .unwrap_or_else(|error| case.fail(&format!("the rows were refused: {error:?}")));
    let engine = Engine::new(Arc::clone(&schema), store, DefaultAccess::Deny)
        .unwrap_or_else(|errors| case.fail(&errors.join("\n")))
        .with_clock(Arc::new(Noon));
    let mut compared = 0;
    for actor in case.actors() {
        for model in &schema.models {
            for _ in 0..2 {
                let query = draw_query(&schema, model.id, &mut rng, 2);
                case.compare_list(&engine, &actor, model.id, &query);
                compared += 1;
            }
        }
    }
    compared + writes::compare(&case, &engine, make_store, &mut rng)
}

fn compile(text: &str, seed: u64) -> Arc<Schema> {
    let file = purlin_schema::SourceFile::new("oracle.zmodel", text);
    let compiled = purlin_schema::compile(vec![file]);
    match compiled.schema {
        Some(schema) => Arc::new(schema),
        None => panic!("seed {seed}: the schema was refused: {:#?}\n{text}", compiled.diagnostics),
    }
}

/// One seed's material.
struct Case<'a> {
    seed: u64,
    text: &'a str,
    schema: &'a Schema,
    rows: &'a Rows<'a>,
}

impl<'a> Case<'a> {
    fn actors(&self) -> Vec<Actor> {
        let users = &self.rows.tables[0];
        let signed_in = users.iter().take(3).map(|row| Actor::User(Arc::new(User { values: row.clone() })));
        std::iter::once(Actor::Anonymous).chain(signed_in).collect()
    }

    fn expect<'b>(&self, rows: &'b Rows<'b>, actor: &'b Actor, patterns: &'b Patterns) -> Expect<'b>
    where
        'a: 'b,
    {
        let evaluator = Evaluator {
            schema: self.schema,
            actor,
            default_access: DefaultAccess::Deny,
            now: Noon.now(),
            patterns,
            world: rows,
        };
        Expect { rows, evaluator }
    }

    fn compare_list(&self, engine: &Engine, actor: &Actor, model: ModelId, query: &Query) {
        let patterns = Patterns::default();
        let expected = self.expect(self.rows, actor, &patterns).list(model, query);
        let what = || format!("{actor:?}\nlists {} by {query:#?}", self.schema.model(model).name);
        let (found, total) = match self.list(engine, actor, model, query.clone()) {
            // Refused at the door, which is right only if there is nothing to see.
            Err(Error::Denied(_) | Error::Unauthenticated) => (Vec::new(), None),
            Err(error) => self.fail(&format!("{}\nfailed: {error:?}", what())),
            Ok((rows, outcome)) => (rows, outcome.total),
        };
        if found != expected {
            self.fail(&format!(
                "{}\nfound    {}\nexpected {}",
                what(),
                Json::from(found),
                Json::from(expected)
            ));
        }
        if let Some(total) = total
            && total.rows != expected.len() as u64
        {
            self.fail(&format!("{}\ncounted {} of {}", what(), total.rows, expected.len()));
        }
        self.compare_pages(engine, actor, model, query, &expected);
    }

    /// Pages of two by cursor must give the same rows, each once.
    fn compare_pages(
        &self,
        engine: &Engine,
        actor: &Actor,
        model: ModelId,
        query: &Query,
        expected: &[Json],
    ) {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let mut query = query.clone();
            query.page = Page::Cursor { after: after.take(), take: 2 };
            match self.list(engine, actor, model, query) {
                Err(Error::Denied(_) | Error::Unauthenticated) => break,
                Err(error) => self.fail(&format!("a page failed: {error:?}")),
                Ok((rows, outcome)) => {
                    found.extend(rows);
                    if !outcome.has_more || found.len() > expected.len() {
                        break;
                    }
                    after = outcome.last_keys;
                }
            }
        }
        if found != expected {
            self.fail(&format!(
                "{actor:?}\npages of {} by {query:#?}\nfound    {}\nexpected {}",
                self.schema.model(model).name,
                Json::from(found),
                Json::from(expected.to_vec())
            ));
        }
    }

    fn list(
        &self,
        engine: &Engine,
        actor: &Actor,
        model: ModelId,
        query: Query,
    ) -> Result<(Vec<Json>, purlin_core::statement::ReadOutcome), Error> {
        let operation =
            Operation { model, action: Action::List(query), within: None, errors: FieldErrors::default() };
        let answer = block_on(engine.run(actor, operation, Box::new(JsonSink::default())))?;
        let Json::Array(rows) = sink_json(answer.sink) else { self.fail("a list is no list") };
        Ok((rows, answer.outcome))
    }

    fn fail(&self, message: &str) -> ! {
        panic!("seed {}: {message}\n\n{}", self.seed, self.text)
    }
}

/// What a sink holds, `null` when nothing was written.
fn sink_json(sink: Box<dyn purlin_core::sink::RowSink>) -> Json {
    let sink = sink.into_any().downcast::<JsonSink>().unwrap();
    let bytes = sink.into_bytes();
    if bytes.is_empty() { Json::Null } else { serde_json::from_slice(&bytes).unwrap() }
}
