//! Input of a write.

use super::{Key, Nested};
use crate::schema::FieldId;
use crate::value::Value;

/// The fields that a client named, in its order, each once.
#[derive(Clone, Debug, Default)]
pub struct Data {
    pub fields: Vec<(FieldId, Assignment)>,
    /// Stands before field names in messages, such as `3.` in an array or `posts.create.`.
    pub prefix: String,
    /// Hooks have seen it and are to be told of the row that came of it.
    pub is_heard: bool,
}

#[derive(Clone, Debug)]
pub enum Assignment {
    Set(Value),
    /// The hash of what was given for a `@password` field: made by sign-in, never read from input. What was
    /// given has been judged.
    Hashed(String),
    /// For a to-one relation whose key this model holds: `{connect: {…}}`. The target must be
    /// readable by the actor.
    Connect(Key),
    /// For an optional one: `{disconnect: true}`.
    Disconnect,
    Increment(Value),
    Decrement(Value),
    Multiply(Value),
    Divide(Value),
    /// Appends to a list field.
    Push(Vec<Value>),
    /// To the rows of a relation, in this order.
    Nested(Vec<Nested>),
    /// A field of the row that an earlier operation of the same batch writes.
    Earlier {
        operation: usize,
        field: FieldId,
    },
}

impl Data {
    pub fn get(&self, field: FieldId) -> Option<&Assignment> {
        self.fields.iter().find(|(id, _)| *id == field).map(|(_, assignment)| assignment)
    }

    /// Sets a field, replacing what was there.
    pub fn set(&mut self, field: FieldId, assignment: Assignment) {
        match self.fields.iter_mut().find(|(id, _)| *id == field) {
            Some(entry) => entry.1 = assignment,
            None => self.fields.push((field, assignment)),
        }
    }
}
