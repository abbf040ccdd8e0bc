//! A full-text search: words that all must be somewhere in the searched fields.

use crate::schema::FieldId;

#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// The fields of the model's `@@fulltext`, the weightiest first.
    pub fields: Vec<FieldId>,
    /// Without any, every row is found.
    pub terms: Vec<SearchTerm>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SearchTerm {
    /// One word, or several that follow one another: in lower case, with a space between.
    pub words: String,
    /// The last word may go on.
    pub is_prefix: bool,
    /// Rows with it are not wanted.
    pub is_excluded: bool,
}
