//! Diagnostics for people (source line and carets) and for programs (JSON).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Diagnostic;
use crate::source::{SourceMap, Span};

impl Diagnostic {
    /// The diagnostic with its source line, carets below it, related places and help.
    pub fn render(&self, sources: &SourceMap) -> String {
        let mut out = format!("{}[{}]: {}\n", self.severity.as_str(), self.code, self.message);
        excerpt(&mut out, sources, self.span, None);
        for related in &self.related {
            excerpt(&mut out, sources, related.span, Some(&related.message));
        }
        if let Some(suggestion) = &self.suggestion {
            for (index, line) in suggestion.lines().enumerate() {
                let lead = if index == 0 { "   = help: " } else { "           " };
                let _ = writeln!(out, "{lead}{line}");
            }
        }
        out
    }

    pub fn to_json(&self, sources: &SourceMap) -> Value {
        json!({
            "code": self.code.id,
            "severity": self.severity.as_str(),
            "message": self.message,
            "span": span_json(sources, self.span),
            "suggestion": self.suggestion,
            "related": self.related.iter().map(|related| json!({
                "message": related.message,
                "span": span_json(sources, related.span),
            })).collect::<Vec<_>>(),
        })
    }
}

fn span_json(sources: &SourceMap, span: Span) -> Value {
    let point = |offset: u32| {
        let position = sources.position(span.file, offset);
        json!({ "offset": offset, "line": position.line, "column": position.column })
    };
    json!({
        "file": sources.name(span.file),
        "start": point(span.start),
        "end": point(span.end),
    })
}

/// Lines longer than this are cut around the span: a schema of one huge line stays readable.
const MAX_WIDTH: usize = 160;

fn excerpt(out: &mut String, sources: &SourceMap, span: Span, note: Option<&str>) {
    let start = sources.position(span.file, span.start);
    let end = sources.position(span.file, span.end);
    let number = start.line.to_string();
    let gutter = " ".repeat(number.len());
    let arrow = if note.is_some() { ":::" } else { "-->" };
    let name = sources.name(span.file);
    let _ = writeln!(out, "{gutter}{arrow} {name}:{}:{}", start.line, start.column);

    let line: Vec<char> = sources.line(span.file, start.line).chars().collect();
    let from = start.column - 1;
    let to = if end.line == start.line { end.column - 1 } else { line.len() };
    let skip = if line.len() > MAX_WIDTH { from.saturating_sub(MAX_WIDTH / 2) } else { 0 };
    let shown: String = line.iter().skip(skip).take(MAX_WIDTH).map(|&c| printable(c)).collect();
    let carets = to.saturating_sub(from).clamp(1, MAX_WIDTH);
    let pad: String = std::iter::repeat_n(' ', from - skip).collect();
    let _ = writeln!(out, "{gutter} |");
    let _ = writeln!(out, "{number} | {shown}");
    let _ = write!(out, "{gutter} | {pad}{}", "^".repeat(carets));
    let _ = match note {
        Some(note) => writeln!(out, " {note}"),
        None => writeln!(out),
    };
}

/// Tabs and control characters would move the carets away from what they point at.
fn printable(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}
