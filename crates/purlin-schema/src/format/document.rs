//! Walks the declarations of a file and lays out each with the comments around it.

use super::inline::{Breaks, Inline};
use super::table::{INDENT, Row, write_rows};
use crate::ast::{ConfigBlock, Declaration, Document, Enum, Field, Member, Model};
use crate::diagnostic::Diagnostic;
use crate::lexer::{Token, TokenKind, lex};
use crate::parser::parse_document;
use crate::source::{FileId, Span};

/// The text in its standard layout, or the problems that keep it from being understood.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let file = FileId::default();
    let (document, diagnostics) = parse_document(file, text);
    let errors: Vec<_> = diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let tokens = lex(file, text, &mut Vec::new());
    let writer = Writer { inline: Inline { text, tokens: &tokens }, tokens: &tokens };
    Ok(writer.document(&document))
}

struct Writer<'a> {
    inline: Inline<'a>,
    tokens: &'a [Token],
}

impl Writer<'_> {
    /// The index of the first token at or after an offset.
    fn index(&self, offset: u32) -> usize {
        self.tokens.partition_point(|token| token.span.start < offset)
    }

    /// The tokens of a span as a half-open range of indices.
    fn range(&self, span: Span) -> (usize, usize) {
        (self.index(span.start), self.index(span.end))
    }

    fn document(&self, document: &Document) -> String {
        let mut items: Vec<(Span, Option<&Declaration>)> = document
            .imports
            .iter()
            .map(|import| (import.span, None))
            .chain(document.declarations.iter().map(|it| (it.span(), Some(it))))
            .collect();
        items.sort_by_key(|(span, _)| span.start);

        let mut out = String::new();
        let mut at = 0;
        let mut after_block = false;
        for (span, declaration) in items {
            let (from, to) = self.range(span);
            self.outer_comments(&mut out, at, from, &mut after_block);
            self.separate(&mut out, from, after_block);
            let is_block = match declaration {
                Some(Declaration::Config(block)) => self.config(&mut out, block),
                Some(Declaration::Model(model)) => self.model(&mut out, model),
                Some(Declaration::Enum(block)) => self.enumeration(&mut out, block),
                _ => {
                    out.push_str(&self.inline.render(from, to, 0, Breaks::Keep));
                    false
                }
            };
            out.push('\n');
            after_block = is_block;
            at = to;
        }
        let end = self.tokens.len().saturating_sub(1);
        self.outer_comments(&mut out, at, end, &mut after_block);
        out
    }

    /// A blank line before the token at `index`, if there was one or a block ended.
    fn separate(&self, out: &mut String, index: usize, after_block: bool) {
        let newlines = self.tokens.get(index).map_or(0, |token| token.newlines_before);
        if !out.is_empty() && (after_block || newlines > 1) {
            out.push('\n');
        }
    }

    /// Comments between declarations, `from..to`.
    fn outer_comments(&self, out: &mut String, from: usize, to: usize, after_block: &mut bool) {
        for index in from..to {
            let Some(&token) = self.tokens.get(index) else {
                return;
            };
            if !token.kind.is_comment() {
                continue;
            }
            let text = self.inline.render(index, index + 1, 0, Breaks::Join);
            let ends_open_line = token.newlines_before == 0 && index > 0;
            if ends_open_line && out.pop().is_some() {
                out.push(' ');
            } else {
                self.separate(out, index, *after_block);
                *after_block = false;
            }
            out.push_str(&text);
            out.push('\n');
        }
    }

    fn config(&self, out: &mut String, block: &ConfigBlock) -> bool {
        let members = block.settings.iter().map(|setting| {
            let (from, to) = self.range(setting.span);
            let name_end = self.index(setting.name.span.end);
            let cells = vec![
                self.inline.render(from, name_end, INDENT, Breaks::Join),
                self.inline.render(name_end, to, INDENT, Breaks::Join),
            ];
            (setting.span, cells)
        });
        self.block(out, block.span, members.collect())
    }

    fn model(&self, out: &mut String, model: &Model) -> bool {
        let members = model.members.iter().map(|member| match member {
            Member::Field(field) => (field.span, self.field(field)),
            Member::Attribute(attribute) => (attribute.span, self.line(attribute.span)),
        });
        self.block(out, model.span, members.collect())
    }

    fn field(&self, field: &Field) -> Vec<String> {
        let (from, to) = self.range(field.span);
        // The colon of an old form is an error, so the type follows the name directly.
        let name_end =
            field.params.last().map_or(self.index(field.name.span.end), |last| self.after_closer(last.span));
        let type_end = self.index(field.ty.span.end);
        vec![
            self.inline.render(from, name_end, INDENT, Breaks::Join),
            self.inline.render(name_end, type_end, INDENT, Breaks::Join),
            self.inline.render(type_end, to, INDENT, Breaks::KeepLeading),
        ]
    }

    /// The index after the parenthesis that closes the parameters of a field.
    fn after_closer(&self, last: Span) -> usize {
        let from = self.index(last.end);
        let length = self.tokens.iter().skip(from).position(|token| token.kind == TokenKind::RightParen);
        from + length.map_or(0, |length| length + 1)
    }

    fn line(&self, span: Span) -> Vec<String> {
        let (from, to) = self.range(span);
        vec![self.inline.render(from, to, INDENT, Breaks::Join)]
    }

    fn enumeration(&self, out: &mut String, block: &Enum) -> bool {
        let values = block.values.iter().map(|value| {
            let (from, to) = self.range(value.span);
            let name_end = self.index(value.name.span.end);
            let cells = vec![
                self.inline.render(from, name_end, INDENT, Breaks::Join),
                self.inline.render(name_end, to, INDENT, Breaks::KeepLeading),
            ];
            (value.span, cells)
        });
        let attributes = block.attributes.iter().map(|it| (it.span, self.line(it.span)));
        let mut members: Vec<_> = values.chain(attributes).collect();
        members.sort_by_key(|(span, _)| span.start);
        self.block(out, block.span, members)
    }

    /// The header, the rows between the braces with all comments, the closing brace.
    fn block(&self, out: &mut String, span: Span, members: Vec<(Span, Vec<String>)>) -> bool {
        let (from, to) = self.range(span);
        let close = to.saturating_sub(1);
        let open = (from..close)
            .find(|&index| self.tokens.get(index).is_some_and(|it| it.kind == TokenKind::LeftBrace))
            .unwrap_or(close);
        out.push_str(&self.inline.render(from, open + 1, 0, Breaks::Join));

        let mut rows: Vec<Row> = Vec::new();
        let mut header_comment = String::new();
        let mut members = members.into_iter().peekable();
        let mut index = open + 1;
        while index < close {
            let Some(&token) = self.tokens.get(index) else {
                break;
            };
            let blank_before = token.newlines_before > 1 && !rows.is_empty();
            if token.kind.is_comment() {
                let text = self.inline.render(index, index + 1, INDENT, Breaks::Join);
                let target = match rows.last_mut() {
                    Some(row) => &mut row.trailing,
                    None => &mut header_comment,
                };
                if token.newlines_before > 0 {
                    rows.push(Row { blank_before, cells: vec![text], ..Row::default() });
                } else {
                    if !target.is_empty() {
                        target.push(' ');
                    }
                    target.push_str(&text);
                }
                index += 1;
            } else if let Some((span, cells)) = members.next_if(|(span, _)| span.start == token.span.start) {
                rows.push(Row { blank_before, cells, ..Row::default() });
                index = self.index(span.end).max(index + 1);
            } else {
                index += 1;
            }
        }
        if !header_comment.is_empty() {
            out.push(' ');
            out.push_str(&header_comment);
        }
        out.push('\n');
        write_rows(out, &rows);
        out.push('}');
        true
    }
}
