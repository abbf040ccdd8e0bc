//! Changes of schema texts at places of their syntax trees, made all at once.

use purlin_schema::ast::{Attribute, ConfigKind, Declaration, Document, Enum, Field, Model};
use purlin_schema::lexer::{Token, lex};
use purlin_schema::parser::parse_document;
use purlin_schema::source::{FileId, Span};
use purlin_schema::{Diagnostic, SourceFile};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edit {
    file: usize,
    start: usize,
    end: usize,
    text: String,
}

impl Edit {
    fn insert(span: Span, at: u32, text: impl Into<String>) -> Self {
        let at = at as usize;
        Self { file: usize::from(span.file.0), start: at, end: at, text: text.into() }
    }

    pub(super) fn replace(span: Span, text: impl Into<String>) -> Self {
        Self {
            file: usize::from(span.file.0),
            start: span.start as usize,
            end: span.end as usize,
            text: text.into(),
        }
    }

    /// An attribute behind those that a field has.
    pub(super) fn add_attribute(field: &Field, attribute: &str) -> Self {
        Self::insert(field.span, field.span.end, format!(" {attribute}"))
    }

    /// Sets a named argument of an attribute.
    pub(super) fn set_argument(attribute: &Attribute, name: &str, value: &str) -> Self {
        if let Some(argument) = attribute.arg(name) {
            return Self::replace(argument.value.span, value);
        }
        if let Some(last) = attribute.args.last() {
            return Self::insert(last.span, last.span.end, format!(", {name}: {value}"));
        }
        let end = attribute.name.span.end;
        Self::replace(Span { start: end, ..attribute.span }, format!("({name}: {value})"))
    }
}

/// The texts with their trees.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) files: Vec<SourceFile>,
    documents: Vec<Document>,
    tokens: Vec<Vec<Token>>,
}

impl Texts {
    pub(super) fn of(files: Vec<SourceFile>) -> Self {
        let id = |number: usize| FileId(u16::try_from(number).unwrap_or(u16::MAX));
        let each = || files.iter().enumerate();
        let documents = each().map(|(number, file)| parse_document(id(number), &file.text).0).collect();
        let tokens = each().map(|(number, file)| lex(id(number), &file.text, &mut Vec::new())).collect();
        Self { files, documents, tokens }
    }

    fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        self.documents.iter().flat_map(|document| &document.declarations)
    }

    pub(super) fn model(&self, name: &str) -> Option<&Model> {
        self.declarations().find_map(|declaration| match declaration {
            Declaration::Model(model) if model.name.text == name => Some(model),
            _ => None,
        })
    }

    pub(super) fn enumeration(&self, name: &str) -> Option<&Enum> {
        self.declarations().find_map(|declaration| match declaration {
            Declaration::Enum(block) if block.name.text == name => Some(block),
            _ => None,
        })
    }

    /// Names that a new block cannot have.
    pub(super) fn block_names(&self) -> impl Iterator<Item = &str> {
        self.declarations().filter_map(|declaration| match declaration {
            Declaration::Model(model) => Some(model.name.as_str()),
            Declaration::Enum(block) => Some(block.name.as_str()),
            _ => None,
        })
    }

    /// What stands there.
    pub(super) fn source(&self, span: Span) -> &str {
        let text = self.text(usize::from(span.file.0));
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn text(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |file| &file.text)
    }

    /// A new block at the end of the file that names the datasources, else of the first.
    pub(super) fn append(&self, text: &str) -> Edit {
        let is_source = |declaration: &Declaration| matches!(declaration, Declaration::Config(block) if block.kind == ConfigKind::Datasource);
        let file = self.documents.iter().position(|document| document.declarations.iter().any(is_source));
        let file = file.unwrap_or(0);
        let end = self.text(file).len();
        Edit { file, start: end, end, text: format!("\n\n{text}\n") }
    }

    /// A line behind a member, and behind a comment that stands on its line.
    pub(super) fn line_after(&self, member: Span, line: &str) -> Edit {
        let file = usize::from(member.file.0);
        let rest = self.tokens.get(file).map_or(&[][..], Vec::as_slice);
        let behind = rest.iter().skip_while(|token| token.span.start < member.end);
        let comments = behind.take_while(|token| token.kind.is_comment() && token.newlines_before == 0);
        let end = comments.last().map_or(member.end, |last| last.span.end);
        let next = rest.iter().find(|token| token.span.start >= end);
        let close = if next.is_some_and(|next| next.newlines_before == 0) { "\n" } else { "" };
        Edit::insert(member, end, format!("\n  {line}{close}"))
    }

    /// A line before the brace that closes a block.
    pub(super) fn last_line(&self, block: Span, line: &str) -> Edit {
        let text = self.text(usize::from(block.file.0));
        let at = block.end.saturating_sub(1);
        let begins_line =
            text.get(..at as usize).is_some_and(|before| before.trim_end_matches(' ').ends_with('\n'));
        Edit::insert(block, at, format!("{}  {line}\n", if begins_line { "" } else { "\n" }))
    }

    /// A line above an item and the comments that stand above it.
    pub(super) fn line_above(&self, item: Span, line: &str) -> Edit {
        let text = self.text(usize::from(item.file.0));
        let mut start =
            text.get(..item.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let begins_line = text.get(start..item.start as usize).is_some_and(|before| before.trim().is_empty());
        if !begins_line {
            return Edit::insert(item, item.start, format!("\n{line}\n"));
        }
        while let Some(above) = text.get(..start.saturating_sub(1)).filter(|_| start > 0) {
            let line_start = above.rfind('\n').map_or(0, |at| at + 1);
            if !above.get(line_start..).is_some_and(|line| line.trim_start().starts_with("///")) {
                break;
            }
            start = line_start;
        }
        Edit::insert(item, u32::try_from(start).unwrap_or(u32::MAX), format!("{line}\n"))
    }

    /// The files with the edits made and formatted; those without an edit stay as they are.
    pub(super) fn with(&self, mut edits: Vec<Edit>) -> Result<Vec<SourceFile>, Vec<Diagnostic>> {
        // Those of one place stay in their order.
        edits.sort_by_key(|edit| (edit.file, edit.start, edit.end));
        edits.dedup();
        let mut files = self.files.clone();
        for (number, file) in files.iter_mut().enumerate() {
            let mut own = edits.iter().filter(|edit| edit.file == number).peekable();
            if own.peek().is_none() {
                continue;
            }
            let mut text = String::with_capacity(file.text.len() * 2);
            let mut at = 0;
            for edit in own {
                // What lies inside of another edit is made in the next round.
                let Some(between) = file.text.get(at..edit.start) else { continue };
                text.push_str(between);
                text.push_str(&edit.text);
                at = edit.end;
            }
            text.push_str(file.text.get(at..).unwrap_or_default());
            file.text = purlin_schema::format(&text)?;
        }
        Ok(files)
    }
}

/// A text as the language writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Of a field or a block, by its name without `@`.
pub(super) fn find<'a>(
    attributes: impl IntoIterator<Item = &'a Attribute>,
    name: &str,
) -> Option<&'a Attribute> {
    attributes.into_iter().find(|attribute| attribute.name.text == name)
}
