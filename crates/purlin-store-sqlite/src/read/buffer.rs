//! Result rows kept for a moment, in one allocation for all of their texts.

use rusqlite::Row;
use rusqlite::types::ValueRef;

/// Where cells come from: a row just read, or one kept.
pub(crate) trait Cells {
    fn cell(&self, position: usize) -> ValueRef<'_>;
}

impl Cells for Row<'_> {
    fn cell(&self, position: usize) -> ValueRef<'_> {
        self.get_ref(position).unwrap_or(ValueRef::Null)
    }
}

#[derive(Debug, Default)]
pub(super) struct Buffer {
    cells: Vec<Cell>,
    bytes: Vec<u8>,
    width: usize,
    rows: usize,
}

#[derive(Clone, Copy, Debug)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: usize, end: usize },
    Blob { start: usize, end: usize },
}

impl Buffer {
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub(super) fn push(&mut self, row: &Row<'_>) {
        for position in 0..self.width {
            self.push_cell(row.cell(position));
        }
        self.rows += 1;
    }

    /// Keeps only these cells of only this row.
    pub(super) fn replace(&mut self, row: &Row<'_>, positions: impl Iterator<Item = usize>) {
        self.cells.clear();
        self.bytes.clear();
        for position in positions {
            self.push_cell(row.cell(position));
        }
        self.rows = 1;
    }

    fn push_cell(&mut self, value: ValueRef<'_>) {
        let cell = match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Real(number),
            ValueRef::Text(bytes) => {
                let (start, end) = self.keep(bytes);
                Cell::Text { start, end }
            }
            ValueRef::Blob(bytes) => {
                let (start, end) = self.keep(bytes);
                Cell::Blob { start, end }
            }
        };
        self.cells.push(cell);
    }

    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, self.bytes.len())
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.cells.len() * size_of::<Cell>()
    }

    pub(super) fn row(&self, number: usize) -> BufferedRow<'_> {
        BufferedRow { buffer: self, start: number * self.width }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct BufferedRow<'b> {
    buffer: &'b Buffer,
    start: usize,
}

impl Cells for BufferedRow<'_> {
    fn cell(&self, position: usize) -> ValueRef<'_> {
        let slice = |start, end| self.buffer.bytes.get(start..end).unwrap_or_default();
        match self.buffer.cells.get(self.start + position) {
            None | Some(Cell::Null) => ValueRef::Null,
            Some(Cell::Integer(number)) => ValueRef::Integer(*number),
            Some(Cell::Real(number)) => ValueRef::Real(*number),
            Some(Cell::Text { start, end }) => ValueRef::Text(slice(*start, *end)),
            Some(Cell::Blob { start, end }) => ValueRef::Blob(slice(*start, *end)),
        }
    }
}
