//! Inserting a row, with what is written around it.

use std::sync::Arc;

use super::planner::{Absence, Heard, HeardKind, Planner, one};
use super::values::KeyValues;
use super::values::inserted_key;
use crate::error::Error;
use crate::operation::Within;
use crate::policy::NewValue;
use crate::policy::scope::{NewRow, Scope};
use crate::schema::{Field, FieldId, Link, Model, PolicyOperation};
use crate::statement::{CheckFailure, Expect, Filter, Insert, LoadSlot, RowRule, Step};
use crate::validate::{Connect, Draft};

/// How a row is inserted.
#[derive(Clone, Copy)]
pub(crate) struct Inserting<'s> {
    /// Answered by the insert itself.
    pub shown: &'s [FieldId],
    pub skips_duplicates: bool,
}

/// A row that is inserted, and the step that does it.
pub(crate) struct Created {
    pub key: KeyValues,
    pub step: usize,
}

impl Inserting<'_> {
    pub(crate) const PLAIN: Self = Self { shown: &[], skips_duplicates: false };
}

impl<'a> Planner<'a> {
    pub(crate) fn create(
        &mut self,
        model: &'a Model,
        draft: &'a Draft,
        how: Inserting<'_>,
    ) -> Result<Created, Error> {
        for owned in &draft.owned {
            self.owned_before(model, owned, None)?;
        }
        for connect in &draft.connects {
            self.load_connected(model, connect);
        }
        for reference in &draft.references {
            let check = self.guard.check_reference(model, reference, None);
            self.steps.extend(check);
        }
        let after = self.check_new_row(model, &draft.row)?;
        if how.skips_duplicates && (after || draft.stored_rule.is_some() || !draft.related.is_empty()) {
            return Err(Error::Unsupported(format!(
                "duplicates of {} cannot be skipped: what follows looks at each row once it is stored",
                model.name
            )));
        }
        let slot = draft.slot;
        let key = inserted_key(model, &draft.row, slot);
        self.insert(model, draft, how);
        let step = self.last();
        if let Some(data) = &draft.heard {
            let (data, key) = (data.clone(), key.clone());
            self.tell(Heard { model: model.id, kind: HeardKind::Created, data, key, step });
        }
        if after {
            self.check_stored_row(model, &key, PolicyOperation::Create);
        }
        if let Some(rule) = &draft.stored_rule {
            self.validate_stored(model, &key, Arc::clone(rule));
        }
        for related in &draft.related {
            self.related(model, related, true)?;
        }
        Ok(Created { key, step })
    }

    /// The row of `{connect: …}`, which the actor must be able to read.
    pub(super) fn load_connected(&mut self, model: &'a Model, connect: &Connect) {
        let (target, fields) = match model.field(connect.relation).relation() {
            Some(relation) => (relation.target, relation.pairs().map(|(_, target)| target).collect()),
            None => (model.id, Vec::new()),
        };
        let target = self.model(target);
        let readable = self.guard.rules_of_row(target.id, PolicyOperation::Read);
        let by_key = self.guard.client_key(target, &connect.key);
        let filter = Filter::all([by_key, readable]);
        let absent = CheckFailure::Invalid {
            path: connect.path.clone(),
            message: format!("names no {} that you may see", target.name),
        };
        let expect = Expect::One { readable: Filter::Never, denied: CheckFailure::NotFound, absent };
        self.steps.push(Step::Load { slot: connect.slot, model: target.id, fields, filter, expect });
    }

    /// The row of a nested resource: linking to it changes it, so its update rules hold.
    pub(crate) fn load_parent(&mut self, within: &Within) -> LoadSlot {
        let slot = self.slot();
        let model = self.model(within.model);
        let rules = self.guard.rules_of_row(within.model, PolicyOperation::Update);
        let by_key = self.guard.client_key(model, &within.key);
        let readable = self.guard.rules_of_row(within.model, PolicyOperation::Read);
        let readable = Filter::all([by_key.clone(), readable]);
        let refusal = self.guard.refusal(model.id, PolicyOperation::Update);
        let expect = one(readable, refusal, &Absence::Fails(CheckFailure::NotFound));
        let fields = model.key_fields().map(|field| field.id).collect();
        let filter = Filter::all([by_key, rules]);
        self.steps.push(Step::Load { slot, model: within.model, fields, filter, expect });
        slot
    }

    /// Links a new row to that of a nested resource whose relation is a join table.
    pub(crate) fn link_to_parent(
        &mut self,
        within: &Within,
        slot: LoadSlot,
        key: &KeyValues,
    ) -> Result<(), Error> {
        let relation = self.model(within.model).field(within.relation);
        let Some(Link::Join(join)) = relation.relation().map(|relation| &relation.link) else {
            return Err(Error::Unsupported(format!("{} cannot be created here", relation.name)));
        };
        let local =
            NewValue::Loaded(crate::statement::Loaded { slot, model: within.model, field: join.local_key });
        self.link((within.model, within.relation), &local, key, join.target_key)
    }

    /// Decides the create rules from the new values, or adds the check that does. Answers whether a
    /// rule needs the stored row, to be checked after the insert.
    fn check_new_row(&mut self, model: &'a Model, row: &'a NewRow) -> Result<bool, Error> {
        let guard = &mut self.guard;
        guard.needs_stored_row = false;
        let filter = guard.alone(Scope::New(row), |guard| guard.rules(model.id, PolicyOperation::Create));
        if guard.needs_stored_row {
            return Ok(true);
        }
        let refusal = || guard.refusal(model.id, PolicyOperation::Create);
        match filter {
            Filter::Always => {}
            Filter::Never if !self.is_optional => return Err(Error::Denied(refusal())),
            filter => {
                let failure = CheckFailure::Denied(refusal());
                self.steps.push(Step::Check { filter, failure });
            }
        }
        Ok(false)
    }

    /// The rules over the row as it stands in the transaction.
    pub(super) fn check_stored_row(&mut self, model: &'a Model, key: &KeyValues, operation: PolicyOperation) {
        let rules = self.guard.rules_of_row(model.id, operation);
        let condition = Filter::all([self.guard.stored_key_filter(model.id, key), rules]);
        let filter = Filter::Exists { model: model.id, condition: Box::new(condition) };
        let failure = CheckFailure::Denied(self.guard.refusal(model.id, operation));
        self.steps.push(Step::Check { filter, failure });
    }

    /// Hands the row as it stands in the transaction to a rule.
    pub(super) fn validate_stored(&mut self, model: &'a Model, key: &KeyValues, rule: Arc<dyn RowRule>) {
        let slot = self.slot();
        let fields = model.columns().map(|field| field.id).collect();
        let filter = self.guard.stored_key_filter(model.id, key);
        let expect = Expect::One {
            readable: Filter::Never,
            denied: CheckFailure::NotFound,
            absent: CheckFailure::NotFound,
        };
        self.steps.push(Step::Load { slot, model: model.id, fields, filter, expect });
        self.steps.push(Step::Validate { slot, rule });
    }

    fn insert(&mut self, model: &'a Model, draft: &Draft, how: Inserting<'_>) {
        let row = &draft.row;
        let mut values = Vec::with_capacity(model.fields.len());
        for field in model.columns() {
            if let Some(value) = self.guard.write_value(row.get(field.id)) {
                values.push((field.id, value));
            }
        }
        // A key that is known needs no slot: nothing refers to it.
        let is_known = |field: &Field| match row.get(field.id) {
            NewValue::Value(value) => !value.is_null(),
            NewValue::Loaded(_) => true,
            NewValue::Generated => false,
        };
        let is_needed = !draft.wants.is_empty() || !model.key_fields().all(is_known);
        let has_slot = is_needed && !how.skips_duplicates;
        self.steps.push(Step::Insert(Insert {
            model: model.id,
            values,
            slot: has_slot.then_some(draft.slot),
            returning: if has_slot { draft.wants.clone() } else { Vec::new() },
            shown: how.shown.to_vec(),
            skips_duplicates: how.skips_duplicates,
        }));
    }
}
