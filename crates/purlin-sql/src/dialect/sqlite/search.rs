//! The index that stands before a search: a table of FTS5 that knows the words of each row by the row's number.

use purlin_core::schema::Model;
use purlin_core::value::words::class;

use crate::dialect::Dialect;
use crate::dialect::sqlite::Sqlite;

/// What the name of a table's search index begins with; the table's own follows.
pub const SEARCH_PREFIX: &str = "_purlin_search_";

/// What it is. It folds the letters that `index_word` lets through as the test of words does; what follows emoji separates words.
pub const SEARCH_MODULE: &str = "fts5(words, content='', columnsize=0, detail=none, \
     tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M*' \
     separators '\u{20e3}\u{fe00}\u{fe01}\u{fe02}\u{fe03}\u{fe04}\u{fe05}\u{fe06}\u{fe07}\u{fe08}\u{fe09}\u{fe0a}\u{fe0b}\u{fe0c}\u{fe0d}\u{fe0e}\u{fe0f}'\")";

/// Stands for all words of a text.
const ALL_WORDS: &str = "purlinallwords";

/// In characters. Longer texts are offered to every search: the words of all of them would hold up the writer.
const LONGEST: u32 = 400_000;

/// So many rows are looked up in no time.
const FEW: u32 = 2_000;

/// A class of the characters about which FTS5 and the test of words agree: those of words, and those between words that
/// every version of FTS5 takes for such (they came with Unicode 6.1 at the latest, and are no digits).
const AGREED: &[(char, char)] = &[
    ('\u{1}', '\u{b1}'),
    ('\u{b4}', '\u{b8}'),
    ('\u{ba}', '\u{bb}'),
    ('\u{bf}', '\u{2064}'),
    ('\u{206a}', '\u{206f}'),
    ('\u{20a0}', '\u{20b9}'),
    ('\u{20e3}', '\u{20e3}'),
    ('\u{2103}', '\u{2103}'),
    ('\u{2116}', '\u{2116}'),
    ('\u{2122}', '\u{2122}'),
    ('\u{2190}', '\u{23f3}'),
    ('\u{2500}', '\u{26ff}'),
    ('\u{2701}', '\u{2775}'),
    ('\u{2794}', '\u{2b4c}'),
    ('\u{2b50}', '\u{2b59}'),
    ('\u{2c00}', '\u{2e2e}'),
    ('\u{2e30}', '\u{2e3b}'),
    ('\u{3000}', '\u{d7ff}'),
    ('\u{f900}', '\u{fe19}'),
    ('\u{fe30}', '\u{fe52}'),
    ('\u{fe54}', '\u{fe66}'),
    ('\u{fe68}', '\u{fe6b}'),
    ('\u{fe70}', '\u{fefc}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ff01}', '\u{ffdc}'),
    ('\u{fffc}', '\u{1cfff}'),
    ('\u{1f300}', '\u{1f320}'),
    ('\u{1f330}', '\u{1f335}'),
    ('\u{1f337}', '\u{1f37c}'),
    ('\u{1f380}', '\u{1f393}'),
    ('\u{1f3a0}', '\u{1f3c4}'),
    ('\u{1f3c6}', '\u{1f3ca}'),
    ('\u{1f3e0}', '\u{1f3f0}'),
    ('\u{1f400}', '\u{1f43e}'),
    ('\u{1f440}', '\u{1f440}'),
    ('\u{1f442}', '\u{1f4f7}'),
    ('\u{1f4f9}', '\u{1f4fc}'),
    ('\u{1f500}', '\u{1f53d}'),
    ('\u{1f550}', '\u{1f567}'),
    ('\u{1f5fb}', '\u{1f640}'),
    ('\u{1f645}', '\u{1f64f}'),
    ('\u{1f680}', '\u{1f6c5}'),
    ('\u{20000}', '\u{3ffff}'),
];

/// A part of them.
const USUAL: &[(char, char)] =
    &[('\u{1}', '\u{b1}'), ('\u{bf}', '\u{2064}'), ('\u{20ac}', '\u{20ac}'), ('\u{3000}', '\u{d7ff}')];

/// The index of the model's `@@fulltext`; `None` where a column hides the rows' numbers.
pub fn search_table(model: &Model) -> Option<String> {
    let is_hidden = model.columns().any(|field| field.column.eq_ignore_ascii_case("rowid"));
    (!is_hidden && !model.is_view).then(|| format!("{SEARCH_PREFIX}{}", Sqlite.table_name(model)))
}

/// What is in the index for a text: with other characters, what every search finds. Each character is held against a
/// whole class, so ASCII is told by its length, and what most of the world writes by a short one.
pub fn search_text(text: &str) -> String {
    let none_but = |ranges: &[(char, char)]| {
        let other = Sqlite.literal(&format!("*[^{}]*", class(ranges)));
        format!("{text} NOT GLOB {other}")
    };
    format!(
        "CASE WHEN length({text}) < {LONGEST} AND (length({text}) = length(CAST({text} AS BLOB)) OR {} OR {}) \
         THEN {text} ELSE '{ALL_WORDS}' END",
        none_but(USUAL),
        none_but(AGREED)
    )
}

/// What the index is asked for: `words` is an expression, `red pea*`.
pub fn search_query(words: &str) -> String {
    format!("('(' || {words} || ') OR {ALL_WORDS}')")
}

pub(super) fn offered(model: &Model, alias: &str, words: &mut dyn FnMut() -> String) -> Option<String> {
    let index = Sqlite.identifier(&search_table(model)?);
    let query = search_query(&words());
    Some(format!("{alias}.rowid IN (SELECT rowid FROM {index} WHERE {index} MATCH {query})"))
}

/// An eighth of the table, and more than are looked up in no time. The table's highest number is about its length.
pub(super) fn offers_many(model: &Model, words: &mut dyn FnMut() -> String) -> Option<String> {
    let index = Sqlite.identifier(&search_table(model)?);
    let query = search_query(&words());
    let many = format!("(SELECT max({FEW}, coalesce(max(rowid), 0) / 8) FROM {})", Sqlite.table(model));
    Some(format!(
        "SELECT count(*) >= {many} FROM (SELECT 1 FROM {index} WHERE {index} MATCH {query} LIMIT {many})"
    ))
}
