//! Pairs of join tables, and which rows belong to a row.

use super::planner::Planner;
use super::values::KeyValues;
use crate::error::Error;
use crate::policy::NewValue;
use crate::schema::{FieldId, Link, Model, ModelId, PolicyOperation, Quantifier, Relation};
use crate::statement::{CheckFailure, Filter, Origin, Step};

impl<'a> Planner<'a> {
    /// Adds the pair of two rows that are there.
    pub(super) fn link(
        &mut self,
        (model, relation): (ModelId, FieldId),
        local: &NewValue,
        key: &KeyValues,
        target_key: FieldId,
    ) -> Result<(), Error> {
        let target = key.iter().find(|(field, _)| *field == target_key).map(|(_, value)| value);
        let target = target.and_then(|value| self.guard.write_value(value));
        let (Some(local), Some(target)) = (self.guard.write_value(local), target) else {
            return Err(Error::internal("a linked row has no key"));
        };
        self.steps.push(Step::Link { model, relation, local, target, remove: false });
        Ok(())
    }

    /// The rows of `relation` (scope 0) that belong to the row with these values.
    pub(super) fn belongs(&mut self, relation: &Relation, parent: &[(FieldId, NewValue)]) -> Filter {
        match &relation.link {
            Link::Join(_) => {
                let source = self.model(relation.target).field(relation.opposite).relation();
                let Some(source) = source.map(|opposite| opposite.target) else { return Filter::Never };
                let condition = self.guard.stored_key_filter(source, parent);
                Filter::Related {
                    origin: Origin::ROW,
                    model: relation.target,
                    relation: relation.opposite,
                    quantifier: Quantifier::Some,
                    condition: Box::new(condition),
                }
            }
            Link::Inverse { .. } | Link::Owning { .. } => {
                let there: Vec<(FieldId, NewValue)> = relation
                    .pairs()
                    .filter_map(|(local, there)| {
                        let value = parent.iter().find(|(known, _)| *known == local);
                        value.map(|(_, value)| (there, value.clone()))
                    })
                    .collect();
                self.guard.stored_key_filter(relation.target, &there)
            }
        }
    }

    /// Rows of `by` (scope 0) that the actor sees and may not change stop the plan.
    pub(super) fn refuse_unchangeable(&mut self, model: &'a Model, by: Filter, changeable: Filter) {
        let refused = Filter::not(changeable);
        if refused == Filter::Never {
            return;
        }
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        let condition = match Filter::all([by, readable, refused]) {
            Filter::Never => return,
            condition => Box::new(condition),
        };
        let filter = Filter::not(Filter::Exists { model: model.id, condition });
        let failure = CheckFailure::Denied(self.guard.refusal(model.id, PolicyOperation::Update));
        self.steps.push(Step::Check { filter, failure });
    }
}
