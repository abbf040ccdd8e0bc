//! The tables of an app, as its schema names them.

use crate::schema::{FieldId, ModelId, Schema};

/// A table that a statement reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Model(ModelId),
    /// The join table of an implicit many-to-many relation, named by one of its two ends.
    Join(ModelId, FieldId),
}

impl Table {
    /// One name for a join table, from whichever end it is reached.
    pub fn join(schema: &Schema, model: ModelId, relation: FieldId) -> Self {
        let here = (model, relation);
        let field = schema.model(model).field(relation).relation();
        let there = field.map_or(here, |field| (field.target, field.opposite));
        let (model, relation) = here.min(there);
        Self::Join(model, relation)
    }
}
