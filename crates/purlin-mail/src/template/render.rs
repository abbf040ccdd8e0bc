//! Pieces and values to text. HTML is escaped; there is no way around it.

use super::parse::Piece;
use super::values::Values;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    Html,
}

pub(super) fn render(pieces: &[Piece], values: &Values, escape: Escape) -> String {
    let mut text = String::new();
    add(&mut text, pieces, values, escape);
    text
}

/// As deep as the template is, which the app wrote.
fn add(text: &mut String, pieces: &[Piece], values: &Values, escape: Escape) {
    for piece in pieces {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Value(name) => add_value(text, values.get(name).unwrap_or(""), escape),
            Piece::If { name, then, otherwise } => {
                let branch = if values.get(name).is_some() { then } else { otherwise };
                add(text, branch, values, escape);
            }
        }
    }
}

fn add_value(text: &mut String, value: &str, escape: Escape) {
    for c in value.chars() {
        match (escape, c) {
            (Escape::Html, '&') => text.push_str("&amp;"),
            (Escape::Html, '<') => text.push_str("&lt;"),
            (Escape::Html, '>') => text.push_str("&gt;"),
            (Escape::Html, '"') => text.push_str("&quot;"),
            (Escape::Html, '\'') => text.push_str("&#39;"),
            (_, c) => text.push(c),
        }
    }
}
