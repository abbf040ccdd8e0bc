//! Conditions in memory, over rows at hand: what `@@validate` runs on, and the oracle against which
//! every store's answers are tested. It shares no code with the lowering of rules, only the meaning
//! of single comparisons (`value::compare`).

mod explain;
mod format;
mod memory;
mod words;

pub use explain::{Decision, JudgedRule, Judgement, Reason};
pub use format::{Patterns, matches_format};
pub use memory::MemoryRows;

use crate::actor::Actor;
use crate::engine::DefaultAccess;
use crate::schema::{
    Condition, Effect, Field, FieldId, FieldOperation, ModelId, Operand, Path, PathRoot, PolicyOperation,
    Quantifier, Schema,
};
use crate::value::{DateTime, Value, compare, literal_json, literal_value};

/// Values in the order of the model's fields; `Null` for relations.
pub type Row = [Value];

/// The stored rows, for conditions that follow relations.
pub trait World {
    fn related<'w>(&'w self, model: ModelId, row: &Row, relation: FieldId) -> Vec<&'w Row>;
}

/// No other rows than the one at hand.
#[derive(Debug)]
pub struct NoWorld;

impl World for NoWorld {
    fn related<'w>(&'w self, _model: ModelId, _row: &Row, _relation: FieldId) -> Vec<&'w Row> {
        Vec::new()
    }
}

pub struct Evaluator<'a> {
    pub schema: &'a Schema,
    pub actor: &'a Actor,
    pub default_access: DefaultAccess,
    pub now: DateTime,
    pub patterns: &'a Patterns,
    pub world: &'a dyn World,
}

impl std::fmt::Debug for Evaluator<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Evaluator").finish_non_exhaustive()
    }
}

/// The rows that a condition's names mean.
#[derive(Clone)]
struct Scopes<'a> {
    /// Innermost last.
    rows: Vec<&'a Row>,
    before: Option<&'a Row>,
    operation: PolicyOperation,
}

impl<'a> Evaluator<'a> {
    /// Whether the rules of `model` let the actor do `operation` on `row`.
    pub fn allows(
        &self,
        model: ModelId,
        operation: PolicyOperation,
        row: &'a Row,
        before: Option<&'a Row>,
    ) -> bool {
        if self.actor.passes_rules() {
            return true;
        }
        let policies = &self.schema.model(model).policies;
        if policies.is_empty() {
            return match self.default_access {
                DefaultAccess::Deny => false,
                DefaultAccess::Authenticated => self.actor.user().is_some(),
                DefaultAccess::Public => true,
            };
        }
        let scopes = Scopes { rows: vec![row], before, operation };
        let mut has_allow = false;
        let mut is_allowed = false;
        for rule in policies.iter().filter(|rule| rule.operations.contains(&operation)) {
            let holds = self.holds(&rule.condition, &scopes);
            match rule.effect {
                Effect::Deny if holds => return false,
                Effect::Deny => {}
                Effect::Allow => {
                    has_allow = true;
                    is_allowed |= holds;
                }
            }
        }
        is_allowed || (operation == PolicyOperation::PostUpdate && !has_allow)
    }

    /// Whether the rules of a field let the actor read or change it in `row`.
    pub fn allows_field(&self, field: &Field, operation: FieldOperation, row: &'a Row) -> bool {
        if self.actor.passes_rules() {
            return true;
        }
        let model_operation = match operation {
            FieldOperation::Read => PolicyOperation::Read,
            FieldOperation::Update => PolicyOperation::Update,
        };
        let scopes = Scopes { rows: vec![row], before: None, operation: model_operation };
        let rules = || field.policies.iter().filter(|rule| rule.operations.contains(&operation));
        let holds = |effect| {
            rules().filter(|rule| rule.effect == effect).any(|rule| self.holds(&rule.condition, &scopes))
        };
        let has_allow = rules().any(|rule| rule.effect == Effect::Allow);
        !holds(Effect::Deny) && (!has_allow || holds(Effect::Allow))
    }

    /// A `@@validate` condition over one row.
    pub fn is_valid(&self, condition: &Condition, row: &'a Row) -> bool {
        let scopes = Scopes { rows: vec![row], before: None, operation: PolicyOperation::Create };
        self.holds(condition, &scopes)
    }

    fn holds(&self, condition: &Condition, scopes: &Scopes<'a>) -> bool {
        match condition {
            Condition::Constant(truth) => *truth,
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, scopes)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, scopes)),
            Condition::Not(inner) => !self.holds(inner, scopes),
            Condition::Compare { op, left, right } => {
                let (a, b) = (self.value(left, Some(right), scopes), self.value(right, Some(left), scopes));
                if is_row_field(left) && is_row_field(right) {
                    compare::compare_with_nulls(*op, &a, &b)
                } else {
                    compare::compare(*op, &a, &b)
                }
            }
            Condition::IsNull(operand) => self.is_null(operand, scopes),
            Condition::Truth(operand) => self.value(operand, None, scopes) == Value::Boolean(true),
            Condition::In { value, list } => {
                let list_value = self.value(list, Some(value), scopes);
                let value = self.value(value, Some(list), scopes);
                compare::list(crate::schema::ListOp::Has, &list_value, Some(&value))
            }
            Condition::Text { op, value, argument, ignore_case } => compare::text(
                *op,
                &self.value(value, None, scopes),
                &self.value(argument, None, scopes),
                *ignore_case,
            ),
            Condition::List { op, list, argument } => {
                let argument = argument.as_ref().map(|argument| self.value(argument, Some(list), scopes));
                compare::list(*op, &self.value(list, None, scopes), argument.as_ref())
            }
            Condition::Collection { quantifier, path, condition } => {
                if path.root == PathRoot::Auth && self.actor.user().is_none() {
                    return false;
                }
                let rows = self.rows(path, scopes);
                let matches = |row: &&'a Row| {
                    let mut inner = scopes.clone();
                    inner.rows.push(row);
                    self.holds(condition, &inner)
                };
                match quantifier {
                    Quantifier::Some => rows.iter().any(matches),
                    Quantifier::Every => rows.iter().all(matches),
                    Quantifier::None => !rows.iter().any(matches),
                }
            }
            Condition::Check { path, operation } => {
                self.rows(path, scopes).into_iter().any(|row| self.allows(path.model, *operation, row, None))
            }
            Condition::Format { kind, value } => {
                matches_format(kind, &self.value(value, None, scopes), self.patterns)
            }
        }
    }

    fn is_null(&self, operand: &Operand, scopes: &Scopes<'a>) -> bool {
        match operand {
            Operand::Path(path) if path.field.is_none() && path.relations.is_empty() => {
                path.root == PathRoot::Auth && self.actor.user().is_none()
            }
            Operand::Path(path) if path.field.is_none() => self.rows(path, scopes).is_empty(),
            other => self.value(other, None, scopes).is_null(),
        }
    }

    fn value(&self, operand: &Operand, counterpart: Option<&Operand>, scopes: &Scopes<'a>) -> Value {
        match operand {
            Operand::Literal(literal) => {
                let field = counterpart.and_then(|operand| match operand {
                    Operand::Path(path) if path.members.is_empty() => {
                        path.field.map(|field| self.schema.model(path.model).field(field))
                    }
                    Operand::Path(_) => None,
                    _ => None,
                });
                let compares_member =
                    matches!(counterpart, Some(Operand::Path(path)) if !path.members.is_empty());
                if compares_member {
                    return json_scalar(&literal_json(literal));
                }
                literal_value(self.schema, literal, field)
            }
            Operand::EnumMember(id, position) => {
                let member = self.schema.enumeration(*id).values.get(usize::from(*position));
                member.map_or(Value::Null, |member| Value::String(member.database_name.clone()))
            }
            Operand::Now => Value::DateTime(self.now),
            Operand::CurrentOperation(casing) => Value::String(compare::cased(scopes.operation, *casing)),
            Operand::Length(inner) => compare::length(&self.value(inner, None, scopes)),
            Operand::Path(path) => {
                let Some(field) = path.field else { return Value::Null };
                let row = self.rows(path, scopes).first().copied();
                let value = row.and_then(|row| row.get(field.index())).cloned().unwrap_or(Value::Null);
                if path.members.is_empty() { value } else { member(&value, &path.members) }
            }
        }
    }

    /// The rows that a path's relations lead to; without relations, its root.
    fn rows(&self, path: &Path, scopes: &Scopes<'a>) -> Vec<&'a Row> {
        let root: Option<&'a Row> = match path.root {
            PathRoot::Auth => self.actor.user().map(|user| user.values.as_slice()),
            PathRoot::Before => scopes.before,
            PathRoot::Scope(depth) => {
                let position = scopes.rows.len().checked_sub(1 + usize::from(depth));
                position.and_then(|position| scopes.rows.get(position)).copied()
            }
        };
        let mut rows: Vec<&'a Row> = root.into_iter().collect();
        let mut model = path.root_model;
        for relation in &path.relations {
            let next = rows.iter().flat_map(|row| self.world.related(model, row, *relation)).collect();
            rows = next;
            if let Some(relation) = self.schema.model(model).field(*relation).relation() {
                model = relation.target;
            }
        }
        rows
    }
}

/// Rooted at the rule's rows, so that null is a value among its like.
fn is_row_field(operand: &Operand) -> bool {
    matches!(operand, Operand::Path(path) if path.root != PathRoot::Auth && path.field.is_some())
}

fn member(document: &Value, members: &[String]) -> Value {
    let Value::Json(text) = document else { return Value::Null };
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return Value::Null };
    members.iter().try_fold(&json, |json, name| json.get(name)).map_or(Value::Null, json_scalar)
}

fn json_scalar(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(boolean) => Value::Boolean(*boolean),
        serde_json::Value::Number(number) => number
            .as_i64()
            .map(Value::Int)
            .or_else(|| number.as_f64().map(Value::Float))
            .unwrap_or(Value::Null),
        serde_json::Value::String(text) => Value::String(text.clone()),
        other => Value::Json(other.to_string()),
    }
}
