//! Deleting rows.

use super::planner::{Absence, Planner, one};
use super::values::{KeyValues, slot_key};
use crate::operation::Where;
use crate::schema::{Model, PolicyOperation};
use crate::statement::{Expect, Filter, Step};

impl<'a> Planner<'a> {
    /// The row that `by` names (scope 0).
    pub(crate) fn delete(&mut self, model: &'a Model, by: Filter, absence: &Absence) {
        let rules = self.guard.rules_of_row(model.id, PolicyOperation::Delete);
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        let readable = Filter::all([by.clone(), readable]);
        let refusal = self.guard.refusal(model.id, PolicyOperation::Delete);
        let expect = one(readable, refusal, absence);
        self.steps.push(Step::Delete { model: model.id, filter: Filter::all([by, rules]), expect });
    }

    /// The primary key of the row that `by` names, read before it goes.
    pub(crate) fn key_of_row(&mut self, model: &'a Model, by: Filter) -> KeyValues {
        let slot = self.slot();
        let fields = model.key_fields().map(|field| field.id).collect();
        self.steps.push(Step::Load { slot, model: model.id, fields, filter: by, expect: Expect::Any });
        slot_key(model, slot)
    }

    /// The rows of the filter that the actor sees and may delete. `by` narrows them beside it.
    pub(crate) fn delete_many(&mut self, model: &'a Model, by: Filter, filter: &Where) {
        let wanted = self.guard.client_filter(model, filter);
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        let rules = self.guard.rules_of_row(model.id, PolicyOperation::Delete);
        let filter = Filter::all([by, wanted, readable, rules]);
        self.steps.push(Step::Delete { model: model.id, filter, expect: Expect::Any });
    }
}
