//! The index that stands before a search: a table of FTS5 that knows each row by its number.

use purlin_core::schema::Model;

use super::TRIGRAMS_FUNCTION;
use crate::dialect::Dialect;
use crate::dialect::sqlite::Sqlite;

/// What the name of a table's search index begins with; the table's own follows.
pub const SEARCH_PREFIX: &str = "_purlin_search_";

/// What it is. Texts are cut into trigrams and not into words, since FTS5 and Purlin differ about what a word is; they
/// fold all letters of `is_indexed` alike.
pub const SEARCH_MODULE: &str = "fts5(words, content='', columnsize=0, detail=none, tokenize='trigram')";

/// The index of the model's `@@fulltext`; `None` where a column hides the rows' numbers.
pub fn search_table(model: &Model) -> Option<String> {
    let is_hidden = model.columns().any(|field| field.column.eq_ignore_ascii_case("rowid"));
    (!is_hidden && !model.is_view).then(|| format!("{SEARCH_PREFIX}{}", Sqlite.table_name(model)))
}

pub(super) fn offered(model: &Model, alias: &str, words: &mut dyn FnMut() -> String) -> Option<String> {
    let index = Sqlite.identifier(&search_table(model)?);
    let query = format!("{TRIGRAMS_FUNCTION}({})", words());
    Some(format!("{alias}.rowid IN (SELECT rowid FROM {index} WHERE {index} MATCH {query})"))
}
