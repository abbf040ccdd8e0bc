//! A whole file, and many files: the entry to the parser.

use super::cursor::Parser;
use crate::ast::{Declaration, Document, Import};
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::{TokenKind, lex};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// More problems than this are cut off: a file that is not a schema at all would
/// otherwise be answered with one line per word.
const MAX_DIAGNOSTICS: usize = 100;

/// A text beyond this is not a schema; the largest known ones are below 1 MB.
const MAX_BYTES: usize = 16 << 20;

/// The syntax trees of all files, and every problem found on the way.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub sources: SourceMap,
    pub documents: Vec<Document>,
    pub diagnostics: Vec<Diagnostic>,
}

pub fn parse(files: Vec<SourceFile>) -> Parsed {
    let sources = SourceMap::new(files);
    let mut diagnostics = Vec::new();
    let documents = sources
        .files()
        .map(|(id, file)| {
            let (document, problems) = parse_document(id, &file.text);
            diagnostics.extend(problems);
            document
        })
        .collect();
    Parsed { sources, documents, diagnostics }
}

/// Parses one file; the tree is complete for all that could be understood.
pub fn parse_document(file: FileId, text: &str) -> (Document, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut document = Document { file, imports: Vec::new(), declarations: Vec::new() };
    if text.len() > MAX_BYTES {
        let message = format!("this file has {} MB; a schema has at most 16", text.len() >> 20);
        diagnostics.push(Diagnostic::error(codes::TOO_LARGE, Span::new(file, 0, 0), message));
        return (document, diagnostics);
    }
    let tokens = lex(file, text, &mut diagnostics);
    let mut parser = Parser::new(file, text, &tokens, &mut diagnostics);
    parser.document(&mut document);

    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    if diagnostics.len() > MAX_DIAGNOSTICS {
        let rest = diagnostics.len() - MAX_DIAGNOSTICS;
        diagnostics.truncate(MAX_DIAGNOSTICS);
        let span = diagnostics.last().map_or(Span::new(file, 0, 0), |last| last.span);
        let message = format!("{rest} more problems follow; fix these first");
        diagnostics.push(Diagnostic::error(codes::TOO_MANY_ERRORS, span, message));
    }
    (document, diagnostics)
}

impl Parser<'_> {
    fn document(&mut self, document: &mut Document) {
        while !self.at(TokenKind::Eof) {
            if self.at_word("import") && self.nth(1).kind == TokenKind::String {
                document.imports.push(self.import());
            } else if let Some(declaration) = self.declaration() {
                document.declarations.push(declaration);
            }
        }
    }

    fn import(&mut self) -> Import {
        let start = self.advance().span;
        let (path, path_span) = self.string();
        let end = self.eat(TokenKind::Semicolon).map_or(path_span, |semicolon| semicolon.span);
        Import { path, path_span, span: start.to(end) }
    }

    /// Reads one declaration; always moves on, also past what is none.
    fn declaration(&mut self) -> Option<Declaration> {
        let doc = self.doc_before();
        let word = if self.at(TokenKind::Ident) { self.text_of(self.current().span) } else { "" };
        match word {
            "datasource" | "generator" | "plugin" => self.config_block(doc).map(Declaration::Config),
            "model" | "view" | "type" | "abstract" => self.model(doc),
            "enum" => self.enumeration(doc).map(Declaration::Enum),
            "function" => self.function(doc).map(Declaration::Function),
            "attribute" => self.attribute_declaration(doc).map(Declaration::Attribute),
            "procedure" | "mutation" => self.procedure(doc).map(Declaration::Procedure),
            _ => {
                self.unknown_declaration(word);
                None
            }
        }
    }

    fn unknown_declaration(&mut self, word: &str) {
        let token = self.current();
        if word == "import" {
            self.advance();
            self.expected("a path in quotes");
        } else if token.kind != TokenKind::Unknown {
            let found = self.describe(token);
            let help = crate::suggest::closest(word, super::cursor::BLOCK_WORDS.iter().copied()).map_or_else(
                || "a schema consists of datasource, model, enum, type and view blocks".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("expected a declaration such as `model Name {{`, found {found}");
            self.report(Diagnostic::error(codes::UNEXPECTED_TOKEN, token.span, message).help(help));
        }
        self.advance();
        self.skip_declaration();
    }

    /// Goes to the next thing that can be a declaration, over a braced body if one follows.
    pub(super) fn skip_declaration(&mut self) {
        while !self.at(TokenKind::Eof) {
            if self.at_block_start() {
                return;
            }
            if self.at(TokenKind::LeftBrace) {
                self.skip_braces();
                return;
            }
            let is_word = self.starts_line(0)
                && ["import", "function", "attribute", "procedure", "mutation"]
                    .iter()
                    .any(|word| self.at_word(word));
            if is_word {
                return;
            }
            self.advance();
        }
    }

    fn skip_braces(&mut self) {
        let mut depth = 0usize;
        while !self.at(TokenKind::Eof) {
            match self.kind() {
                TokenKind::LeftBrace => depth += 1,
                TokenKind::RightBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.advance();
            if depth == 0 || self.at_block_start() {
                return;
            }
        }
    }
}
