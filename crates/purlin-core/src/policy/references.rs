//! Links made by key values: what the actor may not see, it may not link to, nor learn of.

use super::scope::{Guard, NewRow, NewValue, Scope, column};
use crate::operation::Key;
use crate::schema::{CompareOp, FieldOperation, Model, PolicyOperation};
use crate::statement::{CheckFailure, Filter, LoadSlot, Loaded, Operand, Step};
use crate::validate::{KeyPart, Reference};

/// The row that an update changes.
#[derive(Clone, Copy)]
pub(super) struct Stored<'k> {
    pub key: &'k Key,
    /// Where its columns are, when a key is given in part.
    pub slot: Option<LoadSlot>,
}

impl<'a> Guard<'a> {
    /// The check that a link needs; `None` where the actor sees whatever it could lead to. Then the
    /// database alone answers for what does not exist.
    pub(super) fn check_reference(
        &mut self,
        model: &'a Model,
        reference: &Reference,
        stored: Option<Stored<'_>>,
    ) -> Option<Step> {
        let target = self.schema.model(model.field(reference.relation).relation()?.target);
        let known = self.params.len();
        let mut visible = vec![self.rules_of_row(target.id, PolicyOperation::Read)];
        for part in &reference.parts {
            visible.push(self.row_field_rules(target.field(part.target)));
        }
        let visible = Filter::all(visible);
        if visible == Filter::Always || self.is_own_row(target, &reference.parts) {
            self.params.truncate(known);
            return None;
        }
        let slot = stored.and_then(|stored| stored.slot);
        let mut condition = Vec::with_capacity(reference.parts.len() + 1);
        let mut ways = Vec::new();
        for part in &reference.parts {
            let right = match (&part.value, slot) {
                (Some(value), _) => self.new_operand(value),
                (None, Some(slot)) => {
                    let stored = Operand::Loaded(Loaded { slot, model: model.id, field: part.local });
                    // With a null in its key the row is linked to nothing.
                    ways.push(Filter::IsNull(stored.clone()));
                    Some(stored)
                }
                (None, None) => None,
            };
            condition.push(match right {
                Some(right) => {
                    Filter::Compare { op: CompareOp::Equal, left: column(target.id, part.target), right }
                }
                // What the database makes cannot be looked up before.
                None => Filter::Never,
            });
        }
        condition.push(visible);
        ways.push(exists(target, condition));
        if let Some(stored) = stored {
            ways.push(self.is_linked_already(model, reference, stored.key));
        }
        let failure = CheckFailure::Invalid {
            path: reference.path.clone(),
            message: format!("names no {} that you may see", target.name),
        };
        Some(Step::Check { filter: Filter::any(ways), failure })
    }

    /// Whether the key is that of the actor's own row, and its rules let it see itself: the usual case of
    /// `authorId`, which must not cost a statement.
    fn is_own_row(&self, target: &Model, parts: &[KeyPart]) -> bool {
        let Some(user) = self.actor.user().filter(|_| self.schema.auth_model == Some(target.id)) else {
            return false;
        };
        let is_own = |part: &KeyPart| matches!(&part.value, Some(NewValue::Value(value)) if user.values.get(part.target.index()) == Some(value));
        if !parts.iter().all(is_own) {
            return false;
        }
        let row = NewRow { values: user.values.iter().cloned().map(NewValue::Value).collect() };
        let mut guard = Guard::new(self.schema, self.actor, self.default_access, self.now);
        let visible = guard.alone(Scope::New(&row), |guard| {
            let fields = parts.iter().map(|part| target.field(part.target));
            let fields: Vec<Filter> =
                fields.map(|field| guard.field_rules(field, FieldOperation::Read)).collect();
            Filter::all([guard.rules(target.id, PolicyOperation::Read), Filter::all(fields)])
        });
        visible == Filter::Always
    }

    /// The link that is there already, to an actor who sees that it is, may stay: a whole row that was read
    /// can be sent back.
    fn is_linked_already(&mut self, model: &'a Model, reference: &Reference, key: &Key) -> Filter {
        let mut condition =
            vec![self.client_key(model, key), self.rules_of_row(model.id, PolicyOperation::Read)];
        for part in &reference.parts {
            let Some(value) = &part.value else { continue };
            let field = model.field(part.local);
            if field.is_omitted {
                return Filter::Never;
            }
            condition.push(self.row_field_rules(field));
            condition.push(match self.new_operand(value) {
                Some(right) => {
                    Filter::Compare { op: CompareOp::Equal, left: column(model.id, field.id), right }
                }
                None => Filter::Never,
            });
        }
        exists(model, condition)
    }

    fn new_operand(&mut self, value: &NewValue) -> Option<Operand> {
        match value {
            NewValue::Value(value) => Some(Operand::Param(self.param(value.clone()))),
            NewValue::Loaded(loaded) => Some(Operand::Loaded(*loaded)),
            NewValue::Generated => None,
        }
    }
}

fn exists(model: &Model, condition: Vec<Filter>) -> Filter {
    match Filter::all(condition) {
        Filter::Never => Filter::Never,
        condition => Filter::Exists { model: model.id, condition: Box::new(condition) },
    }
}
