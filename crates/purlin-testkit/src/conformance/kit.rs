//! A store under test, with the schema and the ways to ask it.

use std::sync::Arc;

use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::schema::Schema;
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{Guarded, Read, ReadOutcome, ReadShape, WriteOutcome, WritePlan};
use purlin_core::store::Store;
use serde_json::Value as Json;

use super::build::Build;
use super::seed;
use crate::block_on::block_on;

/// Makes an empty store with the tables of the schema.
pub type MakeStore<'a> = &'a dyn Fn(Arc<Schema>) -> Arc<dyn Store>;

#[derive(Clone, Debug)]
pub struct Kit {
    pub schema: Arc<Schema>,
    pub store: Arc<dyn Store>,
}

impl Kit {
    /// A store with no rows.
    pub fn empty(make_store: MakeStore<'_>) -> Self {
        let schema = seed::schema();
        let store = make_store(Arc::clone(&schema));
        Self { schema, store }
    }

    /// A store with the rows that the cases know.
    pub fn seeded(make_store: MakeStore<'_>) -> Self {
        let kit = Self::empty(make_store);
        seed::fill(&kit);
        kit
    }

    pub fn build(&self) -> Build<'_> {
        Build::new(&self.schema)
    }

    pub fn read(&self, read: Read) -> Result<(Json, ReadOutcome), Error> {
        let mut sink = JsonSink::default();
        let read = Guarded::as_system(read, "store conformance");
        let outcome = block_on(self.store.read(&read, &mut sink))?;
        Ok((parse(Box::new(sink)), outcome))
    }

    pub fn write(&self, plan: WritePlan) -> Result<(Json, WriteOutcome), Error> {
        let plan = Guarded::as_system(plan, "store conformance");
        let outcome = block_on(self.store.write(plan, Box::new(JsonSink::default())))?;
        let WriteOutcome { rows, by_step, loaded, sink } = outcome;
        let json = parse(sink);
        Ok((json, WriteOutcome { rows, by_step, loaded, sink: Box::new(JsonSink::default()) }))
    }

    /// What `build` describes, read.
    pub fn ask(&self, describe: impl FnOnce(&Build<'_>) -> ReadShape) -> Result<(Json, ReadOutcome), Error> {
        self.ask_counted(Count::None, describe)
    }

    pub fn ask_counted(
        &self,
        count: Count,
        describe: impl FnOnce(&Build<'_>) -> ReadShape,
    ) -> Result<(Json, ReadOutcome), Error> {
        let build = self.build();
        let shape = Arc::new(describe(&build));
        self.read(Read { shape, params: build.into_params(), count })
    }

    /// The answer must be this.
    #[track_caller]
    pub fn check(
        &self,
        name: &str,
        expected: &Json,
        describe: impl FnOnce(&Build<'_>) -> ReadShape,
    ) -> ReadOutcome {
        match self.ask(describe) {
            Ok((found, outcome)) => {
                assert_eq!(found.to_string(), expected.to_string(), "{name}");
                outcome
            }
            Err(error) => panic!("{name}: {}", describe_error(&error)),
        }
    }
}

pub(super) fn describe_error(error: &Error) -> String {
    match error {
        Error::Internal(cause) => format!("internal: {cause}"),
        other => format!("{other:?}"),
    }
}

/// What a sink holds; `null` when nothing was written.
fn parse(sink: Box<dyn RowSink>) -> Json {
    let bytes = sink.into_any().downcast::<JsonSink>().map(|sink| sink.into_bytes()).unwrap_or_default();
    if bytes.is_empty() {
        return Json::Null;
    }
    match serde_json::from_slice(&bytes) {
        Ok(json) => json,
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&bytes)),
    }
}
