//! Every user of one tenant asks for every row of the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use purlin_core::evaluate::{Decision, Evaluator, Judgement, Patterns};
use purlin_core::schema::{FieldId, Model, ModelId, PolicyOperation, Schema};
use purlin_core::{Actor, DateTime, DefaultAccess, User, Value};
use purlin_schema::Span;

use super::draw::{Drawn, Owner, draw};
use super::plan::{Plan, owning};

/// A rule that lets one tenant reach rows of another, with an example.
#[derive(Clone, Debug)]
pub struct Reach {
    pub operation: PolicyOperation,
    pub model: ModelId,
    /// The rule; none where the model has no rules and the setting lets everybody in.
    pub rule: Option<Span>,
    /// How many of the drawn pairs of user and row.
    pub pairs: usize,
    /// The example: a user of one tenant, a row of the other, and why.
    pub user: Vec<(String, Value)>,
    pub row: Vec<(String, Value)>,
    pub judged: Judgement,
}

#[derive(Debug)]
pub struct Found {
    pub reaches: Vec<Reach>,
    /// Pairs of user and row that were asked.
    pub asked: usize,
    pub models: Vec<ModelId>,
}

/// `fixed` are values of all users.
pub fn search(
    schema: &Arc<Schema>,
    plan: &Plan,
    fixed: &BTreeMap<FieldId, Value>,
    default_access: DefaultAccess,
    now: DateTime,
) -> Result<Found, Vec<String>> {
    let patterns = Patterns::of(schema)?;
    let drawn = draw(schema, plan, fixed, now);
    let mut found = Found { reaches: Vec::new(), asked: 0, models: plan.owned.clone() };
    let Some(auth) = schema.auth_model.map(|id| schema.model(id)) else { return Ok(found) };
    for (user, owner) in rows_of(&drawn, auth.id) {
        let actor = Actor::User(Arc::new(User::new(user.clone())));
        let evaluator =
            Evaluator { schema, actor: &actor, default_access, now, patterns: &patterns, world: &drawn.rows };
        for model in plan.owned.iter().map(|id| schema.model(*id)) {
            for (row, _) in rows_of(&drawn, model.id).filter(|(_, of)| *of != owner) {
                for operation in [PolicyOperation::Read, PolicyOperation::Update, PolicyOperation::Delete] {
                    found.asked += 1;
                    if evaluator.allows(model.id, operation, row, None) {
                        let judged = evaluator.judge(model.id, operation, row, None);
                        found.add(operation, (auth, user), (model, row), judged);
                    }
                }
                let made = written_by(auth, model, user, row);
                found.asked += 1;
                if evaluator.allows(model.id, PolicyOperation::Create, &made, None)
                    && names_what_it_reads(&evaluator, model, &made)
                {
                    let judged = evaluator.judge(model.id, PolicyOperation::Create, &made, None);
                    found.add(PolicyOperation::Create, (auth, user), (model, &made), judged);
                }
            }
        }
    }
    Ok(found)
}

fn rows_of(drawn: &Drawn, model: ModelId) -> impl Iterator<Item = (&Vec<Value>, Owner)> {
    let owners = drawn.owners.get(&model.0).map_or(&[][..], Vec::as_slice);
    drawn.rows.rows(model).iter().zip(owners.iter().copied())
}

/// A new row for the other tenant that names the user as its author.
fn written_by(auth: &Model, model: &Model, user: &[Value], row: &[Value]) -> Vec<Value> {
    let mut made = row.to_vec();
    for (_, relation) in owning(model).filter(|(_, relation)| relation.target == auth.id) {
        for (local, far) in relation.pairs() {
            if let (Some(place), Some(value)) = (made.get_mut(local.index()), user.get(far.index())) {
                *place = value.clone();
            }
        }
    }
    made
}

/// A key that is given needs what `connect` needs: that the row which it names can be read.
fn names_what_it_reads<'a>(evaluator: &Evaluator<'a>, model: &Model, row: &'a [Value]) -> bool {
    owning(model).all(|(field, relation)| {
        let targets = evaluator.world.related(model.id, row, field.id);
        targets
            .into_iter()
            .all(|target| evaluator.allows(relation.target, PolicyOperation::Read, target, None))
    })
}

impl Found {
    fn add(
        &mut self,
        operation: PolicyOperation,
        (auth, user): (&Model, &[Value]),
        (model, row): (&Model, &[Value]),
        judged: Judgement,
    ) {
        let rule = match judged.decision {
            Decision::Rule(index) => judged.rules.get(index).map(|rule| rule.span),
            _ => None,
        };
        let is_same =
            |known: &&mut Reach| (known.operation, known.model, known.rule) == (operation, model.id, rule);
        if let Some(known) = self.reaches.iter_mut().find(is_same) {
            known.pairs += 1;
            return;
        }
        let (user, row) = (told(auth, user), told(model, row));
        self.reaches.push(Reach { operation, model: model.id, rule, pairs: 1, user, row, judged });
    }
}

/// The columns of a row by name; passwords stay out.
fn told(model: &Model, row: &[Value]) -> Vec<(String, Value)> {
    let columns = model.columns().filter(|field| !field.is_password);
    columns.filter_map(|field| Some((field.name.clone(), row.get(field.id.index())?.clone()))).collect()
}
