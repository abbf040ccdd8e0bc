//! Values of new rows and of changes as steps write and compare them.

use crate::operation::Key;
use crate::policy::scope::{Guard, NewRow, NewValue, column};
use crate::schema::{CompareOp, Field, FieldId, Model, ModelId};
use crate::statement::{Change, Filter, LoadSlot, Loaded, Operand, WriteValue};
use crate::validate::NewChange;
use crate::value::Value;

/// Values of a key: known now, or by a slot when the plan runs.
pub(crate) type KeyValues = Vec<(FieldId, NewValue)>;

impl<'a> Guard<'a> {
    /// `None` for what the database makes.
    pub(super) fn write_value(&mut self, value: &NewValue) -> Option<WriteValue> {
        match value {
            NewValue::Value(value) => Some(WriteValue::Param(self.param(value.clone()))),
            NewValue::Loaded(Loaded { slot, field, .. }) => {
                Some(WriteValue::Loaded { slot: *slot, field: *field })
            }
            NewValue::Generated => None,
        }
    }

    pub(super) fn change(&mut self, field: &'a Field, change: &NewChange) -> Change {
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

    /// The innermost row has these values.
    pub(crate) fn stored_key_filter(&mut self, model: ModelId, key: &[(FieldId, NewValue)]) -> Filter {
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

    /// The innermost row is none of these.
    pub(super) fn none_of(&mut self, model: &'a Model, keys: &[Key]) -> Filter {
        let single = |key: &Key| match key.fields.as_slice() {
            [(field, value)] => Some((*field, value.clone())),
            _ => None,
        };
        let singles: Option<Vec<(FieldId, Value)>> = keys.iter().map(single).collect();
        if let Some(((field, _), true)) = singles.as_ref().and_then(|all| {
            all.first().map(|first| (first.clone(), all.iter().all(|(id, _)| *id == first.0)))
        }) {
            // However many they are, it is one condition.
            let values = singles.into_iter().flatten().map(|(_, value)| value).collect();
            let list = Operand::Param(self.param(Value::List(values)));
            let among = Filter::In { value: column(model.id, field), list };
            return Filter::not(Filter::all([among, self.row_field_rules(model.field(field))]));
        }
        let any: Vec<Filter> = keys.iter().map(|key| self.client_key(model, key)).collect();
        Filter::not(Filter::any(any))
    }
}

/// Where the key of an inserted row is: always in the insert's slot.
pub(super) fn inserted_key(model: &Model, row: &NewRow, slot: LoadSlot) -> KeyValues {
    model
        .key_fields()
        .map(|field: &Field| {
            let value = match row.get(field.id) {
                NewValue::Value(value) if !value.is_null() => NewValue::Value(value.clone()),
                NewValue::Loaded(loaded) => NewValue::Loaded(*loaded),
                _ => NewValue::Loaded(Loaded { slot, model: model.id, field: field.id }),
            };
            (field.id, value)
        })
        .collect()
}

/// The primary key of the row in a slot.
pub(super) fn slot_key(model: &Model, slot: LoadSlot) -> KeyValues {
    let loaded = |field: &Field| NewValue::Loaded(Loaded { slot, model: model.id, field: field.id });
    model.key_fields().map(|field| (field.id, loaded(field))).collect()
}
