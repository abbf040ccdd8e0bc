//! Attributes and argument lists.

use super::cursor::Parser;
use crate::ast::{Arg, Attribute, AttributeLevel, ExprKind, Ident};
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::TokenKind;
use crate::source::Span;

impl Parser<'_> {
    /// All attributes with one `@` at the current place.
    pub(super) fn field_attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while self.at(TokenKind::At) || self.at(TokenKind::AtAt) && !self.starts_line(0) {
            if self.at(TokenKind::AtAt) {
                let span = self.current().span;
                self.report(
                    Diagnostic::error(
                        codes::UNEXPECTED_TOKEN,
                        span,
                        "`@@` attributes belong to the whole block",
                    )
                    .help("write one `@`, or put the attribute on a line of its own"),
                );
            }
            attributes.extend(self.attribute());
        }
        attributes
    }

    /// `@@@name(…)` after declarations.
    pub(super) fn declaration_attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while self.at(TokenKind::AtAtAt) {
            attributes.extend(self.attribute());
        }
        attributes
    }

    pub(super) fn attribute(&mut self) -> Option<Attribute> {
        let sign = self.advance();
        let level = match sign.kind {
            TokenKind::At => AttributeLevel::Field,
            TokenKind::AtAt => AttributeLevel::Block,
            _ => AttributeLevel::Declaration,
        };
        let Some(name) = self.dotted_name() else {
            self.skip_line();
            return None;
        };
        let args = if self.at(TokenKind::LeftParen) { self.args() } else { Vec::new() };
        Some(Attribute { level, name, args, doc: None, span: sign.span.to(self.previous_span()) })
    }

    pub(super) fn dotted_name(&mut self) -> Option<Ident> {
        let mut name = self.ident("the name of an attribute")?;
        while self.at(TokenKind::Dot) {
            self.advance();
            if self.starts_line(0) {
                self.expected("the rest of the attribute's name");
                break;
            }
            let part = self.ident("the rest of the attribute's name")?;
            name.text.push('.');
            name.text.push_str(&part.text);
            name.span = name.span.to(part.span);
        }
        Some(name)
    }

    /// `(a, name: b, …)`; a trailing comma is fine.
    pub(super) fn args(&mut self) -> Vec<Arg> {
        let open = self.advance().span;
        let mut args = Vec::new();
        self.sequence(open, TokenKind::RightParen, "`)`", |parser| {
            args.extend(parser.arg());
        });
        args
    }

    fn arg(&mut self) -> Option<Arg> {
        let start = self.current().span;
        let name = (self.at(TokenKind::Ident) && self.nth(1).kind == TokenKind::Colon).then(|| {
            let token = self.advance();
            self.advance();
            Ident { text: self.text_of(token.span).to_owned(), span: token.span }
        });
        let value = self.expression();
        if value.kind == ExprKind::Missing && name.is_none() {
            return None;
        }
        Some(Arg { name, span: start.to(value.span), value })
    }

    /// Items up to `close`, separated by commas. `item` reads one and may move nowhere,
    /// in which case the rest of the item is skipped.
    pub(super) fn sequence(
        &mut self,
        open: Span,
        close: TokenKind,
        close_text: &str,
        mut item: impl FnMut(&mut Self),
    ) {
        loop {
            if self.eat(close).is_some() {
                return;
            }
            let is_lost = self.at_resync();
            if is_lost || self.kind().is_closer() {
                self.unclosed(open, close_text);
                return;
            }
            let before = self.position();
            item(self);
            if self.eat(TokenKind::Comma).is_some() || self.at(close) || self.at_resync() {
                continue;
            }
            if self.position() != before {
                self.expected(&format!("`,` or {close_text}"));
            }
            self.skip_item(close);
        }
    }

    /// Skips to the comma or bracket that ends a broken item, or to the next member.
    fn skip_item(&mut self, close: TokenKind) {
        let mut depth = 0usize;
        let mut is_first = true;
        while !self.at(TokenKind::Eof) {
            if !is_first && self.at_resync() {
                return;
            }
            let kind = self.kind();
            if depth == 0 && (kind == close || kind.is_closer()) {
                return;
            }
            if depth == 0 && kind == TokenKind::Comma {
                self.advance();
                return;
            }
            if kind.is_opener() {
                depth += 1;
            } else if kind.is_closer() {
                depth -= 1;
            }
            self.advance();
            is_first = false;
        }
    }
}
