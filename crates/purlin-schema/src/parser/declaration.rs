//! Functions, attribute declarations and procedures, with their parameters.

use super::cursor::Parser;
use crate::ast::{AttributeDecl, AttributeLevel, FunctionDecl, Parameter, Procedure};
use crate::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn function(&mut self, doc: Option<String>) -> Option<FunctionDecl> {
        let start = self.advance().span;
        let name = self.ident("the name of the function");
        let Some(name) = name else {
            self.skip_declaration();
            return None;
        };
        let (params, returns) = self.signature()?;
        let mut body = None;
        if self.eat(TokenKind::LeftBrace).is_some() {
            if !self.at(TokenKind::RightBrace) {
                body = Some(self.expression());
            }
            if self.eat(TokenKind::RightBrace).is_none() {
                self.expected("`}`");
                self.skip_declaration();
            }
        } else {
            self.expected("`{`");
        }
        let attributes = self.declaration_attributes();
        Some(FunctionDecl {
            name,
            params,
            returns,
            body,
            attributes,
            doc,
            span: start.to(self.previous_span()),
        })
    }

    pub(super) fn procedure(&mut self, doc: Option<String>) -> Option<Procedure> {
        let start = self.current().span;
        let is_mutation = self.at_word("mutation");
        if is_mutation {
            self.advance();
        }
        if self.at_word("procedure") {
            self.advance();
        } else {
            self.expected("`procedure`");
            self.skip_declaration();
            return None;
        }
        let Some(name) = self.ident("the name of the procedure") else {
            self.skip_declaration();
            return None;
        };
        let (params, returns) = self.signature()?;
        let attributes = self.declaration_attributes();
        Some(Procedure {
            name,
            is_mutation,
            params,
            returns,
            attributes,
            doc,
            span: start.to(self.previous_span()),
        })
    }

    /// `(a: T, b: U?): R`
    fn signature(&mut self) -> Option<(Vec<Parameter>, crate::ast::TypeRef)> {
        if !self.at(TokenKind::LeftParen) {
            self.expected("`(`");
            self.skip_declaration();
            return None;
        }
        let params = self.parameters();
        if self.eat(TokenKind::Colon).is_none() {
            self.expected("`:` and the type of the result");
            self.skip_declaration();
            return None;
        }
        let returns = self.type_ref();
        if returns.is_none() {
            self.skip_declaration();
        }
        Some((params, returns?))
    }

    pub(super) fn attribute_declaration(&mut self, doc: Option<String>) -> Option<AttributeDecl> {
        let start = self.advance().span;
        let level = match self.kind() {
            TokenKind::At => AttributeLevel::Field,
            TokenKind::AtAt => AttributeLevel::Block,
            TokenKind::AtAtAt => AttributeLevel::Declaration,
            _ => {
                self.expected("`@name`, `@@name` or `@@@name`");
                self.skip_declaration();
                return None;
            }
        };
        self.advance();
        let Some(name) = self.dotted_name() else {
            self.skip_declaration();
            return None;
        };
        let params = if self.at(TokenKind::LeftParen) {
            self.parameters()
        } else {
            self.expected("`(`");
            Vec::new()
        };
        let attributes = self.declaration_attributes();
        Some(AttributeDecl { level, name, params, attributes, doc, span: start.to(self.previous_span()) })
    }

    /// `(_ a: T @@@x, b: U[]?)`
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let open = self.advance().span;
        let mut params = Vec::new();
        self.sequence(open, TokenKind::RightParen, "`)`", |parser| {
            let start = parser.current().span;
            let is_positional = parser.at_word("_") && parser.nth(1).kind == TokenKind::Ident;
            if is_positional {
                parser.advance();
            }
            let Some(name) = parser.ident("a parameter") else {
                return;
            };
            if parser.eat(TokenKind::Colon).is_none() {
                parser.expected("`:` and a type");
                return;
            }
            let Some(ty) = parser.type_ref() else { return };
            let attributes = parser.declaration_attributes();
            params.push(Parameter {
                name,
                is_positional,
                ty,
                attributes,
                span: start.to(parser.previous_span()),
            });
        });
        params
    }
}
