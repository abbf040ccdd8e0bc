//! Schema texts and places in them. Every value made from text carries a `Span`, so that
//! each problem can be shown where it stands. Offsets are bytes; lines and columns count
//! from one, columns in characters.

use std::fmt;

/// Index of a file in a [`SourceMap`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u16);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: offset(start), end: offset(end) }
    }

    /// The smallest span that covers both; `other` must lie in the same file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// Texts beyond 4 GiB never get this far: `load` refuses them and the lexer stops early.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// One schema file: the name to show and resolve imports by, and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

impl SourceFile {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// A line and a column, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// All files of one schema, addressed by [`FileId`] in the order given.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    line_starts: Vec<Vec<usize>>,
}

impl SourceMap {
    pub fn new(files: Vec<SourceFile>) -> Self {
        let line_starts = files.iter().map(|file| line_starts(&file.text)).collect();
        Self { files, line_starts }
    }

    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..=u16::MAX).map(FileId).zip(&self.files)
    }

    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::from(id.0))
    }

    /// The name of a file; empty for an id of another map.
    pub fn name(&self, id: FileId) -> &str {
        self.file(id).map_or("", |file| &file.name)
    }

    /// The text under a span; empty when the span does not belong to this map.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let offset = offset as usize;
        let starts = self.line_starts.get(usize::from(file.0)).map_or(&[][..], Vec::as_slice);
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let before = self.file(file).and_then(|file| file.text.get(start..offset)).unwrap_or("");
        Position { line, column: before.trim_start_matches('\u{feff}').chars().count() + 1 }
    }

    /// The text of a line (counted from one) without its line ending.
    pub fn line(&self, file: FileId, line: usize) -> &str {
        let Some(starts) = self.line_starts.get(usize::from(file.0)) else {
            return "";
        };
        let Some(&start) = line.checked_sub(1).and_then(|index| starts.get(index)) else {
            return "";
        };
        let text = self.file(file).map_or("", |file| file.text.as_str());
        let end = starts.get(line).copied().unwrap_or(text.len());
        text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}')
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}
