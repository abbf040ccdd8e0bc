//! What of each row is answered.

use super::Query;
use crate::schema::FieldId;

#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `None`: every column that is exposed and not omitted. Never holds relations.
    pub fields: Option<Vec<FieldId>>,
    /// Left out of the default or the given fields.
    pub omit: Vec<FieldId>,
    pub includes: Vec<Include>,
    /// `_count`: to-many relations to count, with a filter each.
    pub counts: Vec<(FieldId, super::Where)>,
}

impl Selection {
    /// Whether nothing else is asked for than what every row answers by itself.
    pub fn is_default(&self) -> bool {
        self.fields.is_none() && self.omit.is_empty() && !self.has_relations()
    }

    /// Whether other rows are asked for too.
    pub fn has_relations(&self) -> bool {
        !self.includes.is_empty() || !self.counts.is_empty()
    }
}

#[derive(Clone, Debug)]
pub struct Include {
    /// A relation field of the selected model.
    pub relation: FieldId,
    /// For a to-one relation only its selection matters.
    pub query: Query,
}
