//! An update's data to the changes that will be written.

use std::sync::Arc;

use super::create::{
    Connect, Drafting, Making, absent_value, connected_value, is_numbered, is_writable, near_fields,
    refuse_password,
};
use super::field::checked_value;
use super::nested::{Owned, Related};
use super::reference::{Reference, references};
use crate::error::{Error, FieldErrors};
use crate::operation::{Assignment, Data};
use crate::policy::NewValue;
use crate::schema::{DefaultValue, Field, FieldId, Model};
use crate::statement::{LoadSlot, Loaded, RowRule};
use crate::value::Value;

/// What an update writes.
#[derive(Debug, Default)]
pub(crate) struct ChangeSet {
    pub changes: Vec<(FieldId, NewChange)>,
    pub connects: Vec<Connect>,
    pub references: Vec<Reference>,
    /// The fields that the client named (their update rules count), not those that follow from them.
    pub named: Vec<FieldId>,
    /// Looks at the row as the update leaves it: `@@validate`, and the validations of fields that were changed by
    /// arithmetic.
    pub merged: Option<Arc<dyn RowRule>>,
    /// Where the row as it was is read to, if something is written around it.
    pub slot: Option<LoadSlot>,
    pub owned: Vec<Owned>,
    pub related: Vec<Related>,
    /// What hooks are told afterwards.
    pub heard: Option<Data>,
}

#[derive(Clone, Debug)]
pub(crate) enum NewChange {
    Set(NewValue),
    /// What PUT does to an absent field, where the actor may see and change it; else it stays.
    Reset(Value),
    Increment(Value),
    Decrement(Value),
    Multiply(Value),
    Divide(Value),
    Push(Value),
}

impl Drafting<'_> {
    /// `whole` is for PUT: the fields that this actor may not set, in no row, and which stay as they are.
    pub(crate) fn changes(
        &mut self,
        model: &Model,
        data: &Data,
        whole: Option<&[FieldId]>,
    ) -> Result<ChangeSet, Error> {
        let prefix = data.prefix.as_str();
        let mut set = ChangeSet::default();
        let has_nested = data.fields.iter().any(|(_, it)| matches!(it, Assignment::Nested(_)));
        if has_nested {
            set.slot = Some(self.slot());
        }
        for (id, assignment) in &data.fields {
            let field = model.field(*id);
            let path = || format!("{prefix}{}", field.name);
            let Some(relation) = field.relation() else {
                set.named.push(*id);
                if let (Assignment::Hashed(hash), true) = (assignment, field.is_password) {
                    let hash = NewValue::Value(Value::String(hash.clone()));
                    set.changes.push((*id, NewChange::Set(hash)));
                    continue;
                }
                refuse_password(&self.making, field)?;
                if let Assignment::Earlier { operation, field: there } = assignment {
                    match self.earlier_value(field, *operation, *there) {
                        Ok(value) => set.changes.push((*id, NewChange::Set(value))),
                        Err(messages) => {
                            messages.into_iter().for_each(|message| self.errors.add(path(), message));
                        }
                    }
                    continue;
                }
                match change(&self.making, model, field, assignment) {
                    Ok(change) => set.changes.push((*id, change)),
                    Err(messages) => {
                        messages.into_iter().for_each(|message| self.errors.add(path(), message));
                    }
                }
                continue;
            };
            if !relation.is_owning() {
                continue;
            }
            if let Assignment::Nested(writes) = assignment {
                for write in writes {
                    let (write, values) = self.owned(model, *id, write, set.slot, &path())?;
                    for (local, value) in values {
                        set.named.push(local);
                        set.changes.push((local, NewChange::Set(value)));
                    }
                    set.owned.extend(write);
                }
                continue;
            }
            let slot = LoadSlot(self.slots);
            for (local, target) in relation.pairs() {
                set.named.push(local);
                let value = match assignment {
                    Assignment::Connect(key) => connected_value(key, relation.target, target, slot),
                    _ => NewValue::Value(Value::Null),
                };
                set.changes.push((local, NewChange::Set(value)));
            }
            if let Assignment::Connect(key) = assignment {
                self.slots += 1;
                set.connects.push(Connect { relation: *id, path: path(), key: key.clone(), slot });
            }
        }
        set.references = references(model, data, &set.connects, prefix, |field| set.value_of(field));
        if let Some(fixed) = whole {
            // A relation that is written inside keeps its key, unless what is written there changes it.
            let mut fixed = fixed.to_vec();
            for (id, assignment) in &data.fields {
                if let (Assignment::Nested(_), Some(relation)) = (assignment, model.field(*id).relation()) {
                    fixed.extend(relation.pairs().map(|(local, _)| local));
                }
            }
            fill_absent(&self.making, model, &fixed, &mut set, &mut self.errors)?;
        }
        self.complete(model, &mut set, prefix);
        set.heard = data.is_heard.then(|| data.clone());
        for (id, assignment) in &data.fields {
            let Some(relation) = model.field(*id).relation().filter(|it| !it.is_owning()) else { continue };
            let (Assignment::Nested(writes), Some(slot)) = (assignment, set.slot) else { continue };
            let path = format!("{prefix}{}", model.field(*id).name);
            let mut parent = Vec::new();
            for field in near_fields(relation) {
                let is_calculated = |(id, change): &(FieldId, NewChange)| {
                    *id == field && !matches!(change, NewChange::Set(_))
                };
                if set.changes.iter().any(is_calculated) {
                    let name = format!("{prefix}{}", model.field(field).name);
                    self.errors.add(name, format!("must be a value where {path} is written too"));
                }
                let stored = NewValue::Loaded(Loaded { slot, model: model.id, field });
                parent.push((field, set.value_of(field).unwrap_or(stored)));
            }
            let related = self.related(model, *id, writes, parent, path)?;
            set.related.push(related);
        }
        Ok(set)
    }

    /// What follows from the changes: `@updatedAt`, and the rule over the row as they leave it.
    pub(super) fn complete(&self, model: &Model, set: &mut ChangeSet, prefix: &str) {
        let touches = |field: &Field| field.is_updated_at && !set.named.contains(&field.id);
        if !set.changes.is_empty() {
            let stamps: Vec<FieldId> =
                model.columns().filter(|field| touches(field)).map(|field| field.id).collect();
            let now = NewChange::Set(NewValue::Value(Value::DateTime(self.making.now)));
            set.changes.extend(stamps.into_iter().map(|id| (id, now.clone())));
        }
        let recheck: Vec<FieldId> = set
            .changes
            .iter()
            .filter(|(field, change)| change.is_calculated() && !model.field(*field).validations.is_empty())
            .map(|(field, _)| *field)
            .collect();
        if !recheck.is_empty() || (!model.validations.is_empty() && !set.changes.is_empty()) {
            set.merged = Some(self.stored_rule(model, prefix, recheck));
        }
    }
}

/// PUT: what is absent takes its constant default or null. What was made when the row was, such as its owner
/// and its time, stays; so does what this actor may not change, and what nobody is shown to send it back.
fn fill_absent(
    making: &Making<'_>,
    model: &Model,
    fixed: &[FieldId],
    set: &mut ChangeSet,
    errors: &mut FieldErrors,
) -> Result<(), Error> {
    let absent: Vec<&Field> = model
        .columns()
        .filter(|field| is_writable(field) && !field.is_id && !field.is_updated_at && !field.is_omitted)
        .filter(|field| {
            !matches!(field.default, Some(DefaultValue::Auth(_) | DefaultValue::Function(_)))
                && !fixed.contains(&field.id)
                && set.changes.iter().all(|(id, _)| *id != field.id)
        })
        .collect();
    for field in absent {
        match absent_value(making, model, field)? {
            // Half of a key was given: the other half is the stored one.
            Some(_) if set.references.iter().any(|reference| reference.has(field.id)) => {}
            Some(NewValue::Value(value)) => set.changes.push((field.id, NewChange::Reset(value))),
            Some(NewValue::Loaded(..) | NewValue::Generated) => {}
            None if errors.0.contains_key(&field.name) => {}
            None => errors.add(field.name.clone(), "is required"),
        }
    }
    Ok(())
}

fn change(
    making: &Making<'_>,
    model: &Model,
    field: &Field,
    assignment: &Assignment,
) -> Result<NewChange, Vec<String>> {
    let refuse = |message: &str| Err(vec![message.to_owned()]);
    let is_set = matches!(assignment, Assignment::Set(_));
    if making.actor.is_system() {
        // May do what would tell a client more than it may see.
    } else if is_numbered(field) {
        return refuse("is numbered by the database");
    } else if !is_set && field.is_omitted {
        return refuse("is never shown: give it as a value");
    } else if !is_set && is_foreign_key(model, field.id) {
        return refuse("is a key of another row: give it as a value");
    }
    let checked = |value: &Value| checked_value(making.schema, field, value.clone(), making.patterns);
    Ok(match assignment {
        Assignment::Set(value) => NewChange::Set(NewValue::Value(checked(value)?)),
        Assignment::Increment(value) => NewChange::Increment(value.clone()),
        Assignment::Decrement(value) => NewChange::Decrement(value.clone()),
        Assignment::Multiply(value) => NewChange::Multiply(value.clone()),
        Assignment::Divide(value) => NewChange::Divide(value.clone()),
        Assignment::Push(values) => NewChange::Push(Value::List(values.clone())),
        Assignment::Hashed(_) => return refuse("is no password"),
        Assignment::Connect(_)
        | Assignment::Disconnect
        | Assignment::Nested(_)
        | Assignment::Earlier { .. } => return refuse("is a value, not a relation"),
    })
}

fn is_foreign_key(model: &Model, id: FieldId) -> bool {
    let relations = model.fields.iter().filter_map(Field::relation);
    relations.filter(|relation| relation.is_owning()).any(|it| it.pairs().any(|(local, _)| local == id))
}

impl ChangeSet {
    /// What a field is set to.
    fn value_of(&self, field: FieldId) -> Option<NewValue> {
        self.changes.iter().find_map(|(id, change)| match change {
            NewChange::Set(value) if *id == field => Some(value.clone()),
            _ => None,
        })
    }
}

impl NewChange {
    /// Whether the new value depends on the old one.
    pub(crate) fn is_calculated(&self) -> bool {
        !matches!(self, Self::Set(_) | Self::Reset(_))
    }
}
