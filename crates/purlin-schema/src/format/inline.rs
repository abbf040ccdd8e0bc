//! A run of tokens as text: one space where the language wants one, line breaks inside
//! brackets where the author put them, indented by the line that opened the bracket.

use crate::lexer::{Token, TokenKind};

/// What becomes of the author's line breaks outside brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// Keep them, also the one before the first token.
    KeepLeading,
    Keep,
    Join,
}

pub(super) struct Inline<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
}

impl<'a> Inline<'a> {
    pub(super) fn token_text(&self, token: Token) -> &'a str {
        let span = token.span;
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        if token.kind == TokenKind::BlockComment { text } else { text.trim_end() }
    }

    /// Renders the tokens `from..to`; `indent` is that of the line they start on.
    pub(super) fn render(&self, from: usize, to: usize, indent: usize, breaks: Breaks) -> String {
        let mut out = String::new();
        let mut line_indent = indent;
        let mut openers: Vec<usize> = Vec::new();
        let mut previous: Option<usize> = from.checked_sub(1).filter(|_| breaks == Breaks::KeepLeading);
        for index in from..to.min(self.tokens.len()) {
            let Some(&token) = self.tokens.get(index) else {
                break;
            };
            if self.is_superfluous(index) {
                continue;
            }
            let before = previous.and_then(|at| self.tokens.get(at)).copied();
            let must_break = before.is_some_and(|before| is_line_comment(before.kind)) && index > from;
            let may_break = !openers.is_empty() || breaks != Breaks::Join;
            if must_break || may_break && token.newlines_before > 0 && before.is_some() {
                line_indent = match openers.last() {
                    Some(&opener) if token.kind.is_closer() => opener,
                    Some(&opener) => opener + 2,
                    None => indent + 2,
                };
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', line_indent));
            } else if before.is_some() && index > from && self.wants_space(index, before) {
                out.push(' ');
            }
            if token.kind.is_opener() {
                openers.push(line_indent);
            } else if token.kind.is_closer() {
                openers.pop();
            }
            out.push_str(&self.token_text(token).replace("\r\n", "\n").replace('\r', "\n"));
            previous = Some(index);
        }
        out
    }

    fn kind(&self, index: usize) -> TokenKind {
        self.tokens.get(index).map_or(TokenKind::Eof, |token| token.kind)
    }

    /// A separator that adds nothing: `;` after an import, a comma before a bracket that
    /// closes on the same line.
    fn is_superfluous(&self, index: usize) -> bool {
        match self.kind(index) {
            // Without it, a comment before it would document what comes next.
            TokenKind::Semicolon => !index.checked_sub(1).is_some_and(|at| self.kind(at).is_comment()),
            TokenKind::Comma => self
                .tokens
                .get(index + 1)
                .is_some_and(|next| next.kind.is_closer() && next.newlines_before == 0),
            _ => false,
        }
    }

    fn wants_space(&self, index: usize, before: Option<Token>) -> bool {
        use TokenKind as T;
        let Some(before) = before else { return false };
        let is_in = before.kind == T::Ident && self.token_text(before) == "in";
        match (before.kind, self.kind(index)) {
            (T::LeftBrace, T::RightBrace)
            | (
                T::LeftParen | T::LeftBracket | T::Dot | T::At | T::AtAt | T::AtAtAt | T::Bang | T::Caret,
                _,
            )
            | (_, T::RightParen | T::RightBracket | T::Comma | T::Colon | T::Dot | T::Question | T::Caret)
            | (T::Question | T::RightBracket | T::RightParen, T::LeftBracket) => false,
            (T::Ident, T::LeftParen | T::LeftBracket) => is_in,
            (T::Ident | T::RightParen | T::RightBracket, T::Bang) => {
                is_in || self.kind(index + 1) != T::LeftBracket
            }
            _ => true,
        }
    }
}

pub(super) fn is_line_comment(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::LineComment | TokenKind::DocComment)
}
