//! Random texts: the parser never panics, and what can be formatted keeps its meaning.

use std::fs;

use proptest::prelude::*;
use purlin_schema::lexer::lex;
use purlin_schema::{Diagnostic, FileId, SourceFile, compile};

use crate::case_files::files;
use crate::describe::schema_text;
use crate::format::check_round_trip;

const WORDS: &[&str] = &[
    "model",
    "A",
    "B",
    "enum",
    "type",
    "datasource",
    "import",
    "abstract",
    "view",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "?",
    "!",
    "^",
    "@",
    "@@",
    "@@@",
    "id",
    "Int",
    "String",
    "@id",
    "@default(",
    "now()",
    "@@allow('all',",
    "@@index([",
    "])",
    "&&",
    "||",
    "==",
    "!=",
    "<",
    "in",
    ",",
    ":",
    "=",
    ".",
    ";",
    "// c\n",
    "/// d\n",
    "/* e */",
    "\n",
    "\n\n\n",
    "\r\n",
    "\"s\"",
    "'t'",
    "\"open",
    "12",
    "-3.5",
    "null",
    "this",
    "true",
    "with",
    "extends",
    "function",
    "attribute",
    "procedure",
    "mutation",
    "é",
    "\0",
    "/*",
    "\\",
    "Unsupported(\"x\")",
    "_",
    "2x",
    "a-b",
];

fn samples() -> Vec<String> {
    ["parse", "format", "check"]
        .iter()
        .flat_map(|folder| files(folder))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn check(text: &str) {
    let compiled = compile(vec![SourceFile::new("random.zmodel", text)]);
    for diagnostic in &compiled.diagnostics {
        assert!(!diagnostic.render(&compiled.sources).is_empty());
    }
    let has_errors = compiled.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(compiled.schema.is_none(), has_errors, "a schema exists exactly if nothing is an error");
    if let Some(schema) = &compiled.schema {
        // Follows every id in it.
        assert!(!schema_text(schema).is_empty());
    }
    check_round_trip("random", text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn word_salad(words in prop::collection::vec(prop::sample::select(WORDS), 0..60), glue in prop::sample::select(&[" ", ""][..])) {
        check(&words.join(glue));
    }

    #[test]
    fn any_text(text in ".{0,200}") {
        check(&text);
    }

    /// A sample with other space and further comments between its tokens.
    #[test]
    fn other_layout(
        sample in prop::sample::select(samples()),
        gaps in prop::collection::vec(0usize..60, 1..400),
    ) {
        let tokens = lex(FileId::default(), &sample, &mut Vec::new());
        let mut text = String::new();
        let mut end = 0;
        for (index, token) in tokens.iter().enumerate() {
            let start = token.span.start as usize;
            let original = &sample[end..start];
            text.push_str(match gaps[index % gaps.len()] {
                0 => "\n",
                1 => " /* gap */ ",
                2 => " // gap\n",
                3 => "\n/// gap\n",
                4 => "\n\n\n",
                5 => "\r\n\t",
                6 if !original.is_empty() && !original.contains('\n') => "  ",
                _ => original,
            });
            end = token.span.end as usize;
            text.push_str(&sample[start..end]);
        }
        check(&text);
    }

    /// A sample with a piece cut out and another piece put in.
    #[test]
    fn damaged(sample in prop::sample::select(samples()), cut in any::<prop::sample::Index>(), length in 0usize..40, put in prop::sample::select(WORDS)) {
        let chars: Vec<char> = sample.chars().collect();
        let from = cut.index(chars.len());
        let to = (from + length).min(chars.len());
        let text: String = chars[..from].iter().copied().chain(put.chars()).chain(chars[to..].iter().copied()).collect();
        check(&text);
    }
}
