//! The index that stands before a search: a GIN index of the words of a row, cut as the test cuts them.

use purlin_core::schema::Model;
use purlin_core::value::words::{MOST_LETTERS, word_class};

use super::Postgres;
use super::dialect::lower;
use crate::dialect::Dialect;

/// So many rows are looked up in no time.
const FEW: u32 = 2_000;
/// In bytes. A longer text is offered to every search: not all of its words may have room in a `tsvector`, which holds
/// a megabyte.
const LONGEST: usize = 400_000;
/// Stands for all words of a text; no word is a sign.
const ALL_WORDS: &str = "'*'";

/// What is in the index: the words of these columns, as far as searches ask for them. The index and its queries say it
/// alike.
pub fn search_document(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("coalesce(({text})::text, '')")).collect();
    let (text, class) = (texts.join(" || ' ' || "), word_class());
    let between = Postgres.literal(&format!("[^{class}]+"));
    let long = Postgres.literal(&format!("([{class}]{{{MOST_LETTERS}}})[{class}]+"));
    let words = format!("regexp_replace({}, {between}, ' ', 'g')", lower(&text));
    let words = format!("regexp_replace({words}, {long}, {}, 'g')", Postgres.literal("\\1"));
    format!(
        "CASE WHEN octet_length({text}) > {LONGEST} THEN array_to_tsvector(ARRAY[{ALL_WORDS}]) \
         ELSE array_to_tsvector(string_to_array(btrim({words}), ' ')) END"
    )
}

/// `red pea*` is asked as `('red' & 'pea':*) | '*'`.
pub(super) fn offered(texts: &[String], words: &str) -> String {
    let words = lower(words);
    let all = format!("replace('(''' || replace({words}, ' ', ''' & ''') || '''', '*''', ''':*')");
    // In a query of its own: a planner that knew the words to be common would read the table instead, and make the words
    // of each row anew, which it takes for cheap.
    format!("({}) @@ (SELECT ({all} || ') | ''*''')::tsquery)", search_document(texts))
}

/// An eighth of the table, as far as the server knows its length, and more than are looked up in no time.
pub(super) fn offers_many(model: &Model, words: &str) -> String {
    let table = Postgres.table(model);
    let texts: Vec<String> =
        model.searched().into_iter().map(|field| Postgres.identifier(&model.field(field).column)).collect();
    let many = format!(
        "(SELECT greatest({FEW}, reltuples::bigint / 8) FROM pg_class WHERE oid = {}::regclass)",
        Postgres.literal(&table)
    );
    let offered = offered(&texts, words);
    // With a limit the planner would read the table, and make the words of each row anew.
    format!("SELECT (count(*) >= {many})::int::bigint FROM {table} WHERE {offered}")
}
