//! Braced blocks: settings, models with their headers, enums.

use super::cursor::{Parser, join_doc};
use crate::ast::{
    ConfigBlock, ConfigKind, Declaration, Enum, EnumValue, Ident, Member, Model, ModelKind, Setting,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::TokenKind;
use crate::source::Span;

impl Parser<'_> {
    /// Reads `{ … }`, calling `member` at the start of each member. `header` is shown when
    /// the closing brace is missing.
    fn body(&mut self, header: Span, mut member: impl FnMut(&mut Self)) {
        if self.eat(TokenKind::LeftBrace).is_none() {
            self.expected("`{`");
            self.skip_declaration();
            return;
        }
        loop {
            if self.eat(TokenKind::RightBrace).is_some() {
                return;
            }
            if self.at(TokenKind::Eof) || self.at_block_start() {
                self.report(
                    Diagnostic::error(codes::UNCLOSED_BLOCK, header, "this block has no closing brace")
                        .help("add `}` after its last line"),
                );
                return;
            }
            let before = self.position();
            member(self);
            if self.position() == before {
                self.expected("a field or an attribute");
                self.skip_line();
                if self.position() == before {
                    self.advance();
                }
            }
        }
    }

    pub(super) fn config_block(&mut self, doc: Option<String>) -> Option<ConfigBlock> {
        let start = self.advance().span;
        let kind = match self.text_of(start) {
            "datasource" => ConfigKind::Datasource,
            "generator" => ConfigKind::Generator,
            _ => ConfigKind::Plugin,
        };
        let name = self.name_of_block()?;
        let mut settings = Vec::new();
        self.body(start.to(name.span), |parser| {
            if let Some(setting) = parser.setting() {
                settings.push(setting);
            }
        });
        Some(ConfigBlock { kind, name, settings, doc, span: start.to(self.previous_span()) })
    }

    fn setting(&mut self) -> Option<Setting> {
        let name = self.ident("a setting such as `provider = \"sqlite\"`")?;
        if self.eat(TokenKind::Equals).is_none() {
            if self.at(TokenKind::Colon) {
                self.expected("`=`");
                self.advance();
            } else {
                self.expected("`=`");
                self.skip_line();
                return None;
            }
        }
        if self.starts_line(0) && self.nth(1).kind == TokenKind::Equals {
            let message = format!("the setting `{}` has no value", name.text);
            self.error(codes::UNEXPECTED_TOKEN, name.span, message);
            return None;
        }
        let value = self.expression();
        self.end_of_line("setting");
        let span = name.span.to(value.span);
        Some(Setting { name, value, span })
    }

    fn name_of_block(&mut self) -> Option<Ident> {
        let name = self.ident("a name");
        if name.is_none() {
            self.skip_declaration();
        }
        name
    }

    /// `model`, `view`, `type`, each perhaps after `abstract`.
    pub(super) fn model(&mut self, doc: Option<String>) -> Option<Declaration> {
        let start = self.current().span;
        let is_abstract = self.at_word("abstract");
        if is_abstract {
            self.advance();
        }
        let kind = match self.text_of(self.current().span) {
            "model" => ModelKind::Model,
            "view" => ModelKind::View,
            "type" => ModelKind::Type,
            _ => {
                self.expected("`model`");
                self.skip_declaration();
                return None;
            }
        };
        self.advance();
        let name = self.name_of_block()?;
        if self.at(TokenKind::Equals) {
            self.type_alias(&name);
            return None;
        }
        let mut model = Model {
            kind,
            is_abstract,
            mixins: Vec::new(),
            base: None,
            members: Vec::new(),
            doc,
            span: start.to(name.span),
            name,
        };
        self.model_header(&mut model);
        let mut members = Vec::new();
        self.body(model.span, |parser| parser.member(&mut members));
        model.members = members;
        model.span = start.to(self.previous_span());
        Some(Declaration::Model(model))
    }

    fn type_alias(&mut self, name: &Ident) {
        self.report(
            Diagnostic::error(
                codes::LEGACY_SYNTAX,
                name.span,
                format!("`type {} = …` is a form that no longer exists", name.text),
            )
            .help("write the type and its attributes at each field"),
        );
        self.skip_line();
    }

    fn model_header(&mut self, model: &mut Model) {
        loop {
            if self.at_word("extends") {
                let word = self.advance().span;
                let base = self.ident("the model to extend");
                if model.base.is_some() {
                    self.error(codes::UNEXPECTED_TOKEN, word, "a model extends one other model only");
                }
                model.base = model.base.take().or(base);
                // Old versions mixed several abstract models in by `extends A, B`.
                while self.eat(TokenKind::Comma).is_some() {
                    model.mixins.extend(self.ident("the name of a model"));
                }
            } else if self.at_word("with") {
                self.advance();
                model.mixins.extend(self.ident("the name of a type"));
                loop {
                    let comma = self.eat(TokenKind::Comma).is_some();
                    if !self.at(TokenKind::Ident) || self.at_word("extends") {
                        if comma {
                            self.expected("the name of a type");
                        }
                        break;
                    }
                    model.mixins.extend(self.ident("the name of a type"));
                }
            } else {
                return;
            }
        }
    }

    fn member(&mut self, members: &mut Vec<Member>) {
        let doc = self.doc_before();
        match self.kind() {
            TokenKind::AtAt => {
                if let Some(mut attribute) = self.attribute() {
                    attribute.doc = join_doc(doc, self.doc_after());
                    members.push(Member::Attribute(attribute));
                }
                self.end_of_line("attribute");
            }
            TokenKind::Ident => {
                if let Some(field) = self.field(doc) {
                    members.push(Member::Field(field));
                }
            }
            TokenKind::At => {
                let span = self.current().span;
                self.report(
                    Diagnostic::error(
                        codes::UNEXPECTED_TOKEN,
                        span,
                        "an attribute with one `@` belongs to a field",
                    )
                    .help("attributes of the whole block start with `@@`"),
                );
                self.skip_line();
            }
            _ => {}
        }
    }

    pub(super) fn enumeration(&mut self, doc: Option<String>) -> Option<Enum> {
        let start = self.advance().span;
        let name = self.name_of_block()?;
        let mut values = Vec::new();
        let mut attributes = Vec::new();
        self.body(start.to(name.span), |parser| {
            let doc = parser.doc_before();
            if parser.at(TokenKind::AtAt) {
                attributes.extend(parser.attribute());
                parser.end_of_line("attribute");
            } else if let Some(name) = parser.ident("a value") {
                values.push(parser.enum_value(name, doc));
            } else {
                parser.skip_line();
            }
        });
        Some(Enum { name, values, attributes, doc, span: start.to(self.previous_span()) })
    }

    fn enum_value(&mut self, name: Ident, doc: Option<String>) -> EnumValue {
        let attributes = self.field_attributes();
        let span = name.span.to(self.previous_span());
        let value = EnumValue { name, attributes, doc: join_doc(doc, self.doc_after()), span };
        if self.at(TokenKind::Comma) || self.at(TokenKind::Semicolon) {
            let span = self.advance().span;
            self.report(
                Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "enum values are not separated by commas")
                    .help("put each value on its own line"),
            );
        } else if self.at(TokenKind::Equals) {
            let span = self.current().span;
            self.report(
                Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "enum values have no numbers")
                    .help("for another name in the database use @map(\"…\")"),
            );
            self.skip_line();
        }
        value
    }
}
