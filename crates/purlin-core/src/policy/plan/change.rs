//! Changing rows.

use std::sync::Arc;

use super::planner::{Absence, Heard, HeardKind, Planner, known_key, one};
use super::values::KeyValues;
use super::values::slot_key;
use crate::error::Error;
use crate::operation::Key;
use crate::policy::references::Stored;
use crate::policy::scope::Scope;
use crate::schema::{FieldOperation, Model, PolicyOperation};
use crate::statement::{Expect, Filter, LoadSlot, Step, Update};
use crate::validate::{ChangeSet, NewChange, OwnedWrite, Reference};

/// The row to change.
pub(crate) struct Target<'k> {
    /// Names it, as the client does (scope 0).
    pub by: Filter,
    /// Its key, where the client gave one.
    pub key: Option<&'k Key>,
    pub absence: Absence,
}

impl<'a> Planner<'a> {
    /// Answers the key that the row has then.
    pub(crate) fn update(
        &mut self,
        model: &'a Model,
        target: Target<'_>,
        set: &'a ChangeSet,
    ) -> Result<KeyValues, Error> {
        let has_post_rules = has_post_rules(model);
        let is_one_step = !has_post_rules
            && set.slot.is_none()
            && set.merged.is_none()
            && set.connects.is_empty()
            && set.references.is_empty();
        let passes = matches!(target.absence, Absence::Passes);
        for connect in &set.connects {
            self.load_connected(model, connect);
        }
        let filter = self.changeable(model, target.by.clone(), set);
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        let readable = Filter::all([target.by, readable]);
        let refusal = self.guard.refusal(model.id, PolicyOperation::Update);
        let expect = one(readable, refusal, &target.absence);
        let needs_slot = has_post_rules
            || set.changes.is_empty()
            || set.slot.is_some()
            || target.key.is_none()
            || set.heard.is_some()
            || (passes && !is_one_step)
            || set.references.iter().any(Reference::is_partial);
        if !needs_slot {
            return self.change(model, target.key, None, set, (filter, expect));
        }
        let slot = set.slot.unwrap_or_else(|| self.slot());
        let fields = model.columns().map(|field| field.id).collect();
        let load =
            Step::Load { slot, model: model.id, fields, filter: filter.clone(), expect: expect.clone() };
        self.steps.push(load);
        let key = target.key;
        let change = |planner: &mut Self| planner.change(model, key, Some(slot), set, (filter, expect));
        if passes { self.only_if(slot, true, change) } else { change(self) }
    }

    /// `slot` is where the row as it was has been read to.
    fn change(
        &mut self,
        model: &'a Model,
        key: Option<&Key>,
        slot: Option<LoadSlot>,
        set: &'a ChangeSet,
        (filter, expect): (Filter, Expect),
    ) -> Result<KeyValues, Error> {
        for owned in &set.owned {
            self.owned_before(model, owned, slot)?;
        }
        for reference in &set.references {
            let stored = key.map(|key| Stored { key, slot });
            let check = match (stored, slot) {
                (Some(stored), _) => self.guard.check_reference(model, reference, Some(stored)),
                _ => self.guard.check_reference(model, reference, None),
            };
            self.steps.extend(check);
        }
        let mut new_key: KeyValues = match (key, slot) {
            (Some(key), _) => known_key(key),
            (None, Some(slot)) => slot_key(model, slot),
            (None, None) => return Err(Error::internal("a row to change has neither key nor slot")),
        };
        if !set.changes.is_empty() {
            let mut changes = Vec::with_capacity(set.changes.len());
            for (field, change) in &set.changes {
                if let (Some(place), NewChange::Set(value)) =
                    (new_key.iter_mut().find(|(id, _)| id == field), change)
                {
                    place.1 = value.clone();
                }
                changes.push((*field, self.guard.change(model.field(*field), change)));
            }
            self.steps.push(Step::Update(Update { model: model.id, changes, filter, expect }));
            if let (Some(data), Some(slot)) = (&set.heard, slot) {
                let (data, key, step) = (data.clone(), key_then(model, slot, set), self.last());
                self.tell(Heard { model: model.id, kind: HeardKind::Updated, data, key, step });
            }
        }
        for related in &set.related {
            self.related(model, related, false)?;
        }
        for owned in &set.owned {
            if matches!(owned.write, OwnedWrite::Delete(_)) {
                self.owned_after(model, owned, slot)?;
            }
        }
        // Of the row with all that was written around it.
        let is_changed = !set.changes.is_empty() || !set.related.is_empty() || !set.owned.is_empty();
        if is_changed && has_post_rules(model) && !self.guard.actor.passes_rules() {
            let outer = std::mem::replace(&mut self.guard.before, slot);
            self.check_stored_row(model, &new_key, PolicyOperation::PostUpdate);
            self.guard.before = outer;
        }
        if let Some(rule) = &set.merged {
            self.validate_stored(model, &new_key, Arc::clone(rule));
        }
        Ok(new_key)
    }

    /// The rows of `by` to which this actor may make these changes.
    pub(super) fn changeable(&mut self, model: &'a Model, by: Filter, set: &ChangeSet) -> Filter {
        let guard = &mut self.guard;
        let mut parts = vec![by, guard.rules_of_row(model.id, PolicyOperation::Update)];
        for id in &set.named {
            let field = model.field(*id);
            parts.push(guard.alone(Scope::Stored { is_named: true }, |guard| {
                guard.field_rules(field, FieldOperation::Update)
            }));
        }
        // What is calculated tells of the old value, by the bounds of the new one if not by itself.
        let mut calculated = set.changes.iter().filter(|(_, change)| change.is_calculated()).peekable();
        if calculated.peek().is_some() {
            parts.push(guard.rules_of_row(model.id, PolicyOperation::Read));
        }
        for (id, _) in calculated {
            parts.push(guard.row_field_rules(model.field(*id)));
        }
        Filter::all(parts)
    }
}

/// The primary key of the row in a slot, once it is changed.
fn key_then(model: &Model, slot: LoadSlot, set: &ChangeSet) -> KeyValues {
    let mut key = slot_key(model, slot);
    for (field, value) in &mut key {
        if let Some((_, NewChange::Set(new))) = set.changes.iter().find(|(id, _)| id == field) {
            *value = new.clone();
        }
    }
    key
}

pub(super) fn has_post_rules(model: &Model) -> bool {
    model.policies.iter().any(|rule| rule.operations.contains(&PolicyOperation::PostUpdate))
}
