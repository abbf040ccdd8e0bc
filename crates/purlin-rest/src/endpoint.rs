//! One route: who calls, what is asked, what the engine gave.

use std::sync::Arc;

use http::StatusCode;
use purlin_core::engine::Answer;
use purlin_core::operation::{Action, Key, Operation, Within};
use purlin_core::schema::{FieldId, Model, ModelId};
use purlin_core::sink::JsonSink;
use purlin_core::statement::ReadOutcome;
use purlin_core::{CacheUse, FieldErrors};
use purlin_http::{BoxFuture, Error, Handler, Request, Response, json};

use crate::cache::with_cache_status;
use crate::caller::Caller;
use crate::key::key_of;
use crate::surface::Surface;

/// What a route does with its model.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    List,
    Query,
    Get,
    Create,
    Update,
    Replace,
    Delete,
    /// The rows of a filter.
    UpdateMany,
    DeleteMany,
    /// The rows of a to-many relation.
    NestedList(FieldId),
    /// The row of a to-one relation.
    NestedGet(FieldId),
    NestedCreate(FieldId),
    /// How many rows there are.
    Count,
    /// Measures of rows, as parameters.
    Aggregate,
    /// The same as a body.
    AggregateQuery,
}

pub(crate) struct Endpoint {
    pub(crate) surface: Arc<Surface>,
    pub(crate) model: ModelId,
    pub(crate) call: Call,
}

/// What the engine gave, with the answer's bytes so far: `{"data":…`, still open.
pub(crate) struct Outcome {
    pub(crate) body: Vec<u8>,
    pub(crate) read: ReadOutcome,
    pub(crate) keys: Vec<Key>,
    /// An upsert has made the row.
    pub(crate) is_made: bool,
    pub(crate) cache: Option<CacheUse>,
}

pub(crate) const PREFIX: &str = "{\"data\":";

impl Handler for Endpoint {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let caller = Caller::of(&request).await?;
            match self.call {
                Call::List => self.list(&caller, &request, None).await,
                Call::Query => self.query(&caller, request).await,
                Call::Get => self.get(&caller, &request).await,
                Call::NestedList(relation) => self.list(&caller, &request, Some(relation)).await,
                Call::NestedGet(relation) => self.nested_get(&caller, &request, relation).await,
                Call::Create => self.create(&caller, request, None).await,
                Call::NestedCreate(relation) => self.create(&caller, request, Some(relation)).await,
                Call::Update | Call::Replace => self.update(&caller, request).await,
                Call::Delete => self.delete(&caller, &request).await,
                Call::Count => self.count(&caller, &request).await,
                Call::Aggregate => self.aggregate(&caller, &request).await,
                Call::AggregateQuery => self.aggregate_query(&caller, request).await,
                Call::UpdateMany => self.update_many(&caller, request).await,
                Call::DeleteMany => self.delete_many(&caller, &request).await,
            }
        })
    }
}

impl Endpoint {
    pub(crate) fn model(&self) -> &Model {
        self.surface.schema.model(self.model)
    }

    /// The model whose rows are answered, and the row under which they are looked for.
    pub(crate) fn place(
        &self,
        request: &Request,
        relation: Option<FieldId>,
    ) -> Result<(&Model, Option<Within>), Error> {
        let schema = &self.surface.schema;
        let Some(field) = relation else { return Ok((self.model(), None)) };
        let key = key_of(schema, self.model(), request.raw_param(0))?;
        let target = self.model().field(field).relation().map_or(self.model, |relation| relation.target);
        Ok((schema.model(target), Some(Within { model: self.model, key, relation: field })))
    }

    /// Runs one operation; `expected_bytes` is how large the answer may well be.
    pub(crate) async fn run(
        &self,
        caller: &Caller,
        model: ModelId,
        action: Action,
        within: Option<Within>,
        errors: FieldErrors,
        expected_bytes: usize,
    ) -> Result<Outcome, Error> {
        caller.check(&self.surface.schema, model, within.as_ref().map(|within| within.model), &action)?;
        let sink = Box::new(JsonSink::with_prefix(PREFIX, expected_bytes));
        let operation = Operation { model, action, within, errors };
        let answer = self.surface.engine.run(&caller.actor, operation, sink).await?;
        Outcome::of(answer)
    }
}

impl Outcome {
    /// The answer of a read, whose body is closed by now.
    pub(crate) fn into_response(self) -> Response {
        with_cache_status(json(StatusCode::OK, self.body), self.cache)
    }

    /// The text of the one row, or of whatever is answered.
    pub(crate) fn row(&self) -> &[u8] {
        self.body.get(PREFIX.len()..).unwrap_or_default()
    }

    pub(crate) fn of(answer: Answer) -> Result<Self, Error> {
        let Answer { sink, outcome, keys, is_made, cache } = answer;
        let sink = sink.into_any().downcast::<JsonSink>();
        let sink = sink.map_err(|_| purlin_core::Error::internal("the engine gave another sink back"))?;
        Ok(Self { body: sink.into_bytes(), read: outcome, keys, is_made, cache })
    }

    /// The one row of a list, as if it had been asked for alone.
    pub(crate) fn unwrap_list(&mut self) -> Result<(), Error> {
        let is_list = self.body.get(PREFIX.len()) == Some(&b'[') && self.body.last() == Some(&b']');
        if !is_list {
            return Err(purlin_core::Error::internal("a list was not answered as a list").into());
        }
        self.body.pop();
        self.body.remove(PREFIX.len());
        Ok(())
    }
}
