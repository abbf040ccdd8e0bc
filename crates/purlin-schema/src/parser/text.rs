//! String literals: from the quoted text to its value.

use super::cursor::Parser;
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::TokenKind;
use crate::source::Span;

impl Parser<'_> {
    /// Reads a string; an empty one where there is none, which is reported.
    pub(super) fn string(&mut self) -> (String, Span) {
        if !self.at(TokenKind::String) {
            self.expected("a string in quotes");
            return (String::new(), self.current().span);
        }
        let span = self.advance().span;
        (self.unescape(span), span)
    }

    /// An unknown escape stays as written: in patterns such as `'^\d+$'` that is what the
    /// author meant, while dropping the backslash would change the meaning in silence.
    pub(super) fn unescape(&mut self, span: Span) -> String {
        let quoted = self.text_of(span);
        let quote = quoted.chars().next().unwrap_or('"');
        let body = quoted.get(1..).unwrap_or("");
        let body = body.strip_suffix(quote).unwrap_or(body);
        if !body.contains('\\') {
            return body.to_owned();
        }
        let mut value = String::with_capacity(body.len());
        let mut chars = body.char_indices();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                value.push(c);
                continue;
            }
            let Some((_, escape)) = chars.next() else {
                break;
            };
            match escape {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'b' => value.push('\u{8}'),
                'f' => value.push('\u{c}'),
                '"' | '\'' | '\\' | '/' => value.push(escape),
                'u' => {
                    let (decoded, length) = unicode_escape(body.get(at..).unwrap_or(""));
                    if let Some(decoded) = decoded {
                        value.push(decoded);
                    } else {
                        self.bad_escape(
                            span,
                            at,
                            length,
                            "is not a character: write four hexadecimal digits",
                        );
                    }
                    for _ in 2..length {
                        chars.next();
                    }
                }
                other => {
                    value.push('\\');
                    value.push(other);
                    let start = span.start as usize + 1 + at;
                    let place = Span::new(self.file, start, start + 1 + other.len_utf8());
                    self.diagnostics.push(
                        Diagnostic::warning(
                            codes::INVALID_ESCAPE,
                            place,
                            format!("strings have no escape `\\{other}`; the backslash is kept"),
                        )
                        .help(format!("write `\\\\{other}`")),
                    );
                }
            }
        }
        value
    }

    fn bad_escape(&mut self, span: Span, at: usize, length: usize, problem: &str) {
        let start = span.start as usize + 1 + at;
        let place = Span::new(self.file, start, start + length);
        self.diagnostics.push(Diagnostic::error(
            codes::INVALID_ESCAPE,
            place,
            format!("`{}` {problem}", self.text_of(place)),
        ));
    }
}

/// Reads `\uXXXX`, or a pair of them for characters beyond the first 65,536; gives the
/// character and the number of bytes that belong to the escape (all are ASCII).
fn unicode_escape(text: &str) -> (Option<char>, usize) {
    let unit = |at: usize| {
        text.get(at..at + 6)
            .and_then(|escape| escape.strip_prefix("\\u"))
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
    };
    let Some(first) = unit(0) else {
        return (None, 2);
    };
    if let Some(c) = char::from_u32(u32::from(first)) {
        return (Some(c), 6);
    }
    let pair = unit(6).and_then(|second| char::decode_utf16([first, second]).next().and_then(Result::ok));
    match pair {
        Some(c) => (Some(c), 12),
        None => (None, 6),
    }
}
