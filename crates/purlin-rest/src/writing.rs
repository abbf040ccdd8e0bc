//! What all writes have in common: what a token is good for, safe retries, and the way to the engine.

use std::sync::Arc;

use http::StatusCode;
use purlin_core::engine::Conditions;
use purlin_core::operation::Operation;
use purlin_core::schema::Model;
use purlin_core::sink::JsonSink;
use purlin_core::statement::AnswerRule;
use purlin_http::{Error, Request, Response};
use serde_json::Value as Json;

use crate::caller::Caller;
use crate::endpoint::{Outcome, PREFIX};
use crate::retry::{Begun, Form};
use crate::surface::Surface;

/// One request that writes.
pub(crate) struct Writing<'a> {
    pub caller: &'a Caller,
    pub request: &'a Request,
    pub body: Option<&'a Json>,
    /// Judges the row that is changed.
    pub judge: Option<Arc<dyn AnswerRule>>,
    pub form: Form<'a>,
}

/// What came of it: what the engine gave, or the answer that an earlier request had.
pub(crate) enum Written {
    Now(Outcome),
    Before(Response),
}

impl<'a> Writing<'a> {
    pub(crate) fn new(
        caller: &'a Caller,
        request: &'a Request,
        body: Option<&'a Json>,
        status: StatusCode,
    ) -> Self {
        Self { caller, request, body, judge: None, form: Form { status, located: None } }
    }

    /// An answer that is given again says where the new row is.
    pub(crate) fn located(mut self, model: &'a Model) -> Self {
        self.form.located = Some(model);
        self
    }

    pub(crate) fn judged(mut self, rule: Option<Arc<dyn AnswerRule>>) -> Self {
        self.judge = rule;
        self
    }
}

impl Surface {
    /// One operation; its answer is one value.
    pub(crate) async fn write_one(
        &self,
        writing: Writing<'_>,
        operation: Operation,
    ) -> Result<Written, Error> {
        self.write(writing, vec![operation], false).await
    }

    /// Several in one transaction; the answer is a list.
    pub(crate) async fn write_all(
        &self,
        writing: Writing<'_>,
        operations: Vec<Operation>,
    ) -> Result<Written, Error> {
        self.write(writing, operations, true).await
    }

    async fn write(
        &self,
        writing: Writing<'_>,
        mut operations: Vec<Operation>,
        are_several: bool,
    ) -> Result<Written, Error> {
        let Writing { caller, request, body, judge, form } = writing;
        for operation in &operations {
            let within = operation.within.as_ref().map(|within| within.model);
            caller.check(&self.schema, operation.model, within, &operation.action)?;
        }
        let (conditions, _claim) = match self.begin(caller, request, body, form).await? {
            Begun::Again(response) => return Ok(Written::Before(response)),
            Begun::Now(conditions, claim) => (Conditions { judge, ..conditions }, claim),
        };
        let sink = Box::new(JsonSink::with_prefix(PREFIX, 1024));
        let (engine, actor) = (&self.engine, &caller.actor);
        let answer = match operations.pop() {
            Some(operation) if !are_several => engine.run_if(actor, operation, &conditions, sink).await,
            last => {
                operations.extend(last);
                engine.run_all(actor, operations, &conditions, sink).await
            }
        };
        let answer = answer.map_err(Error::from);
        match self.ended(&conditions, form, answer).await? {
            Ok(answer) => Ok(Written::Now(Outcome::of(answer)?)),
            Err(response) => Ok(Written::Before(response)),
        }
    }
}
