//! The parser's place in the token stream, and the ways to move, report and recover.
//! Comments are invisible here except through `doc_before` and `doc_after`.

use crate::ast::Ident;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::lexer::{Token, TokenKind};
use crate::source::{FileId, Span};

/// Words that open a top-level block when a name and a brace follow.
pub(super) const BLOCK_WORDS: &[&str] =
    &["model", "view", "type", "enum", "datasource", "generator", "plugin"];

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) file: FileId,
    tokens: &'a [Token],
    /// Indices of the tokens that are not comments; the last is `Eof`.
    significant: Vec<usize>,
    position: usize,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// Where the last problem was reported: one place is reported once.
    reported_at: Option<u32>,
    /// Where an open bracket was last reported.
    unclosed_at: Option<usize>,
    pub(super) depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        file: FileId,
        text: &'a str,
        tokens: &'a [Token],
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let significant =
            (0..).zip(tokens).filter(|(_, token)| !token.kind.is_comment()).map(|(index, _)| index).collect();
        Self {
            text,
            file,
            tokens,
            significant,
            position: 0,
            diagnostics,
            reported_at: None,
            unclosed_at: None,
            depth: 0,
        }
    }

    fn token_at(&self, position: usize) -> Token {
        let last = self.significant.len().saturating_sub(1);
        self.significant.get(position.min(last)).and_then(|&index| self.tokens.get(index)).copied().unwrap_or(
            Token {
                kind: TokenKind::Eof,
                span: Span::new(self.file, self.text.len(), self.text.len()),
                newlines_before: 1,
            },
        )
    }

    pub(super) fn nth(&self, ahead: usize) -> Token {
        self.token_at(self.position + ahead)
    }

    pub(super) fn current(&self) -> Token {
        self.nth(0)
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.current().kind
    }

    pub(super) fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        self.at(TokenKind::Ident) && self.text_of(self.current().span) == word
    }

    /// Whether a newline stands before the token `ahead`, counting those before comments.
    pub(super) fn starts_line(&self, ahead: usize) -> bool {
        let position = self.position + ahead;
        let Some(previous) = position.checked_sub(1) else {
            return true;
        };
        let from = self.token_at(previous).span.end as usize;
        let to = self.token_at(position).span.start as usize;
        self.text.get(from..to).is_some_and(|gap| gap.contains(['\n', '\r']))
    }

    pub(super) fn text_of(&self, span: Span) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.current();
        if token.kind != TokenKind::Eof {
            self.position += 1;
        }
        token
    }

    pub(super) fn eat(&mut self, kind: TokenKind) -> Option<Token> {
        self.at(kind).then(|| self.advance())
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn previous_span(&self) -> Span {
        self.token_at(self.position.saturating_sub(1)).span
    }

    pub(super) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.reported_at != Some(diagnostic.span.start) {
            self.reported_at = Some(diagnostic.span.start);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports that `what` should stand at the current token.
    pub(super) fn expected(&mut self, what: &str) {
        let token = self.current();
        if token.kind == TokenKind::Unknown {
            return; // The lexer has already said so.
        }
        let found = self.describe(token);
        self.error(codes::UNEXPECTED_TOKEN, token.span, format!("expected {what}, found {found}"));
    }

    pub(super) fn describe(&self, token: Token) -> String {
        match token.kind {
            TokenKind::Eof => "the end of the file".to_owned(),
            TokenKind::String => "a string".to_owned(),
            _ => {
                let text: String = self.text_of(token.span).chars().take(40).collect();
                format!("`{text}`")
            }
        }
    }

    pub(super) fn ident(&mut self, what: &str) -> Option<Ident> {
        if self.at(TokenKind::Ident) {
            let token = self.advance();
            let text = self.text_of(token.span);
            if text.starts_with(|c: char| c.is_ascii_digit()) || !text.is_ascii() || text.contains('-') {
                self.report(
                    Diagnostic::error(codes::INVALID_NAME, token.span, format!("`{text}` is not a valid name"))
                        .help("names start with a letter and go on with letters, digits and `_`; use @map for another name in the database"),
                );
            }
            return Some(Ident { text: text.to_owned(), span: token.span });
        }
        self.expected(what);
        None
    }

    /// Skips to the next line, over brackets that open on the way, but never out of the
    /// block: a closing brace or the start of another block stays current.
    pub(super) fn skip_line(&mut self) {
        let mut depth = 0usize;
        let mut is_first = true;
        while !self.at(TokenKind::Eof) {
            if !is_first && self.starts_line(0) && (depth == 0 || self.at_member_start()) {
                return;
            }
            match self.kind() {
                TokenKind::RightBrace if depth == 0 => return,
                kind if kind.is_opener() => depth += 1,
                kind if kind.is_closer() => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.advance();
            is_first = false;
        }
    }

    /// Whether the current token looks like the start of a field, block attribute or
    /// block, judged at the start of a line: the places to recover to.
    pub(super) fn at_member_start(&self) -> bool {
        match self.kind() {
            TokenKind::AtAt | TokenKind::RightBrace => true,
            // `x in list` is part of an expression and `_ name:` of a parameter.
            TokenKind::Ident => {
                self.nth(1).kind == TokenKind::Ident
                    && !self.starts_line(1)
                    && self.text_of(self.nth(1).span) != "in"
                    && !self.at_word("_")
            }
            _ => false,
        }
    }

    /// Whether brackets still open here must be given up: the next member or block begins.
    pub(super) fn at_resync(&self) -> bool {
        self.at(TokenKind::Eof) || self.starts_line(0) && (self.at_member_start() || self.at_block_start())
    }

    /// Reports an open bracket, unless one inside it, or an open string, is the cause.
    pub(super) fn unclosed(&mut self, open: Span, close_text: &str) {
        let string = self.previous_span();
        let text = self.text_of(string);
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        let is_open_string = quote.is_some_and(|quote| text.len() == 1 || !text.ends_with(quote));
        if self.unclosed_at != Some(self.position) && !is_open_string {
            self.report(
                Diagnostic::error(codes::UNCLOSED_BRACKET, open, "this bracket is not closed")
                    .help(format!("add {close_text}")),
            );
        }
        self.unclosed_at = Some(self.position);
    }

    /// `model Name {` and the like at the start of a line: a block before it lacks its `}`.
    pub(super) fn at_block_start(&self) -> bool {
        let first = self.current();
        if first.kind != TokenKind::Ident || !self.starts_line(0) {
            return false;
        }
        let word = self.text_of(first.span);
        let name = self.nth(1);
        let after = self.nth(2);
        (BLOCK_WORDS.contains(&word) || word == "abstract")
            && name.kind == TokenKind::Ident
            && !self.starts_line(1)
            && (after.kind == TokenKind::LeftBrace
                || after.kind == TokenKind::Ident && matches!(self.text_of(after.span), "extends" | "with")
                || word == "abstract" && after.kind == TokenKind::Ident)
    }

    /// The documentation directly above the current token.
    pub(super) fn doc_before(&self) -> Option<String> {
        let &index = self.significant.get(self.position)?;
        let mut lines = Vec::new();
        let mut gap = self.tokens.get(index)?.newlines_before;
        for at in (0..index).rev() {
            let token = self.tokens.get(at)?;
            let own_line = token.newlines_before > 0 || at == 0;
            if !token.kind.is_comment() || gap > 1 || !own_line {
                break;
            }
            if token.kind == TokenKind::DocComment {
                lines.push(self.doc_text(token.span));
            }
            gap = token.newlines_before;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The documentation after the last token read, on its line.
    pub(super) fn doc_after(&self) -> Option<String> {
        let &index = self.significant.get(self.position.checked_sub(1)?)?;
        let token = self.tokens.get(index + 1)?;
        (token.kind == TokenKind::DocComment && token.newlines_before == 0).then(|| self.doc_text(token.span))
    }

    fn doc_text(&self, span: Span) -> String {
        let text = self.text_of(span).trim_start_matches('/');
        text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()
    }
}

/// Documentation above and beside a declaration reads as one text.
pub(super) fn join_doc(above: Option<String>, beside: Option<String>) -> Option<String> {
    match (above, beside) {
        (Some(above), Some(beside)) => Some(format!("{above}\n{beside}")),
        (above, beside) => above.or(beside),
    }
}
