//! An update's data to the changes that will be written.

use std::sync::Arc;

use super::create::{Connect, Making, absent_value, check_model, is_writable, refuse_password};
use super::field::checked_value;
use crate::actor::Actor;
use crate::error::{Error, FieldErrors};
use crate::evaluate::Patterns;
use crate::operation::{Assignment, Data, UpdateMode};
use crate::policy::NewValue;
use crate::schema::{Field, FieldId, Model, ModelId, Schema};
use crate::statement::{LoadSlot, RowRule};
use crate::value::{DateTime, Value};

/// What an update writes.
#[derive(Debug)]
pub(crate) struct ChangeSet {
    pub changes: Vec<(FieldId, NewChange)>,
    pub connects: Vec<Connect>,
    /// The fields that the client named (their update rules count), not those that follow from them.
    pub named: Vec<FieldId>,
    /// `@@validate` over the merged row, when a condition may depend on what changes.
    pub needs_merge: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum NewChange {
    Set(NewValue),
    Increment(Value),
    Decrement(Value),
    Multiply(Value),
    Divide(Value),
    Push(Value),
}

pub(crate) fn change_set(
    making: &Making<'_>,
    model: &Model,
    data: &Data,
    mode: UpdateMode,
    slots: &mut u32,
    errors: &mut FieldErrors,
) -> Result<ChangeSet, Error> {
    let mut set =
        ChangeSet { changes: Vec::new(), connects: Vec::new(), named: Vec::new(), needs_merge: false };
    for (id, assignment) in &data.fields {
        let field = model.field(*id);
        let Some(relation) = field.relation() else {
            set.named.push(*id);
            refuse_password(making, field)?;
            match change(making, field, assignment) {
                Ok(change) => set.changes.push((*id, change)),
                Err(messages) => {
                    messages.into_iter().for_each(|message| errors.add(field.name.clone(), message));
                }
            }
            continue;
        };
        let slot = LoadSlot(*slots);
        for (local, target) in relation.pairs() {
            set.named.push(local);
            let value = match assignment {
                Assignment::Connect(key) => match key.fields.iter().find(|(field, _)| *field == target) {
                    Some((_, value)) => NewValue::Value(value.clone()),
                    None => NewValue::Loaded(slot, target),
                },
                _ => NewValue::Value(Value::Null),
            };
            set.changes.push((local, NewChange::Set(value)));
        }
        if let Assignment::Connect(key) = assignment {
            *slots += 1;
            set.connects.push(Connect { relation: *id, key: key.clone(), slot });
        }
    }
    if mode == UpdateMode::Replace {
        fill_absent(making, model, &mut set, errors)?;
    }
    let touches = |field: &Field| field.is_updated_at && !set.named.contains(&field.id);
    if !set.changes.is_empty() {
        let stamps: Vec<FieldId> =
            model.columns().filter(|field| touches(field)).map(|field| field.id).collect();
        let now = NewChange::Set(NewValue::Value(Value::DateTime(making.now)));
        set.changes.extend(stamps.into_iter().map(|id| (id, now.clone())));
    }
    set.needs_merge = !model.validations.is_empty() && !set.changes.is_empty();
    Ok(set)
}

/// PUT: what is absent takes its default or null; the key and generated values stay.
fn fill_absent(
    making: &Making<'_>,
    model: &Model,
    set: &mut ChangeSet,
    errors: &mut FieldErrors,
) -> Result<(), Error> {
    let absent: Vec<&Field> = model
        .columns()
        .filter(|field| is_writable(field) && !field.is_id && !field.is_updated_at && !field.is_password)
        .filter(|field| set.changes.iter().all(|(id, _)| *id != field.id))
        .collect();
    for field in absent {
        match absent_value(making, model, field)? {
            Some(NewValue::Value(value)) => {
                set.named.push(field.id);
                set.changes.push((field.id, NewChange::Set(NewValue::Value(value))));
            }
            // The database gave it a value when the row was made; that one stays.
            Some(_) => {}
            None if errors.0.contains_key(&field.name) => {}
            None => errors.add(field.name.clone(), "is required"),
        }
    }
    Ok(())
}

fn change(making: &Making<'_>, field: &Field, assignment: &Assignment) -> Result<NewChange, Vec<String>> {
    let checked = |value: &Value| checked_value(making.schema, field, value.clone(), making.patterns);
    Ok(match assignment {
        Assignment::Set(value) => NewChange::Set(NewValue::Value(checked(value)?)),
        Assignment::Increment(value) => NewChange::Increment(value.clone()),
        Assignment::Decrement(value) => NewChange::Decrement(value.clone()),
        Assignment::Multiply(value) => NewChange::Multiply(value.clone()),
        Assignment::Divide(value) => NewChange::Divide(value.clone()),
        Assignment::Push(values) => NewChange::Push(Value::List(values.clone())),
        Assignment::Connect(_) | Assignment::Disconnect => {
            return Err(vec!["is a value, not a relation".to_owned()]);
        }
    })
}

/// Runs field and model validations on the row as the update has left it, inside its transaction.
#[derive(Debug)]
pub(crate) struct MergedRow {
    pub schema: Arc<Schema>,
    pub patterns: Arc<Patterns>,
    pub model: ModelId,
    pub now: DateTime,
    pub actor: Actor,
    /// Fields changed by arithmetic or `push`: their own validations have not been run yet.
    pub recheck: Vec<FieldId>,
}

impl RowRule for MergedRow {
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
                messages.into_iter().for_each(|message| errors.add(field.name.clone(), message));
            }
        }
        check_model(&self.schema, &self.actor, self.now, &self.patterns, model, &values, "", &mut errors);
        errors.into_result()
    }
}
