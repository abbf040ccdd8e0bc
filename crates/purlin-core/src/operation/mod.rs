//! What a surface asks for, typed by the schema but not yet permitted: the only thing that
//! enters the engine. Values are parsed (`purlin_core::input`); names are ids.

mod aggregate;
mod data;
mod query;
mod selection;
mod r#where;

pub use aggregate::{
    Aggregate, Answered, Function, GroupOrder, Grouping, Having, Measure, MeasureType, Over, Subject,
    groups_by,
};
pub use data::{Assignment, Data};
pub use query::{Count, Key, Nulls, Order, OrderTarget, Page, Query};
pub use selection::{Include, Selection};
pub use r#where::{JsonTest, Test, Where};

use crate::error::FieldErrors;
use crate::schema::{FieldId, ModelId};

#[derive(Clone, Debug)]
pub struct Operation {
    pub model: ModelId,
    pub action: Action,
    /// For a nested resource: the row under whose relation this happens.
    pub within: Option<Within>,
    /// What the surface found wrong with the data; answered together with what validation finds.
    pub errors: FieldErrors,
}

#[derive(Clone, Debug)]
pub enum Action {
    List(Query),
    Aggregate(Aggregate),
    Get {
        key: Key,
        selection: Selection,
    },
    /// All or nothing. `many` answers a list even for one.
    Create {
        rows: Vec<Data>,
        many: bool,
        selection: Selection,
    },
    Update {
        key: Key,
        data: Data,
        mode: UpdateMode,
        selection: Selection,
    },
    Delete {
        key: Key,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateMode {
    /// PATCH: only named fields change.
    Partial,
    /// PUT: absent writable fields take their default or null.
    Replace,
}

/// `GET /users/:id/posts`: `model` is User, `relation` its field `posts`.
#[derive(Clone, Debug)]
pub struct Within {
    pub model: ModelId,
    pub key: Key,
    pub relation: FieldId,
}
