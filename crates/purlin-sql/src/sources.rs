//! Where the values of bindings come from.

use purlin_core::schema::FieldId;
use purlin_core::statement::{LoadSlot, ParamId};
use purlin_core::value::Value;

use crate::binding::Source;

/// What bindings may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub params: &'a [Value],
    /// Rows of earlier steps.
    pub slots: &'a [(LoadSlot, Vec<(FieldId, Value)>)],
    /// The JSON array of an include's parents.
    pub parent_keys: &'a str,
    /// How far a capped count counts.
    pub cap: u32,
}

impl<'a> Sources<'a> {
    pub fn new(params: &'a [Value], slots: &'a [(LoadSlot, Vec<(FieldId, Value)>)]) -> Self {
        Self { params, slots, parent_keys: "[]", cap: 0 }
    }

    /// Of a number of rows.
    pub fn whole(&self, param: Option<ParamId>) -> Option<usize> {
        match self.params.get(usize::try_from(param?.0).ok()?) {
            Some(Value::Int(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    pub fn value(&self, source: &Source) -> Option<&'a Value> {
        match source {
            Source::Param(param) => self.params.get(usize::try_from(param.0).ok()?),
            Source::Loaded(slot, field) => {
                let (_, row) = self.slots.iter().find(|(known, _)| known == slot)?;
                row.iter().find(|(known, _)| known == field).map(|(_, value)| value)
            }
            Source::Constant(_) | Source::CapPlusOne | Source::ParentKeys => None,
        }
    }
}
