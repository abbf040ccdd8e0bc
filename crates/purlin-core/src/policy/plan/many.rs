//! Changing many rows in one statement.

use super::change::{Target, has_post_rules};
use super::planner::{Absence, Heard, HeardKind, Planner, known_key};
use super::values::KeyValues;
use crate::error::Error;
use crate::operation::{Data, Key, Where};
use crate::schema::{Model, PolicyOperation};
use crate::statement::{Expect, Filter, Step, Update};
use crate::validate::{ChangeSet, Reference};

impl<'a> Planner<'a> {
    /// The rows of the filter that the actor sees and may change. `by` narrows them beside it.
    pub(crate) fn update_many(
        &mut self,
        model: &'a Model,
        by: Filter,
        filter: &Where,
        set: &'a ChangeSet,
    ) -> Result<(), Error> {
        let wanted = self.guard.client_filter(model, filter);
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        self.update_all(model, Filter::all([by, wanted, readable]), set)
    }

    /// One of them, which is looked at.
    pub(crate) fn update_seen(
        &mut self,
        model: &'a Model,
        key: &Key,
        filter: &Where,
        set: &'a ChangeSet,
    ) -> Result<(), Error> {
        let by = self.seen(model, key, filter);
        self.update(model, Target { by, key: Some(key), absence: Absence::Passes }, set).map(|_| ())
    }

    /// Deletes one of them, if it is still there, and tells of it.
    pub(crate) fn delete_seen(&mut self, model: &'a Model, key: &Key, filter: &Where) {
        let by = self.seen(model, key, filter);
        self.delete(model, by, &Absence::Passes);
        self.tell_deleted(model, known_key(key));
    }

    /// Of the delete that was planned last.
    pub(crate) fn tell_deleted(&mut self, model: &Model, key: KeyValues) {
        let (data, step) = (Data::default(), self.last());
        self.tell(Heard { model: model.id, kind: HeardKind::Deleted, data, key, step });
    }

    fn seen(&mut self, model: &'a Model, key: &Key, filter: &Where) -> Filter {
        let by_key = self.guard.client_key(model, key);
        let wanted = self.guard.client_filter(model, filter);
        Filter::all([by_key, wanted, self.guard.rules_of_row(model.id, PolicyOperation::Read)])
    }

    /// All rows of `by` (scope 0) that the actor may change.
    pub(super) fn update_all(
        &mut self,
        model: &'a Model,
        by: Filter,
        set: &'a ChangeSet,
    ) -> Result<(), Error> {
        let is_looked_at = has_post_rules(model) && !self.guard.actor.passes_rules();
        if is_looked_at || set.merged.is_some() || set.heard.is_some() {
            return Err(Error::Unsupported(format!(
                "rows of {} cannot be changed together here: its rules look at each of them; change them one by one",
                model.name
            )));
        }
        for connect in &set.connects {
            self.load_connected(model, connect);
        }
        if set.references.iter().any(Reference::is_partial) {
            return Err(Error::Unsupported(format!(
                "many rows of {} cannot be given half of a key: give all of its fields",
                model.name
            )));
        }
        for reference in &set.references {
            let check = self.guard.check_reference(model, reference, None);
            self.steps.extend(check);
        }
        if set.changes.is_empty() {
            return Ok(());
        }
        let filter = self.changeable(model, by, set);
        let changes = set
            .changes
            .iter()
            .map(|(field, change)| (*field, self.guard.change(model.field(*field), change)))
            .collect();
        self.steps.push(Step::Update(Update { model: model.id, changes, filter, expect: Expect::Any }));
        Ok(())
    }
}
