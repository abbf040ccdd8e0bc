//! `@@validate`: conditions over the fields of one row.

use std::sync::Arc;

use super::create::Making;
use super::field::checked_value;
use crate::actor::Actor;
use crate::engine::DefaultAccess;
use crate::error::{Error, FieldErrors};
use crate::evaluate::{Evaluator, NoWorld, Patterns};
use crate::policy::{NewRow, NewValue};
use crate::schema::{Condition, FieldId, Model, ModelId, Operand, Schema};
use crate::statement::RowRule;
use crate::value::{DateTime, Value};

/// Judges a new row, as far as it is known. Answers whether some condition is about a value that only the
/// plan or the database will give: such a row is judged again when it is stored.
pub(super) fn validate_new(
    making: &Making<'_>,
    model: &Model,
    row: &NewRow,
    prefix: &str,
    errors: &mut FieldErrors,
) -> bool {
    if model.validations.is_empty() || !errors.is_empty() {
        return false;
    }
    let values: Vec<Value> = row
        .values
        .iter()
        .map(|value| match value {
            NewValue::Value(value) => value.clone(),
            NewValue::Loaded(..) | NewValue::Generated => Value::Null,
        })
        .collect();
    let is_known = |field: FieldId| matches!(row.get(field), NewValue::Value(_));
    let judge =
        Judge { schema: making.schema, actor: making.actor, now: making.now, patterns: making.patterns };
    judge.check(model, &values, prefix, errors, |condition| is_about_only(condition, &is_known))
}

struct Judge<'a> {
    schema: &'a Schema,
    actor: &'a Actor,
    now: DateTime,
    patterns: &'a Patterns,
}

impl Judge<'_> {
    /// Adds the message of every `@@validate` that does not hold, and answers whether one could not be judged.
    fn check(
        &self,
        model: &Model,
        values: &[Value],
        prefix: &str,
        errors: &mut FieldErrors,
        can_judge: impl Fn(&Condition) -> bool,
    ) -> bool {
        let Self { schema, actor, now, patterns } = *self;
        let evaluator =
            Evaluator { schema, actor, default_access: DefaultAccess::Deny, now, patterns, world: &NoWorld };
        let mut is_open = false;
        for validation in &model.validations {
            if !can_judge(&validation.condition) {
                is_open = true;
            } else if !evaluator.is_valid(&validation.condition, values) {
                let message =
                    validation.message.clone().unwrap_or_else(|| format!("breaks a rule of {}", model.name));
                let path = format!("{prefix}{}", validation.path.join("."));
                errors.add(path.trim_end_matches('.'), message);
            }
        }
        is_open
    }
}

/// Whether every field that a condition names is one of `fields`.
fn is_about_only(condition: &Condition, fields: &impl Fn(FieldId) -> bool) -> bool {
    let all = |operands: &[&Operand]| operands.iter().all(|operand| is_one_of(operand, fields));
    match condition {
        Condition::Constant(_) => true,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(|part| is_about_only(part, fields)),
        Condition::Not(inner) => is_about_only(inner, fields),
        Condition::Compare { left, right, .. } => all(&[left, right]),
        Condition::IsNull(value) | Condition::Truth(value) | Condition::Format { value, .. } => all(&[value]),
        Condition::In { value, list } => all(&[value, list]),
        Condition::Text { value, argument, .. } => all(&[value, argument]),
        Condition::List { list, argument, .. } => {
            all(&[list]) && argument.as_ref().is_none_or(|argument| all(&[argument]))
        }
        // They look at other rows, which only stored ones have.
        Condition::Collection { .. } | Condition::Check { .. } => false,
    }
}

fn is_one_of(operand: &Operand, fields: &impl Fn(FieldId) -> bool) -> bool {
    match operand {
        Operand::Path(path) => path.relations.is_empty() && path.field.is_none_or(fields),
        Operand::Length(inner) => is_one_of(inner, fields),
        Operand::Literal(_) | Operand::EnumMember(..) | Operand::Now | Operand::CurrentOperation(_) => true,
    }
}

/// Runs field and model validations on the row as a write has left it, inside its transaction.
#[derive(Debug)]
pub(crate) struct StoredRow {
    pub schema: Arc<Schema>,
    pub patterns: Arc<Patterns>,
    pub model: ModelId,
    pub now: DateTime,
    pub actor: Actor,
    /// Stands before field names in messages.
    pub prefix: String,
    /// Fields changed by arithmetic or `push`: their own validations have not been run yet.
    pub recheck: Vec<FieldId>,
}

impl RowRule for StoredRow {
    fn check(&self, fields: &[(FieldId, Value)]) -> Result<(), Error> {
        let model = self.schema.model(self.model);
        let mut values = vec![Value::Null; model.fields.len()];
        for (id, value) in fields {
            if let Some(place) = values.get_mut(id.index()) {
                *place = value.clone();
            }
        }
        let mut errors = FieldErrors::default();
        for field in self.recheck.iter().map(|id| model.field(*id)) {
            let value = values.get(field.id.index()).cloned().unwrap_or(Value::Null);
            if let Err(messages) = checked_value(&self.schema, field, value, &self.patterns) {
                let path = format!("{}{}", self.prefix, field.name);
                messages.into_iter().for_each(|message| errors.add(path.clone(), message));
            }
        }
        let judge =
            Judge { schema: &self.schema, actor: &self.actor, now: self.now, patterns: &self.patterns };
        judge.check(model, &values, &self.prefix, &mut errors, |_| true);
        errors.into_result()
    }
}
