//! Fields, and the end of a line of a block.

use super::cursor::{Parser, join_doc};
use crate::ast::{Arity, Field, Ident, TypeRef};
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn field(&mut self, doc: Option<String>) -> Option<Field> {
        let name = self.ident("a field name")?;
        let params = if self.at(TokenKind::LeftParen) { self.parameters() } else { Vec::new() };
        if self.at(TokenKind::Colon) {
            let span = self.advance().span;
            self.report(
                Diagnostic::error(
                    codes::LEGACY_SYNTAX,
                    span,
                    "a field's type follows its name without a colon",
                )
                .help(format!("write `{} Type`", name.text)),
            );
        }
        let ty = self.field_type(&name)?;
        let attributes = self.field_attributes();
        let span = name.span.to(self.previous_span());
        let doc = join_doc(doc, self.doc_after());
        self.end_of_line("field");
        Some(Field { name, params, ty, attributes, doc, span })
    }

    fn field_type(&mut self, name: &Ident) -> Option<TypeRef> {
        let next_is_a_field = self.starts_line(0) && (self.at_member_start() || self.at_block_start());
        if !next_is_a_field && self.at(TokenKind::LeftBracket) {
            return self.legacy_list();
        }
        if next_is_a_field || !self.at(TokenKind::Ident) {
            let help = match self.kind() {
                TokenKind::At => format!("write the type before the attributes: `{} String @…`", name.text),
                _ => format!("write `{} String`, for example", name.text),
            };
            self.report(
                Diagnostic::error(
                    codes::MISSING_TYPE,
                    name.span,
                    format!("the field `{}` has no type", name.text),
                )
                .help(help),
            );
            if !next_is_a_field && !self.starts_line(0) {
                self.skip_line();
            }
            return None;
        }
        let ty = self.type_ref()?;
        if self.at(TokenKind::Bang) {
            let span = self.advance().span;
            self.report(
                Diagnostic::error(codes::LEGACY_SYNTAX, span, "types have no `!`")
                    .help("a field is required unless its type ends in `?`"),
            );
        }
        Some(ty)
    }

    /// `[Type]`, as lists were once written.
    fn legacy_list(&mut self) -> Option<TypeRef> {
        let open = self.advance().span;
        let mut ty = self.type_ref()?;
        if self.eat(TokenKind::RightBracket).is_none() {
            self.expected("`]`");
        }
        ty.span = open.to(self.previous_span());
        self.report(
            Diagnostic::error(
                codes::LEGACY_SYNTAX,
                ty.span,
                "a list is written with its brackets after the type",
            )
            .help(format!("write `{}[]`", ty.name.text)),
        );
        ty.arity = Arity::List;
        Some(ty)
    }

    /// After a member: another may follow on the same line only if it clearly is one.
    pub(super) fn end_of_line(&mut self, what: &str) {
        let is_end = self.starts_line(0)
            || matches!(self.kind(), TokenKind::RightBrace | TokenKind::Eof | TokenKind::AtAt)
            || self.at_member_start()
            || self.at(TokenKind::Ident) && self.nth(1).kind == TokenKind::Equals;
        if is_end {
            return;
        }
        let token = self.current();
        let found = self.describe(token);
        let help = match token.kind {
            TokenKind::Ident => {
                let word = self.text_of(token.span);
                format!("attributes start with `@`: `@{word}`")
            }
            TokenKind::Comma | TokenKind::Semicolon => "lines need no separator".to_owned(),
            TokenKind::Equals => "a default value is written @default(value)".to_owned(),
            _ => format!("the {what} ends before this"),
        };
        if token.kind != TokenKind::Unknown {
            let message = format!("{found} cannot follow a {what}");
            self.report(Diagnostic::error(codes::UNEXPECTED_TOKEN, token.span, message).help(help));
        }
        self.skip_line();
    }
}
