//! Words and quotes that engines have in common.

use purlin_core::schema::SortOrder;

/// Between quotes, each of which is doubled inside.
pub(super) fn push_quoted(text: &mut String, content: &str, quote: char) {
    text.push(quote);
    for character in content.chars() {
        // Nothing after a NUL would be read.
        if character == '\0' {
            continue;
        }
        if character == quote {
            text.push(quote);
        }
        text.push(character);
    }
    text.push(quote);
}

pub(super) fn direction_word(direction: SortOrder) -> &'static str {
    match direction {
        SortOrder::Ascending => "ASC",
        SortOrder::Descending => "DESC",
    }
}
