//! File and folder names say what is inside; some words say nothing.

use std::path::Path;

use crate::report::Report;
use crate::source::SourceFile;

const EMPTY_WORDS: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager"];

pub(super) fn check(file: &SourceFile, report: &mut Report) {
    if let Some(word) = empty_word(&file.path).filter(|_| file.is_rust()) {
        report.error(format!("{}: `{word}` does not say what is inside; name it by its idea", file.path));
    }
}

fn empty_word(path: &str) -> Option<&'static str> {
    let parts = Path::new(path).with_extension("");
    let mut parts = parts.iter().filter_map(|part| part.to_str());
    parts.find_map(|part| EMPTY_WORDS.iter().copied().find(|word| *word == part))
}

#[cfg(test)]
mod tests {
    use super::empty_word;

    #[test]
    fn finds_empty_words_anywhere_in_a_path() {
        assert_eq!(empty_word("crates/a/src/utils.rs"), Some("utils"));
        assert_eq!(empty_word("crates/a/tests/it/common/mod.rs"), Some("common"));
        assert_eq!(empty_word("crates/a/src/filter.rs"), None);
        assert_eq!(empty_word("crates/a/src/common_table.rs"), None);
    }
}
