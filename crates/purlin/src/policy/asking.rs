//! Questions about rows of a database: who asks and the row are loaded, data is typed, and the rules are asked.

use std::sync::Arc;

use purlin_core::clock::{Clock as _, SystemClock};
use purlin_core::evaluate::{Evaluator, Patterns};
use purlin_core::input::data_from_json;
use purlin_core::operation::{Assignment, Data, Key, UpdateMode};
use purlin_core::schema::{Model, PolicyOperation};
use purlin_core::{Actor, Admin, DefaultAccess, Engine, Error, FieldErrors};
use serde_json::Value as Json;

use super::loading::{Asked, answered, row_by};
use super::question::{Question, Verdict, ask, assigned, new_row};
use super::subject::Who;

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody, no row, or data of another form.
    #[error("{0}")]
    Question(String),
    #[error(transparent)]
    Database(#[from] Error),
}

/// What questions are put to.
#[derive(Debug)]
pub struct Asking<'e> {
    engine: &'e Arc<Engine>,
    patterns: Patterns,
    default_access: DefaultAccess,
}

impl<'e> Asking<'e> {
    pub fn new(engine: &'e Arc<Engine>, default_access: DefaultAccess) -> Result<Self, Refused> {
        let patterns =
            Patterns::of(engine.schema()).map_err(|errors| Refused::Question(errors.join("\n")))?;
        Ok(Self { engine, patterns, default_access })
    }

    async fn actor(&self, who: &Who) -> Result<Actor, Refused> {
        match who {
            Who::Anonymous => Ok(Actor::Anonymous),
            Who::Admin => Ok(Actor::Admin(Arc::new(Admin { email: "purlin policy".to_owned() }))),
            Who::User(id) => match self.engine.load_user(id).await? {
                Some(user) => Ok(Actor::User(Arc::new(user))),
                None => Err(Refused::Question(format!("there is no active user with the id {id}"))),
            },
        }
    }

    /// May `who` do this with the row that `key` names, or with a new one?
    pub async fn verdict(
        &self,
        who: &Who,
        operation: PolicyOperation,
        model: &Model,
        key: Option<&Key>,
        json: Option<&Json>,
    ) -> Result<Verdict, Refused> {
        let actor = self.actor(who).await?;
        let data = self.data(operation, model, json)?;
        let mut asked = Asked::new(self.engine.schema());
        for (id, assignment) in &data.fields {
            let (Assignment::Connect(key), Some(relation)) = (assignment, model.field(*id).relation()) else {
                continue;
            };
            let target = self.engine.schema().model(relation.target);
            if let Some(row) = row_by(self.engine, target, key).await? {
                asked.rows.insert(target.id, row);
            }
        }
        let stored = match key {
            Some(key) => Some(
                row_by(self.engine, model, key)
                    .await?
                    .ok_or_else(|| Refused::Question(format!("there is no {} with this key", model.name)))?,
            ),
            None => None,
        };
        let verdict = answered(self.engine, &mut asked, |asked| {
            let evaluator = Evaluator {
                schema: self.engine.schema(),
                actor: &actor,
                default_access: self.default_access,
                now: SystemClock.now(),
                patterns: &self.patterns,
                world: asked,
            };
            let question = Question { operation, model, data: &data };
            match &stored {
                None => {
                    let row = new_row(&evaluator, model, &data);
                    let row = connected(asked, model, row, &data);
                    ask(&evaluator, &question, &row, None)
                }
                Some(row) => {
                    let after = assigned(model, row, &data);
                    let after = connected(asked, model, after, &data);
                    let after = (operation == PolicyOperation::Update).then_some(after.as_slice());
                    ask(&evaluator, &question, row, after)
                }
            }
        });
        Ok(verdict.await?)
    }

    fn data(&self, operation: PolicyOperation, model: &Model, json: Option<&Json>) -> Result<Data, Refused> {
        let mode = match operation {
            PolicyOperation::Create => None,
            PolicyOperation::Update => Some(UpdateMode::Partial),
            _ if json.is_none() => return Ok(Data::default()),
            _ => return Err(Refused::Question(format!("{} takes no data", operation.as_str()))),
        };
        let Some(json) = json else { return Ok(Data::default()) };
        let mut errors = FieldErrors::default();
        let data = data_from_json(self.engine.schema(), model, json, mode, "", &mut errors);
        match errors.into_result() {
            Ok(()) => Ok(data),
            Err(error) => Err(Refused::Question(format!("the data is wrong: {}", described(&error)))),
        }
    }
}

/// Keys of rows that were connected by another key than that which the relation holds.
fn connected(
    asked: &Asked,
    model: &Model,
    mut row: Vec<purlin_core::Value>,
    data: &Data,
) -> Vec<purlin_core::Value> {
    for (id, assignment) in &data.fields {
        let (Assignment::Connect(key), Some(relation)) = (assignment, model.field(*id).relation()) else {
            continue;
        };
        let Some(target) = asked.rows.find(relation.target, &key.fields) else { continue };
        for (local, far) in relation.pairs() {
            if let (Some(place), Some(value)) = (row.get_mut(local.index()), target.get(far.index())) {
                *place = value.clone();
            }
        }
    }
    row
}

/// With each field.
fn described(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => {
            let lines = fields.0.iter().map(|(name, messages)| format!("{name} {}", messages.join(", ")));
            lines.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
