//! A create's data to the row that will be inserted.

use std::sync::Arc;

use super::field::checked_value;
use super::nested::{Owned, Related};
use super::reference::{Reference, references};
use super::whole_row::{StoredRow, validate_new};
use crate::actor::Actor;
use crate::error::{Error, FieldErrors};
use crate::evaluate::Patterns;
use crate::ids;
use crate::operation::{Assignment, Data, Key};
use crate::policy::{NewRow, NewValue};
use crate::schema::{
    Arity, DefaultFunction, DefaultValue, Field, FieldId, FieldKind, Link, Model, ModelId, Operand, PathRoot,
    Relation, Schema,
};
use crate::statement::{LoadSlot, Loaded, RowRule};
use crate::value::{DateTime, Value, literal_value};

/// A row to insert, and what is written around it.
#[derive(Debug)]
pub(crate) struct Draft {
    pub row: NewRow,
    /// Where its key is, and what `wants` names, once it is inserted.
    pub slot: LoadSlot,
    /// Read from the slot by what comes after, beside what is known of the row before.
    pub wants: Vec<FieldId>,
    pub connects: Vec<Connect>,
    pub references: Vec<Reference>,
    /// Judges the stored row, where `@@validate` is about values that are known only then.
    pub stored_rule: Option<Arc<dyn RowRule>>,
    /// Rows that this one refers to: they are written before it.
    pub owned: Vec<Owned>,
    /// Rows that refer to it, written after it.
    pub related: Vec<Related>,
    /// What hooks are told afterwards.
    pub heard: Option<Data>,
}

#[derive(Debug)]
pub(crate) struct Connect {
    pub relation: FieldId,
    /// Where the client named it.
    pub path: String,
    pub key: Key,
    pub slot: LoadSlot,
}

/// What rows are made with.
#[derive(Clone, Copy)]
pub(crate) struct Making<'a> {
    pub schema: &'a Arc<Schema>,
    pub actor: &'a Actor,
    pub now: DateTime,
    pub patterns: &'a Arc<Patterns>,
}

/// A row as far as it is known before the plan runs; the rest is in its slot.
#[derive(Clone, Debug)]
pub(crate) struct KnownRow {
    pub model: ModelId,
    pub slot: LoadSlot,
    /// By field position; empty where nothing is known.
    pub values: Vec<NewValue>,
}

/// All rows of one request in the making.
pub(crate) struct Drafting<'a> {
    pub making: Making<'a>,
    /// Counts the plan's slots.
    pub slots: u32,
    pub errors: FieldErrors,
    /// Of the earlier operations of a batch.
    pub earlier: Vec<Option<KnownRow>>,
    pub is_batch: bool,
}

impl KnownRow {
    pub(crate) fn value(&self, field: FieldId) -> NewValue {
        match self.values.get(field.index()) {
            None | Some(NewValue::Generated) => {
                NewValue::Loaded(Loaded { slot: self.slot, model: self.model, field })
            }
            Some(known) => known.clone(),
        }
    }
}

impl Draft {
    pub(crate) fn known(&self, model: ModelId) -> KnownRow {
        KnownRow { model, slot: self.slot, values: self.row.values.clone() }
    }

    /// The value of a field, to be used by what comes after.
    pub(super) fn give(&mut self, model: ModelId, field: FieldId) -> NewValue {
        let value = self.known(model).value(field);
        if matches!(&value, NewValue::Loaded(loaded) if loaded.slot == self.slot) {
            self.want(field);
        }
        value
    }

    /// Whatever the database makes of it.
    pub(crate) fn want_generated(&mut self, model: &Model) {
        for field in model.columns() {
            if matches!(self.row.get(field.id), NewValue::Generated) {
                self.want(field.id);
            }
        }
    }

    pub(crate) fn want(&mut self, field: FieldId) {
        if !self.wants.contains(&field) {
            self.wants.push(field);
        }
    }
}

impl<'a> Drafting<'a> {
    pub(crate) fn new(making: Making<'a>, is_batch: bool) -> Self {
        Self { making, slots: 0, errors: FieldErrors::default(), earlier: Vec::new(), is_batch }
    }

    /// What the surface and hooks found wrong.
    pub(crate) fn take_errors(&mut self, errors: FieldErrors) {
        for (path, messages) in errors.0 {
            messages.into_iter().for_each(|message| self.errors.add(path.clone(), message));
        }
    }

    /// The first free slot, if nothing was wrong.
    pub(crate) fn finish(self) -> Result<u32, Error> {
        self.errors.into_result().map(|()| self.slots)
    }
}

impl Drafting<'_> {
    pub(crate) fn slot(&mut self) -> LoadSlot {
        let slot = LoadSlot(self.slots);
        self.slots += 1;
        slot
    }

    /// `given` are the columns that the row around gives.
    pub(crate) fn row(
        &mut self,
        model: &Model,
        data: &Data,
        given: &[(FieldId, NewValue)],
    ) -> Result<Draft, Error> {
        let prefix = data.prefix.as_str();
        let mut values = vec![NewValue::Value(Value::Null); model.fields.len()];
        let mut connected = Vec::new();
        let mut put = |field: FieldId, value: NewValue| {
            connected.push(field);
            if let Some(place) = values.get_mut(field.index()) {
                *place = value;
            }
        };
        given.iter().for_each(|(field, value)| put(*field, value.clone()));
        let mut connects = Vec::new();
        let mut owned = Vec::new();
        for (id, assignment) in &data.fields {
            let Some(relation) = model.field(*id).relation().filter(|it| it.is_owning()) else { continue };
            let path = format!("{prefix}{}", model.field(*id).name);
            match assignment {
                Assignment::Connect(key) => {
                    let slot = self.slot();
                    for (local, target) in relation.pairs() {
                        put(local, connected_value(key, relation.target, target, slot));
                    }
                    connects.push(Connect { relation: *id, path, key: key.clone(), slot });
                }
                Assignment::Nested(writes) => {
                    for write in writes {
                        let (write, values) = self.owned(model, *id, write, None, &path)?;
                        values.into_iter().for_each(|(local, value)| put(local, value));
                        owned.extend(write);
                    }
                }
                _ => {}
            }
        }
        for field in model.columns().filter(|field| !connected.contains(&field.id)) {
            let Some(value) = self.column(model, field, data)? else { continue };
            if let Some(place) = values.get_mut(field.id.index()) {
                *place = value;
            }
        }
        let row = NewRow { values };
        let stored_rule = validate_new(&self.making, model, &row, prefix, &mut self.errors)
            .then(|| self.stored_rule(model, prefix, Vec::new()));
        let is_settled = |field: FieldId| given.iter().any(|(known, _)| *known == field);
        let mut references = references(model, data, &connects, prefix, |field| Some(row.get(field).clone()));
        references.retain(|reference| !reference.parts.iter().all(|part| is_settled(part.local)));
        let slot = self.slot();
        let heard = data.is_heard.then(|| data.clone());
        let (wants, related) = (Vec::new(), Vec::new());
        let mut draft = Draft { row, slot, wants, connects, references, stored_rule, owned, related, heard };
        for (id, assignment) in &data.fields {
            let Some(relation) = model.field(*id).relation().filter(|it| !it.is_owning()) else { continue };
            let Assignment::Nested(writes) = assignment else { continue };
            let parent =
                near_fields(relation).into_iter().map(|field| (field, draft.give(model.id, field))).collect();
            let path = format!("{prefix}{}", model.field(*id).name);
            let related = self.related(model, *id, writes, parent, path)?;
            draft.related.push(related);
        }
        Ok(draft)
    }

    /// The value of a column of a new row; `None` where there is something to complain about.
    fn column(&mut self, model: &Model, field: &Field, data: &Data) -> Result<Option<NewValue>, Error> {
        let prefix = data.prefix.as_str();
        // Made only for messages.
        let path = || format!("{prefix}{}", field.name);
        let making = &self.making;
        match data.get(field.id) {
            Some(Assignment::Set(_) | Assignment::Earlier { .. })
                if is_numbered(field) && !making.actor.is_system() =>
            {
                self.errors.add(path(), "is numbered by the database");
                Ok(None)
            }
            Some(Assignment::Hashed(hash)) if field.is_password => {
                Ok(Some(NewValue::Value(Value::String(hash.clone()))))
            }
            Some(Assignment::Set(value)) => {
                refuse_password(making, field)?;
                match checked_value(making.schema, field, value.clone(), making.patterns) {
                    Ok(value) => Ok(Some(NewValue::Value(value))),
                    Err(messages) => {
                        messages.into_iter().for_each(|message| self.errors.add(path(), message));
                        Ok(None)
                    }
                }
            }
            Some(Assignment::Earlier { operation, field: there }) => {
                let value = self.earlier_value(field, *operation, *there);
                if let Err(messages) = &value {
                    messages.iter().for_each(|message| self.errors.add(path(), message));
                }
                Ok(value.ok())
            }
            Some(_) => {
                self.errors.add(path(), "must be a value: operators are for updates");
                Ok(None)
            }
            None => match absent_value(making, model, field)? {
                Some(value) => Ok(Some(value)),
                None if self.errors.0.contains_key(&path())
                    || is_reported(model, field, prefix, &self.errors) =>
                {
                    Ok(None)
                }
                None => {
                    self.errors.add(path(), "is required");
                    Ok(None)
                }
            },
        }
    }

    /// A field of the row of an earlier operation.
    pub(super) fn earlier_value(
        &self,
        field: &Field,
        operation: usize,
        there: FieldId,
    ) -> Result<NewValue, Vec<String>> {
        let row = self.earlier.get(operation).and_then(Option::as_ref).filter(|_| !field.is_password);
        match row.map(|row| row.value(there)) {
            Some(NewValue::Value(value)) => {
                let Making { schema, patterns, .. } = self.making;
                checked_value(schema, field, value, patterns).map(NewValue::Value)
            }
            Some(value) => Ok(value),
            None => Err(vec!["names a row that is not there yet".to_owned()]),
        }
    }

    pub(super) fn stored_rule(&self, model: &Model, prefix: &str, recheck: Vec<FieldId>) -> Arc<dyn RowRule> {
        Arc::new(StoredRow {
            schema: Arc::clone(self.making.schema),
            patterns: Arc::clone(self.making.patterns),
            model: model.id,
            now: self.making.now,
            actor: self.making.actor.clone(),
            prefix: prefix.to_owned(),
            recheck,
        })
    }
}

/// This side's fields of a relation that other rows hold.
pub(super) fn near_fields(relation: &Relation) -> Vec<FieldId> {
    match &relation.link {
        Link::Inverse { fields, .. } | Link::Owning { fields, .. } => fields.clone(),
        Link::Join(table) => vec![table.local_key],
    }
}

/// What a row holds of the row that a key names.
pub(super) fn connected_value(key: &Key, model: ModelId, field: FieldId, slot: LoadSlot) -> NewValue {
    match key.fields.iter().find(|(known, _)| *known == field) {
        Some((_, value)) => NewValue::Value(value.clone()),
        None => NewValue::Loaded(Loaded { slot, model, field }),
    }
}

/// The value of a field that the client did not name; `None` if it had to.
pub(super) fn absent_value(
    making: &Making<'_>,
    model: &Model,
    field: &Field,
) -> Result<Option<NewValue>, Error> {
    let value = match &field.default {
        Some(DefaultValue::Literal(literal)) => literal_value(making.schema, literal, Some(field)),
        Some(DefaultValue::Function(function)) => match ids::generate(function, making.now)? {
            Some(value) => value,
            None => return Ok(Some(NewValue::Generated)),
        },
        Some(DefaultValue::Auth(operand)) => auth_value(making, operand),
        None if field.is_updated_at => Value::DateTime(making.now),
        None if field.arity == Arity::List => Value::List(Vec::new()),
        None if field.arity == Arity::Optional => Value::Null,
        None if !field.is_exposed() => {
            return Err(Error::Unsupported(format!(
                "{} cannot be created here: its column {} has no default and is outside the API",
                model.name, field.column
            )));
        }
        None => return Ok(None),
    };
    if value.is_null() && field.is_required() {
        return Ok(None);
    }
    Ok(Some(NewValue::Value(value)))
}

/// `@default(auth().id)`: a field of the signed-in user, null when there is none.
fn auth_value(making: &Making<'_>, operand: &Operand) -> Value {
    match operand {
        Operand::Path(path) if path.root == PathRoot::Auth && path.relations.is_empty() => path
            .field
            .and_then(|field| making.actor.user()?.values.get(field.index()))
            .cloned()
            .unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

/// A key field whose relation's input was refused already is not missing too.
fn is_reported(model: &Model, field: &Field, prefix: &str, errors: &FieldErrors) -> bool {
    model.fields.iter().any(|other| {
        other.relation().is_some_and(|relation| {
            relation.is_owning()
                && relation.pairs().any(|(local, _)| local == field.id)
                && errors.0.contains_key(&format!("{prefix}{}", other.name))
        })
    })
}

/// Hashing belongs to signing in; until then nobody but the app itself may store such a value,
/// for it would stand there in plain text.
pub(super) fn refuse_password(making: &Making<'_>, field: &Field) -> Result<(), Error> {
    if field.is_password && !making.actor.is_system() {
        return Err(Error::Unsupported(format!("{} cannot be written: passwords need sign-in", field.name)));
    }
    Ok(())
}

/// Whether a column belongs to the API's input at all.
pub(super) fn is_writable(field: &Field) -> bool {
    field.is_exposed() && !field.is_computed && !matches!(field.kind, FieldKind::Relation(_))
}

/// A client that chose such a number could choose the last one, and nobody could create a row after that.
pub(super) fn is_numbered(field: &Field) -> bool {
    matches!(
        field.default,
        Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
    )
}
