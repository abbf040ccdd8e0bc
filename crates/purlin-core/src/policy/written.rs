//! What a write answers: the rows written, as far as the actor may read them.

use std::sync::Arc;

use super::guard_read::shown;
use super::guard_write::KeyValues;
use super::scope::{Guard, NewRow, NewValue, Scope};
use crate::error::Error;
use crate::operation::{Count, Key, Selection};
use crate::schema::{FieldId, FieldOperation, Model, ModelId, PolicyOperation};
use crate::statement::{Filter, Guarded, LoadSlot, Loaded, Read, ResultRows, WritePlan, WriteResult};
use crate::value::Value;

/// A plan, and what reading its rows takes once it is committed.
#[derive(Debug)]
pub(crate) struct Write {
    pub plan: Guarded<WritePlan>,
    /// Of each row written, in order.
    pub keys: Vec<KeyValues>,
}

/// The keys as they are known after the commit.
pub(crate) fn known_keys(keys: Vec<KeyValues>, loaded: &[(LoadSlot, Vec<(FieldId, Value)>)]) -> Vec<Key> {
    let known = |value: NewValue| match value {
        NewValue::Value(value) => value,
        NewValue::Loaded(Loaded { slot, field, .. }) => loaded
            .iter()
            .find(|(known, _)| *known == slot)
            .and_then(|(_, row)| row.iter().find(|(known, _)| *known == field))
            .map_or(Value::Null, |(_, value)| value.clone()),
        NewValue::Generated => Value::Null,
    };
    let of_row = |key: KeyValues| Key {
        fields: key.into_iter().map(|(field, value)| (field, known(value))).collect(),
    };
    keys.into_iter().map(of_row).collect()
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

    /// The answer of a plan that does not give it by its inserts. With relations there is none: other rows are
    /// read once the plan is committed.
    pub(super) fn result(
        &self,
        model: &'a Model,
        keys: &[KeyValues],
        selection: &Selection,
        as_list: bool,
    ) -> Result<Option<WriteResult>, Error> {
        let mut reads: Vec<Read> = Vec::with_capacity(keys.len());
        for key in keys {
            let mut guard = Guard::new(self.schema, self.actor, self.default_access, self.now);
            let shape = guard.written(model, key, selection)?;
            // What may not be asked for is refused now, before anything is written.
            if selection.has_relations() {
                return Ok(None);
            }
            // Rows of one request mostly share their shape; sharing it spares the store comparing them.
            let shape = match reads.last() {
                Some(last) if *last.shape == shape => Arc::clone(&last.shape),
                _ => Arc::new(shape),
            };
            reads.push(Read { shape, params: guard.params, count: Count::None });
        }
        Ok(Some(WriteResult { rows: ResultRows::Read(reads), as_list }))
    }
}
