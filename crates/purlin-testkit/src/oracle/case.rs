//! One seed's material, and what engine and evaluator are asked with.

use std::cell::Cell;
use std::sync::Arc;

use purlin_core::clock::Clock;
use purlin_core::evaluate::{Evaluator, Patterns};
use purlin_core::operation::{Action, Operation, Within};
use purlin_core::schema::{ModelId, Schema};
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::ReadOutcome;
use purlin_core::{Actor, CacheUse, DateTime, DefaultAccess, Engine, Error, FieldErrors, User, Value};
use serde_json::Value as Json;

use super::expect::Expect;
use super::world::Rows;
use crate::block_on;

/// A clock that stands still.
#[derive(Debug)]
pub(super) struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime {
        DateTime::from_millis(1_700_000_000_001).unwrap()
    }
}

/// The keys that a database counts up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    WithoutGaps,
    /// A write that is refused may use a number up, so which comes next cannot be foretold.
    WithGaps,
}

pub(super) struct Case<'a> {
    pub(super) seed: u64,
    pub(super) text: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) engine: &'a Engine,
    /// The rows of the auth model, as the seed drew them.
    pub(super) users: Vec<Vec<Value>>,
    /// Answers that came from the cache.
    pub(super) hits: Cell<u32>,
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) model: ModelId,
    pub(super) action: Action,
    pub(super) within: Option<Within>,
}

impl Case<'_> {
    pub(super) fn actors(&self) -> Vec<Actor> {
        let signed_in = self.users.iter().take(3).map(|row| Actor::User(Arc::new(User::new(row.clone()))));
        std::iter::once(Actor::Anonymous).chain(signed_in).collect()
    }

    pub(super) fn expect<'b>(
        &'b self,
        rows: &'b Rows<'b>,
        actor: &'b Actor,
        patterns: &'b Patterns,
    ) -> Expect<'b> {
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

    pub(super) fn run(&self, actor: &Actor, request: Request) -> Result<(Json, ReadOutcome), Error> {
        let Request { model, action, within } = request;
        let operation = Operation { model, action, within, errors: FieldErrors::default() };
        let answer = block_on(self.engine.run(actor, operation, Box::new(JsonSink::default())))?;
        if answer.cache == Some(CacheUse::Hit) {
            self.hits.set(self.hits.get() + 1);
        }
        Ok((sink_json(answer.sink), answer.outcome))
    }

    /// What is hidden must be answered as what does not exist, to the letter.
    pub(super) fn same_as_absent(&self, actor: &Actor, hidden: &Error, absent: Request) {
        let told = format!("{absent:?}");
        let hidden = format!("{hidden:?}");
        let found = match self.run(actor, absent) {
            Ok(answer) => self.fail(&format!("{actor:?}\n{told}\nwas carried out: {answer:?}")),
            Err(error) => format!("{error:?}"),
        };
        if found != hidden {
            self.fail(&format!("{actor:?}\n{told}\nhidden {hidden}\nabsent {found}"));
        }
    }

    pub(super) fn fail(&self, message: &str) -> ! {
        panic!("seed {}: {message}\n\n{}", self.seed, self.text)
    }
}

/// Whether the engine refused for lack of permission, in the words that fit the actor.
pub(super) fn is_refusal(actor: &Actor, error: &Error) -> bool {
    match error {
        Error::Unauthenticated => matches!(actor, Actor::Anonymous),
        Error::Denied(_) => !matches!(actor, Actor::Anonymous),
        _ => false,
    }
}

/// What a sink holds, `null` when nothing was written.
fn sink_json(sink: Box<dyn RowSink>) -> Json {
    let sink = sink.into_any().downcast::<JsonSink>().unwrap();
    let bytes = sink.into_bytes();
    if bytes.is_empty() { Json::Null } else { serde_json::from_slice(&bytes).unwrap() }
}
