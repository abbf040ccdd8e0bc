//! Types as written: `Post[]`, `String?`, `Unsupported("point")`.

use super::cursor::Parser;
use crate::ast::{Arity, TypeRef};
use crate::diagnostic::codes;
use crate::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn type_ref(&mut self) -> Option<TypeRef> {
        let name = self.ident("a type")?;
        let mut unsupported = None;
        if name.text == "Unsupported" && self.eat(TokenKind::LeftParen).is_some() {
            unsupported = Some(self.string().0);
            if self.eat(TokenKind::RightParen).is_none() {
                self.expected("`)`");
            }
        }
        let mut is_list = false;
        let mut is_optional = false;
        loop {
            if self.at(TokenKind::LeftBracket) && self.nth(1).kind == TokenKind::RightBracket {
                self.advance();
                let close = self.advance().span;
                if is_list {
                    self.error(codes::UNEXPECTED_TOKEN, close, "lists of lists do not exist; use Json");
                }
                is_list = true;
            } else if self.at(TokenKind::Question) {
                self.advance();
                is_optional = true;
            } else {
                break;
            }
        }
        let arity = match (is_list, is_optional) {
            (false, false) => Arity::Required,
            (false, true) => Arity::Optional,
            (true, false) => Arity::List,
            (true, true) => Arity::OptionalList,
        };
        Some(TypeRef { span: name.span.to(self.previous_span()), name, unsupported, arity })
    }
}
