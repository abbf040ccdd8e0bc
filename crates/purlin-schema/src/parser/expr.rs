//! Expressions, tightest first: primary and members, `?[ ]`, `!`, `in`, `< <= > >=`,
//! `== !=`, then `&&` and `||` (in `logic`). `!` takes a whole collection predicate:
//! the other reading, a negated list, has no meaning.

use super::cursor::Parser;
use crate::ast::{BinaryOp, CollectionOp, Expr, ExprKind, Ident, ObjectField};
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::TokenKind;

/// Nesting beyond this is refused, so that no text can exhaust the stack.
const MAX_DEPTH: usize = 48;
/// Chains (`a.b.c`, `a == b == c`) nest as well, one level per link.
const MAX_CHAIN: usize = 24;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Expr {
        if self.depth >= MAX_DEPTH {
            let span = self.current().span;
            self.report(
                Diagnostic::error(codes::TOO_DEEP, span, "this expression is nested too deeply")
                    .help("split it, for example into several @@allow rules"),
            );
            return self.missing();
        }
        self.depth += 1;
        let expr = self.logic();
        self.depth -= 1;
        expr
    }

    pub(super) fn missing(&self) -> Expr {
        Expr { kind: ExprKind::Missing, span: self.current().span }
    }

    /// The levels from `==` (0) down to `in` (2).
    pub(super) fn binary(&mut self, level: usize) -> Expr {
        if level > 2 {
            return self.unary();
        }
        let mut left = self.binary(level + 1);
        for _ in 0..MAX_CHAIN {
            let Some(op) = self.binary_op(level) else {
                return left;
            };
            self.advance();
            let right = self.binary(level + 1);
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span };
        }
        self.too_long();
        left
    }

    fn binary_op(&mut self, level: usize) -> Option<BinaryOp> {
        let op = match (level, self.kind()) {
            (0, TokenKind::EqualEqual) => BinaryOp::Equal,
            (0, TokenKind::NotEqual) => BinaryOp::NotEqual,
            (0, TokenKind::Equals) => {
                let span = self.current().span;
                self.report(
                    Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "`=` does not compare")
                        .help("write `==`"),
                );
                BinaryOp::Equal
            }
            (1, TokenKind::Less) => BinaryOp::Less,
            (1, TokenKind::LessEqual) => BinaryOp::LessEqual,
            (1, TokenKind::Greater) => BinaryOp::Greater,
            (1, TokenKind::GreaterEqual) => BinaryOp::GreaterEqual,
            (2, TokenKind::Ident) if self.at_word("in") => BinaryOp::In,
            _ => return None,
        };
        Some(op)
    }

    fn too_long(&mut self) {
        let span = self.current().span;
        self.error(codes::TOO_DEEP, span, "this chain is too long");
    }

    fn unary(&mut self) -> Expr {
        let Some(bang) = self.eat(TokenKind::Bang) else {
            return self.collection();
        };
        if self.depth >= MAX_DEPTH {
            self.too_long();
            return self.missing();
        }
        self.depth += 1;
        let operand = self.unary();
        self.depth -= 1;
        Expr { span: bang.span.to(operand.span), kind: ExprKind::Not(Box::new(operand)) }
    }

    /// `list?[condition]`, `list![binding, condition]`, `list^[condition]`
    fn collection(&mut self) -> Expr {
        let mut list = self.member_access();
        for _ in 0..MAX_CHAIN {
            let op = match self.kind() {
                TokenKind::Question => CollectionOp::Some,
                TokenKind::Bang => CollectionOp::Every,
                TokenKind::Caret => CollectionOp::None,
                _ => return list,
            };
            if self.nth(1).kind != TokenKind::LeftBracket {
                return list;
            }
            self.advance();
            let open = self.advance().span;
            let binding = (self.at(TokenKind::Ident) && self.nth(1).kind == TokenKind::Comma).then(|| {
                let token = self.advance();
                self.advance();
                Ident { text: self.text_of(token.span).to_owned(), span: token.span }
            });
            let condition = self.expression();
            if self.eat(TokenKind::RightBracket).is_none() {
                self.unclosed(open, "`]`");
            }
            list = Expr {
                span: list.span.to(self.previous_span()),
                kind: ExprKind::Collection {
                    op,
                    list: Box::new(list),
                    binding,
                    condition: Box::new(condition),
                },
            };
        }
        self.too_long();
        list
    }

    fn member_access(&mut self) -> Expr {
        let mut target = self.primary();
        for _ in 0..MAX_CHAIN {
            if self.eat(TokenKind::Dot).is_none() {
                return target;
            }
            let Some(member) = self.ident("a field name after `.`") else {
                return target;
            };
            if self.at(TokenKind::LeftParen) {
                let args = self.args();
                let list = if args.is_empty() { "" } else { ", …" };
                self.report(
                    Diagnostic::error(
                        codes::UNEXPECTED_TOKEN,
                        member.span,
                        format!("`{}` is called like a method", member.text),
                    )
                    .help(format!("functions take the field first: {}(field{list})", member.text)),
                );
            }
            target = Expr {
                span: target.span.to(member.span),
                kind: ExprKind::Member { target: Box::new(target), member },
            };
        }
        self.too_long();
        target
    }

    fn primary(&mut self) -> Expr {
        let token = self.current();
        let kind = match token.kind {
            TokenKind::String => ExprKind::String(self.string().0),
            TokenKind::Number => {
                self.advance();
                ExprKind::Number(self.text_of(token.span).to_owned())
            }
            TokenKind::Ident => self.name(),
            TokenKind::LeftParen => {
                self.advance();
                let inner = self.expression();
                if self.eat(TokenKind::RightParen).is_none() {
                    self.unclosed(token.span, "`)`");
                }
                inner.kind
            }
            TokenKind::LeftBracket => {
                self.advance();
                let mut items = Vec::new();
                self.sequence(token.span, TokenKind::RightBracket, "`]`", |parser| {
                    let item = parser.expression();
                    if item.kind != ExprKind::Missing {
                        items.push(item);
                    }
                });
                ExprKind::Array(items)
            }
            TokenKind::LeftBrace => self.object(),
            _ => {
                self.expected("a value");
                return self.missing();
            }
        };
        Expr { kind, span: token.span.to(self.previous_span()) }
    }

    fn name(&mut self) -> ExprKind {
        let Some(name) = self.ident("a name") else {
            return ExprKind::Missing;
        };
        if self.at(TokenKind::LeftParen) {
            let args = self.args();
            return ExprKind::Call { name, args };
        }
        match name.as_str() {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            "this" => ExprKind::This,
            _ => ExprKind::Name(name.text),
        }
    }

    fn object(&mut self) -> ExprKind {
        let open = self.advance().span;
        let mut fields = Vec::new();
        self.sequence(open, TokenKind::RightBrace, "`}`", |parser| {
            let key = if parser.at(TokenKind::String) {
                let (text, span) = parser.string();
                Some(Ident { text, span })
            } else {
                parser.ident("a key")
            };
            let Some(key) = key else { return };
            if parser.eat(TokenKind::Colon).is_none() {
                parser.expected("`:`");
                return;
            }
            let value = parser.expression();
            fields.push(ObjectField { key, value });
        });
        ExprKind::Object(fields)
    }
}
