//! Result rows kept for a moment, in one allocation for all of their texts.

use super::cell::{Cell, Cells};

#[derive(Debug, Default)]
pub struct Buffer {
    cells: Vec<Kept>,
    bytes: Vec<u8>,
    width: usize,
    rows: usize,
}

#[derive(Clone, Copy, Debug)]
enum Kept {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    Time(i64),
    Text { start: usize, end: usize },
    Blob { start: usize, end: usize },
}

impl Buffer {
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub fn push(&mut self, row: &dyn Cells) {
        for position in 0..self.width {
            self.push_cell(row.cell(position));
        }
        self.rows += 1;
    }

    /// Keeps only these cells of only this row.
    pub fn replace(&mut self, row: &dyn Cells, positions: impl Iterator<Item = usize>) {
        self.cells.clear();
        self.bytes.clear();
        for position in positions {
            self.push_cell(row.cell(position));
        }
        self.rows = 1;
    }

    fn push_cell(&mut self, cell: Cell<'_>) {
        let kept = match cell {
            Cell::Null => Kept::Null,
            Cell::Boolean(truth) => Kept::Boolean(truth),
            Cell::Integer(number) => Kept::Integer(number),
            Cell::Real(number) => Kept::Real(number),
            Cell::Time(millis) => Kept::Time(millis),
            Cell::Text(bytes) => self.keep_text(bytes),
            Cell::Made(text) => self.keep_text(text.as_bytes()),
            Cell::Blob(bytes) => {
                let (start, end) = self.keep(bytes);
                Kept::Blob { start, end }
            }
        };
        self.cells.push(kept);
    }

    fn keep_text(&mut self, bytes: &[u8]) -> Kept {
        let (start, end) = self.keep(bytes);
        Kept::Text { start, end }
    }

    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, self.bytes.len())
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.cells.len() * size_of::<Kept>()
    }

    pub fn row(&self, number: usize) -> BufferedRow<'_> {
        BufferedRow { buffer: self, start: number * self.width }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct BufferedRow<'b> {
    buffer: &'b Buffer,
    start: usize,
}

impl Cells for BufferedRow<'_> {
    fn cell(&self, position: usize) -> Cell<'_> {
        let slice = |start, end| self.buffer.bytes.get(start..end).unwrap_or_default();
        match self.buffer.cells.get(self.start + position) {
            None | Some(Kept::Null) => Cell::Null,
            Some(Kept::Boolean(truth)) => Cell::Boolean(*truth),
            Some(Kept::Integer(number)) => Cell::Integer(*number),
            Some(Kept::Real(number)) => Cell::Real(*number),
            Some(Kept::Time(millis)) => Cell::Time(*millis),
            Some(Kept::Text { start, end }) => Cell::Text(slice(*start, *end)),
            Some(Kept::Blob { start, end }) => Cell::Blob(slice(*start, *end)),
        }
    }
}
