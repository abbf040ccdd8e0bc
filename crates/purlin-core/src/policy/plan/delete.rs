//! Deleting rows.

use super::planner::{Absence, Planner, one};
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

    /// The rows of the filter that the actor sees and may delete. `by` narrows them beside it.
    pub(crate) fn delete_many(&mut self, model: &'a Model, by: Filter, filter: &Where) {
        let wanted = self.guard.client_filter(model, filter);
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        let rules = self.guard.rules_of_row(model.id, PolicyOperation::Delete);
        let filter = Filter::all([by, wanted, readable, rules]);
        self.steps.push(Step::Delete { model: model.id, filter, expect: Expect::Any });
    }
}
