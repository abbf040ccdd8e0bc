//! A create's data to the row that will be inserted.

use std::sync::Arc;

use super::field::checked_value;
use super::reference::{Reference, references};
use super::whole_row::validate_new;
use crate::actor::Actor;
use crate::error::{Error, FieldErrors};
use crate::evaluate::Patterns;
use crate::ids;
use crate::operation::{Assignment, Data, Key};
use crate::policy::{NewRow, NewValue};
use crate::schema::{
    Arity, DefaultFunction, DefaultValue, Field, FieldId, FieldKind, Model, Operand, PathRoot, Schema,
};
use crate::statement::{LoadSlot, Loaded, RowRule};
use crate::value::{DateTime, Value, literal_value};

/// A row to insert, and the rows that it must be connected to first.
#[derive(Debug)]
pub(crate) struct Draft {
    pub row: NewRow,
    pub connects: Vec<Connect>,
    pub references: Vec<Reference>,
    /// Whether `@@validate` is about values that are known only when the row is stored.
    pub validates_stored: bool,
    /// What judges the stored row then.
    pub stored_rule: Option<Arc<dyn RowRule>>,
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
pub(crate) struct Making<'a> {
    pub schema: &'a Schema,
    pub actor: &'a Actor,
    pub now: DateTime,
    pub patterns: &'a Patterns,
}

/// `prefix` stands before field names in messages (`3.` in an array); `slots` counts the plan's slots.
pub(crate) fn draft_row(
    making: &Making<'_>,
    model: &Model,
    data: &Data,
    prefix: &str,
    slots: &mut u32,
    errors: &mut FieldErrors,
) -> Result<Draft, Error> {
    let mut values = vec![NewValue::Value(Value::Null); model.fields.len()];
    let mut connects = Vec::new();
    let mut connected = Vec::new();
    for (id, assignment) in &data.fields {
        let (Assignment::Connect(key), Some(relation)) = (assignment, model.field(*id).relation()) else {
            continue;
        };
        let slot = LoadSlot(*slots);
        *slots += 1;
        for (local, target) in relation.pairs() {
            let known = key.fields.iter().find(|(field, _)| *field == target);
            let value = match known {
                Some((_, value)) => NewValue::Value(value.clone()),
                None => NewValue::Loaded(Loaded { slot, model: relation.target, field: target }),
            };
            connected.push(local);
            if let Some(place) = values.get_mut(local.index()) {
                *place = value;
            }
        }
        let path = format!("{prefix}{}", model.field(*id).name);
        connects.push(Connect { relation: *id, path, key: key.clone(), slot });
    }
    for field in model.columns().filter(|field| !connected.contains(&field.id)) {
        // Made only for messages.
        let path = || format!("{prefix}{}", field.name);
        let value = match data.get(field.id) {
            Some(Assignment::Set(_)) if is_numbered(field) && !making.actor.is_system() => {
                errors.add(path(), "is numbered by the database");
                continue;
            }
            Some(Assignment::Hashed(hash)) if field.is_password => {
                NewValue::Value(Value::String(hash.clone()))
            }
            Some(Assignment::Set(value)) => {
                refuse_password(making, field)?;
                match checked_value(making.schema, field, value.clone(), making.patterns) {
                    Ok(value) => NewValue::Value(value),
                    Err(messages) => {
                        messages.into_iter().for_each(|message| errors.add(path(), message));
                        continue;
                    }
                }
            }
            Some(_) => {
                errors.add(path(), "must be a value: operators are for updates");
                continue;
            }
            None => match absent_value(making, model, field)? {
                Some(value) => value,
                None if errors.0.contains_key(&path()) || is_reported(model, field, prefix, errors) => {
                    continue;
                }
                None => {
                    errors.add(path(), "is required");
                    continue;
                }
            },
        };
        if let Some(place) = values.get_mut(field.id.index()) {
            *place = value;
        }
    }
    let row = NewRow { values };
    let validates_stored = validate_new(making, model, &row, prefix, errors);
    let references = references(model, data, &connects, prefix, |field| Some(row.get(field).clone()));
    Ok(Draft { row, connects, references, validates_stored, stored_rule: None })
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
