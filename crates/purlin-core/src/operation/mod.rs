//! What a surface asks for, typed by the schema but not yet permitted: the only thing that
//! enters the engine. Values are parsed (`purlin_core::input`); names are ids.

mod aggregate;
mod data;
mod nested;
mod query;
mod search;
mod selection;
mod r#where;

pub use aggregate::{
    Aggregate, Answered, Function, GroupOrder, Grouping, Having, Measure, MeasureType, Over, Subject,
    groups_by,
};
pub use data::{Assignment, Data};
pub use nested::{Nested, Pick, Upsert};
pub use query::{Count, Key, Nulls, Order, OrderTarget, Page, Query, Window};
pub use search::{Search, SearchTerm};
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
    /// Answers how many rows were made.
    CreateMany {
        rows: Vec<Data>,
        /// Rows whose unique key is taken are left out.
        skip_duplicates: bool,
    },
    /// The rows of the filter that the actor may change; answers how many.
    UpdateMany {
        filter: Where,
        data: Data,
        /// The rows, where each of them is looked at: the engine finds them.
        each: Option<Vec<Key>>,
    },
    /// The rows of the filter that the actor may delete; answers how many.
    DeleteMany {
        filter: Where,
        each: Option<Vec<Key>>,
    },
    /// Changes the row of the key, or makes one.
    Upsert {
        key: Key,
        create: Data,
        update: Data,
        selection: Selection,
    },
}

impl Action {
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List(_) | Self::Aggregate(_) | Self::Get { .. })
    }
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
