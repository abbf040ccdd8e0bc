//! Writes under policies, each as one plan: connected rows are found first, rules that need only the
//! new values are decided here or checked before, rules over the stored row ride in the statement's own
//! filter, post-update rules are checked before the commit.

use std::sync::Arc;

use super::references::Stored;
use super::scope::{Guard, NewRow, NewValue, Scope, column};
use super::written::Write;
use crate::error::Error;
use crate::operation::{Key, Selection, Within};
use crate::schema::{CompareOp, Field, FieldId, FieldOperation, Link, Model, ModelId, PolicyOperation};
use crate::statement::{
    Change, CheckFailure, Expect, Filter, Guarded, Insert, LoadSlot, Loaded, Operand, ResultRows, RowRule,
    Step, Update, WritePlan, WriteResult, WriteValue,
};
use crate::validate::{ChangeSet, Connect, Draft, NewChange, Reference};
use crate::value::Value;

/// Values of a key: known now, or by a slot when the plan runs.
pub(super) type KeyValues = Vec<(FieldId, NewValue)>;

/// Inserts the rows, all or nothing. `slots` is the first free slot of the plan. `parent` is the row of a
/// nested resource whose relation is a join table.
pub(crate) fn guard_create<'a>(
    mut guard: Guard<'a>,
    model: &'a Model,
    drafts: &'a [Draft],
    selection: &Selection,
    as_list: bool,
    parent: Option<&Within>,
    mut slots: u32,
) -> Result<Write, Error> {
    let mut result = None;
    let mut shown = Vec::new();
    if !selection.has_relations() {
        let rows = drafts.iter().map(|draft| &draft.row);
        if let Some(columns) = guard.shown_at_once(model, rows, selection) {
            result = Some(WriteResult { rows: ResultRows::Inserted, as_list });
            shown = columns;
        }
    }
    let mut steps = Vec::with_capacity(drafts.len());
    let parent = match parent {
        Some(within) => {
            let slot = next_slot(&mut slots);
            steps.push(guard.load_parent(within, slot));
            Some((within, slot))
        }
        None => None,
    };
    let mut keys: Vec<KeyValues> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        for connect in &draft.connects {
            steps.push(guard.load_connected(model, connect));
        }
        for reference in &draft.references {
            steps.extend(guard.check_reference(model, reference, None));
        }
        let after = guard.check_new_row(model, &draft.row, &mut steps)?;
        let slot = next_slot(&mut slots);
        let key = inserted_key(model, &draft.row, slot);
        steps.push(guard.insert(model, &draft.row, slot, &shown));
        if after {
            steps.push(guard.check_stored_row(model, &key, PolicyOperation::Create));
        }
        if let Some(rule) = &draft.stored_rule {
            steps.extend(guard.validate_stored(model, &key, Arc::clone(rule), next_slot(&mut slots)));
        }
        if let Some((within, parent_slot)) = parent {
            steps.push(guard.link(within, parent_slot, &key)?);
        }
        keys.push(key);
    }
    if result.is_none() {
        result = guard.result(model, &keys, selection, as_list)?;
    }
    Ok(Write { plan: Guarded::new(WritePlan { steps, params: guard.params, result }), keys })
}

/// Changes one row. `merged` validates the row as the update leaves it.
pub(crate) fn guard_update<'a>(
    mut guard: Guard<'a>,
    model: &'a Model,
    key: &Key,
    set: &ChangeSet,
    selection: &Selection,
    merged: Option<Arc<dyn RowRule>>,
    mut slots: u32,
) -> Result<Write, Error> {
    let mut steps = Vec::new();
    for connect in &set.connects {
        steps.push(guard.load_connected(model, connect));
    }
    let mut parts = vec![guard.client_key(model, key), guard.rules_of_row(model.id, PolicyOperation::Update)];
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
    let expect = guard.expect_one(model, key, PolicyOperation::Update);
    let filter = Filter::all(parts);
    let has_post_rules =
        model.policies.iter().any(|rule| rule.operations.contains(&PolicyOperation::PostUpdate));
    let mut stored = Stored { key, slot: None };
    if has_post_rules || set.changes.is_empty() || set.references.iter().any(Reference::is_partial) {
        let slot = next_slot(&mut slots);
        let columns = model.columns().map(|field| field.id).collect();
        let (filter, expect) = (filter.clone(), expect.clone());
        steps.push(Step::Load { slot, model: model.id, fields: columns, filter, expect });
        guard.before = Some(slot);
        stored.slot = Some(slot);
    }
    for reference in &set.references {
        steps.extend(guard.check_reference(model, reference, Some(stored)));
    }
    let mut new_key: KeyValues =
        key.fields.iter().map(|(field, value)| (*field, NewValue::Value(value.clone()))).collect();
    if !set.changes.is_empty() {
        let mut changes = Vec::with_capacity(set.changes.len());
        for (field, change) in &set.changes {
            if let (Some(place), NewChange::Set(value)) =
                (new_key.iter_mut().find(|(id, _)| id == field), change)
            {
                place.1 = value.clone();
            }
            changes.push((*field, guard.change(model.field(*field), change)));
        }
        steps.push(Step::Update(Update { model: model.id, changes, filter, expect }));
        if has_post_rules && !guard.actor.passes_rules() {
            steps.push(guard.check_stored_row(model, &new_key, PolicyOperation::PostUpdate));
        }
    }
    if let Some(rule) = merged {
        steps.extend(guard.validate_stored(model, &new_key, rule, next_slot(&mut slots)));
    }
    let keys = vec![new_key];
    let result = guard.result(model, &keys, selection, false)?;
    Ok(Write { plan: Guarded::new(WritePlan { steps, params: guard.params, result }), keys })
}

pub(crate) fn guard_delete(mut guard: Guard<'_>, model: ModelId, key: &Key) -> Guarded<WritePlan> {
    let model = guard.schema.model(model);
    let filter =
        Filter::all([guard.client_key(model, key), guard.rules_of_row(model.id, PolicyOperation::Delete)]);
    let expect = guard.expect_one(model, key, PolicyOperation::Delete);
    let steps = vec![Step::Delete { model: model.id, filter, expect }];
    Guarded::new(WritePlan { steps, params: guard.params, result: None })
}

impl<'a> Guard<'a> {
    /// One row, else 403 where the actor may at least read it, else 404.
    fn expect_one(&mut self, model: &'a Model, key: &Key, operation: PolicyOperation) -> Expect {
        let readable =
            Filter::all([self.client_key(model, key), self.rules_of_row(model.id, PolicyOperation::Read)]);
        let denied = CheckFailure::Denied(self.refusal(model.id, operation));
        Expect::One { readable, denied, absent: CheckFailure::NotFound }
    }

    /// The row of `{connect: …}`, which the actor must be able to read.
    fn load_connected(&mut self, model: &'a Model, connect: &Connect) -> Step {
        let (target, fields) = match model.field(connect.relation).relation() {
            Some(relation) => (relation.target, relation.pairs().map(|(_, target)| target).collect()),
            None => (model.id, Vec::new()),
        };
        let readable = self.rules_of_row(target, PolicyOperation::Read);
        let by_key = self.client_key(self.schema.model(target), &connect.key);
        let filter = Filter::all([by_key, readable]);
        let absent = CheckFailure::Invalid {
            path: connect.path.clone(),
            message: format!("names no {} that you may see", self.schema.model(target).name),
        };
        let expect = Expect::One { readable: Filter::Never, denied: CheckFailure::NotFound, absent };
        Step::Load { slot: connect.slot, model: target, fields, filter, expect }
    }

    /// The row of a nested resource: linking to it changes it, so its update rules hold.
    fn load_parent(&mut self, within: &Within, slot: LoadSlot) -> Step {
        let rules = self.rules_of_row(within.model, PolicyOperation::Update);
        let model = self.schema.model(within.model);
        let filter = Filter::all([self.client_key(model, &within.key), rules]);
        let expect = self.expect_one(model, &within.key, PolicyOperation::Update);
        let fields = model.key_fields().map(|field| field.id).collect();
        Step::Load { slot, model: within.model, fields, filter, expect }
    }

    fn link(&mut self, within: &Within, parent: LoadSlot, key: &KeyValues) -> Result<Step, Error> {
        let relation = self.schema.model(within.model).field(within.relation);
        let Some(Link::Join(join)) = relation.relation().map(|relation| &relation.link) else {
            return Err(Error::Unsupported(format!("{} cannot be created here", relation.name)));
        };
        let target = key.iter().find(|(field, _)| *field == join.target_key).map(|(_, value)| value);
        let target = target.and_then(|value| self.write_value(value));
        let Some(target) = target else {
            return Err(Error::internal("a linked row has no key"));
        };
        let local = WriteValue::Loaded { slot: parent, field: join.local_key };
        Ok(Step::Link { model: within.model, relation: within.relation, local, target, remove: false })
    }

    /// Decides the create rules from the new values, or adds the check that does. Answers whether a
    /// rule needs the stored row, to be checked after the insert.
    fn check_new_row(
        &mut self,
        model: &'a Model,
        row: &'a NewRow,
        steps: &mut Vec<Step>,
    ) -> Result<bool, Error> {
        self.needs_stored_row = false;
        let filter = self.alone(Scope::New(row), |guard| guard.rules(model.id, PolicyOperation::Create));
        if self.needs_stored_row {
            return Ok(true);
        }
        let refusal = || self.refusal(model.id, PolicyOperation::Create);
        match filter {
            Filter::Always => {}
            Filter::Never => return Err(Error::Denied(refusal())),
            filter => steps.push(Step::Check { filter, failure: CheckFailure::Denied(refusal()) }),
        }
        Ok(false)
    }

    /// The rules over the row as it stands in the transaction.
    fn check_stored_row(&mut self, model: &'a Model, key: &KeyValues, operation: PolicyOperation) -> Step {
        let condition =
            Filter::all([self.stored_key_filter(model.id, key), self.rules_of_row(model.id, operation)]);
        let filter = Filter::Exists { model: model.id, condition: Box::new(condition) };
        Step::Check { filter, failure: CheckFailure::Denied(self.refusal(model.id, operation)) }
    }

    /// Hands the row as it stands in the transaction to a rule.
    fn validate_stored(
        &mut self,
        model: &'a Model,
        key: &KeyValues,
        rule: Arc<dyn RowRule>,
        slot: LoadSlot,
    ) -> [Step; 2] {
        let fields = model.columns().map(|field| field.id).collect();
        let filter = self.stored_key_filter(model.id, key);
        let expect = Expect::One {
            readable: Filter::Never,
            denied: CheckFailure::NotFound,
            absent: CheckFailure::NotFound,
        };
        [Step::Load { slot, model: model.id, fields, filter, expect }, Step::Validate { slot, rule }]
    }

    fn insert(&mut self, model: &'a Model, row: &NewRow, slot: LoadSlot, shown: &[FieldId]) -> Step {
        let mut values = Vec::with_capacity(model.fields.len());
        for field in model.columns() {
            if let Some(value) = self.write_value(row.get(field.id)) {
                values.push((field.id, value));
            }
        }
        // A key that is known needs no slot: nothing refers to it.
        let is_known =
            |field: &Field| matches!(row.get(field.id), NewValue::Value(value) if !value.is_null());
        let slot = (!model.key_fields().all(is_known)).then_some(slot);
        let shown = shown.to_vec();
        Step::Insert(Insert { model: model.id, values, slot, returning: Vec::new(), shown })
    }

    /// `None` for what the database makes.
    fn write_value(&mut self, value: &NewValue) -> Option<WriteValue> {
        match value {
            NewValue::Value(value) => Some(WriteValue::Param(self.param(value.clone()))),
            NewValue::Loaded(Loaded { slot, field, .. }) => {
                Some(WriteValue::Loaded { slot: *slot, field: *field })
            }
            NewValue::Generated => None,
        }
    }

    fn change(&mut self, field: &'a Field, change: &NewChange) -> Change {
        match change {
            NewChange::Reset(value) => {
                let value = WriteValue::Param(self.param(value.clone()));
                match self.reset_rules(field) {
                    Filter::Always => Change::Set(value),
                    condition => Change::SetWhere { value, condition },
                }
            }
            NewChange::Set(NewValue::Loaded(Loaded { slot, field, .. })) => {
                Change::Set(WriteValue::Loaded { slot: *slot, field: *field })
            }
            NewChange::Set(NewValue::Value(value)) => {
                Change::Set(WriteValue::Param(self.param(value.clone())))
            }
            NewChange::Set(NewValue::Generated) => Change::Set(WriteValue::Param(self.param(Value::Null))),
            NewChange::Increment(value) => Change::Increment(self.param(value.clone())),
            NewChange::Decrement(value) => Change::Decrement(self.param(value.clone())),
            NewChange::Multiply(value) => Change::Multiply(self.param(value.clone())),
            NewChange::Divide(value) => Change::Divide(self.param(value.clone())),
            NewChange::Push(value) => Change::Push(self.param(value.clone())),
        }
    }

    pub(super) fn stored_key_filter(&mut self, model: ModelId, key: &KeyValues) -> Filter {
        let mut parts = Vec::with_capacity(key.len());
        for (field, value) in key {
            let right = match value {
                NewValue::Value(value) => Operand::Param(self.param(value.clone())),
                NewValue::Loaded(loaded) => Operand::Loaded(*loaded),
                NewValue::Generated => return Filter::Never,
            };
            parts.push(Filter::Compare { op: CompareOp::Equal, left: column(model, *field), right });
        }
        Filter::all(parts)
    }
}

/// Where the key of an inserted row is: always in the insert's slot.
fn inserted_key(model: &Model, row: &NewRow, slot: LoadSlot) -> KeyValues {
    model
        .key_fields()
        .map(|field: &Field| {
            let value = match row.get(field.id) {
                NewValue::Value(value) if !value.is_null() => NewValue::Value(value.clone()),
                _ => NewValue::Loaded(Loaded { slot, model: model.id, field: field.id }),
            };
            (field.id, value)
        })
        .collect()
}

fn next_slot(slots: &mut u32) -> LoadSlot {
    let slot = LoadSlot(*slots);
    *slots += 1;
    slot
}
