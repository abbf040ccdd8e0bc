//! What a write answers: the rows written, as far as the actor may read them.

use std::sync::Arc;

use super::guard_read::shown;
use super::plan::KeyValues;
use super::scope::{Guard, NewRow, NewValue, Scope};
use crate::error::Error;
use crate::operation::{Count, Key, Selection};
use crate::schema::{FieldId, FieldOperation, Model, ModelId, PolicyOperation};
use crate::statement::{Filter, Guarded, LoadSlot, Loaded, Read, ResultPart};
use crate::value::Value;

/// What one operation of a plan answers.
#[derive(Clone, Debug)]
pub(crate) enum Part<'a> {
    Row {
        model: &'a Model,
        key: KeyValues,
        selection: &'a Selection,
    },
    /// How many rows these steps have touched.
    Count(Vec<usize>),
    Null,
}

impl Part<'_> {
    pub(crate) fn has_relations(&self) -> bool {
        matches!(self, Self::Row { selection, .. } if selection.has_relations())
    }
}

/// A key as it is known after the commit.
pub(crate) fn known_key(key: &KeyValues, loaded: &[(LoadSlot, Vec<(FieldId, Value)>)]) -> Key {
    let known = |value: &NewValue| match value {
        NewValue::Value(value) => value.clone(),
        NewValue::Loaded(Loaded { slot, field, .. }) => loaded
            .iter()
            .find(|(known, _)| known == slot)
            .and_then(|(_, row)| row.iter().find(|(known, _)| known == field))
            .map_or(Value::Null, |(_, value)| value.clone()),
        NewValue::Generated => Value::Null,
    };
    Key { fields: key.iter().map(|(field, value)| (*field, known(value))).collect() }
}

/// A read of a row that was written and committed, with what is related to it.
pub(crate) fn guard_written(
    mut guard: Guard<'_>,
    model: ModelId,
    key: &Key,
    selection: &Selection,
) -> Result<Guarded<Read>, Error> {
    let key: KeyValues =
        key.fields.iter().map(|(field, value)| (*field, NewValue::Value(value.clone()))).collect();
    let shape = guard.written(guard.schema.model(model), &key, selection)?;
    Ok(Guarded::new(Read { shape: Arc::new(shape), params: guard.params, count: Count::None }))
}

impl<'a> Guard<'a> {
    /// The columns to answer of new rows, where the rules let the actor see these of every one whatever the
    /// database holds: then the inserts give the answer themselves.
    pub(super) fn shown_at_once<'r>(
        &self,
        model: &'a Model,
        rows: impl Iterator<Item = &'r NewRow>,
        selection: &Selection,
    ) -> Option<Vec<FieldId>>
    where
        'r: 'a,
    {
        let mut guard = Guard::new(self.schema, self.actor, self.default_access, self.now);
        for row in rows {
            let rules = guard.alone(Scope::New(row), |guard| guard.rules(model.id, PolicyOperation::Read));
            if guard.needs_stored_row || rules != Filter::Always {
                return None;
            }
        }
        let mut fields = Vec::with_capacity(model.fields.len());
        for field in shown(model, selection) {
            let rules = guard.alone(Scope::Stored { is_named: true }, |guard| {
                guard.field_rules(field, FieldOperation::Read)
            });
            if rules != Filter::Always {
                return None;
            }
            fields.push(field.id);
        }
        Some(fields)
    }

    /// The reads that answer a plan.
    pub(super) fn result_parts(&self, parts: &[Part<'a>]) -> Result<Vec<ResultPart>, Error> {
        let mut lowered: Vec<ResultPart> = Vec::with_capacity(parts.len());
        for part in parts {
            lowered.push(match part {
                Part::Row { model, key, selection } => {
                    let mut guard = Guard::new(self.schema, self.actor, self.default_access, self.now);
                    let shape = guard.written(model, key, selection)?;
                    // Rows of one request mostly share their shape; sharing it spares the store comparing them.
                    let shape = match lowered.last() {
                        Some(ResultPart::Row(last)) if *last.shape == shape => Arc::clone(&last.shape),
                        _ => Arc::new(shape),
                    };
                    ResultPart::Row(Read { shape, params: guard.params, count: Count::None })
                }
                Part::Count(steps) => ResultPart::Count(steps.clone()),
                Part::Null => ResultPart::Null,
            });
        }
        Ok(lowered)
    }
}
