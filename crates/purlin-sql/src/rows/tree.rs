//! Rows with rows below them: each level is read by one statement for all its parents, kept,
//! and put together when everything is there.

use std::cell::Cell;
use std::collections::HashMap;

use purlin_core::error::Error;
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::value::DateTime;

use super::buffer::Buffer;
use super::cell::{Cell as Stored, Cells};
use super::write::write_row;
use crate::list_json::push_hex;
use crate::read_statement::Child;

#[derive(Debug)]
pub struct Tree<'p> {
    pub rows: Buffer,
    children: Vec<Branch<'p>>,
    /// Rows below are written once for each parent that leads to them, so what is written can be far more
    /// than what was read.
    max_bytes: usize,
    has_overflowed: Cell<bool>,
}

#[derive(Debug)]
pub struct Branch<'p> {
    child: &'p Child,
    tree: Tree<'p>,
    /// Row numbers in `tree` by the parent's key.
    groups: HashMap<Vec<u8>, Vec<usize>, foldhash::fast::RandomState>,
}

impl<'p> Branch<'p> {
    /// Without any row.
    pub fn empty(child: &'p Child, max_bytes: usize) -> Self {
        let tree = Tree::new(Buffer::default(), Vec::new(), max_bytes);
        Self { child, tree, groups: HashMap::default() }
    }

    /// Rows by the key of their parent.
    pub fn new(child: &'p Child, tree: Tree<'p>) -> Self {
        let mut groups: HashMap<Vec<u8>, Vec<usize>, _> = HashMap::default();
        for number in 0..tree.rows.rows() {
            if let Some(key) = key_of(&child.child_keys, &tree.rows.row(number)) {
                groups.entry(key).or_default().push(number);
            }
        }
        if child.is_backward {
            groups.values_mut().for_each(|group| group.reverse());
        }
        Self { child, tree, groups }
    }
}

impl<'p> Tree<'p> {
    pub fn new(rows: Buffer, children: Vec<Branch<'p>>, max_bytes: usize) -> Self {
        Self { rows, children, max_bytes, has_overflowed: false.into() }
    }

    /// Whether writing stopped before everything was written.
    pub fn has_overflowed(&self) -> bool {
        self.has_overflowed.get()
    }

    pub(super) fn write_child(&self, number: usize, row: &dyn Cells, sink: &mut dyn RowSink) {
        let Some(branch) = self.children.get(number) else { return sink.value(ValueRef::Null) };
        let child = branch.child;
        let key = if is_shown(child, row) { key_of(&child.parent_keys, row) } else { None };
        let numbers = key.and_then(|key| branch.groups.get(&key));
        let numbers = numbers.map_or(&[][..], Vec::as_slice);
        let write = |number: &usize, sink: &mut dyn RowSink| {
            let row = branch.tree.rows.row(*number);
            write_row(&child.select.row, &row, Some(&branch.tree), sink);
        };
        if child.is_list {
            sink.begin_list();
            for number in numbers {
                if sink.len() > self.max_bytes {
                    self.has_overflowed.set(true);
                    break;
                }
                write(number, sink);
            }
            sink.end_list();
        } else {
            match numbers.first() {
                Some(number) => write(number, sink),
                None => sink.value(ValueRef::Null),
            }
        }
        if branch.tree.has_overflowed() {
            self.has_overflowed.set(true);
        }
    }
}

/// Whether the parent's row shows what is below it.
pub fn is_shown(child: &Child, row: &dyn Cells) -> bool {
    child.shown.is_none_or(|position| row.cell(position).is_true())
}

/// The distinct keys of parents as a JSON array.
#[derive(Debug, Default)]
pub struct ParentKeys {
    known: std::collections::HashSet<Vec<u8>, foldhash::fast::RandomState>,
    text: String,
}

impl ParentKeys {
    /// Of every row whose children are shown.
    pub fn of(child: &Child, parents: &Buffer) -> Result<Self, Error> {
        let mut keys = Self::default();
        for number in 0..parents.rows() {
            let row = parents.row(number);
            if is_shown(child, &row) {
                keys.add(&child.parent_keys, &row)?;
            }
        }
        Ok(keys)
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    fn add(&mut self, positions: &[usize], row: &dyn Cells) -> Result<(), Error> {
        let Some(key) = key_of(positions, row) else { return Ok(()) };
        if !self.known.insert(key) {
            return Ok(());
        }
        self.text.push(if self.text.is_empty() { '[' } else { ',' });
        let is_compound = positions.len() > 1;
        if is_compound {
            self.text.push('[');
        }
        for (number, position) in positions.iter().enumerate() {
            if number > 0 {
                self.text.push(',');
            }
            push_json(&mut self.text, row.cell(*position))?;
        }
        if is_compound {
            self.text.push(']');
        }
        Ok(())
    }

    pub fn finish(mut self) -> String {
        self.text.push(']');
        self.text
    }
}

fn push_json(text: &mut String, value: Stored<'_>) -> Result<(), Error> {
    let element = match value {
        Stored::Null => serde_json::Value::Null,
        Stored::Boolean(truth) => truth.into(),
        Stored::Integer(number) => number.into(),
        Stored::Time(millis) => DateTime::from_millis(millis).map_err(Error::internal)?.to_string().into(),
        Stored::Made(text) => text.into(),
        Stored::Real(number) => number.into(),
        Stored::Text(bytes) => std::str::from_utf8(bytes).map_err(Error::internal)?.into(),
        Stored::Blob(bytes) => {
            let mut digits = String::with_capacity(2 * bytes.len());
            push_hex(&mut digits, bytes);
            digits.into()
        }
    };
    text.push_str(&element.to_string());
    Ok(())
}

/// A key as bytes; `None` where a part is null, which refers to nothing.
fn key_of(positions: &[usize], row: &dyn Cells) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(16);
    for position in positions {
        match row.cell(*position) {
            Stored::Null => return None,
            Stored::Boolean(truth) => key.extend_from_slice(&[5, u8::from(truth)]),
            Stored::Time(millis) => {
                key.push(6);
                key.extend_from_slice(&millis.to_le_bytes());
            }
            Stored::Made(text) => push_sized(&mut key, 3, text.as_bytes()),
            Stored::Integer(number) => {
                key.push(1);
                key.extend_from_slice(&number.to_le_bytes());
            }
            Stored::Real(number) => {
                key.push(2);
                key.extend_from_slice(&number.to_le_bytes());
            }
            Stored::Text(bytes) => push_sized(&mut key, 3, bytes),
            Stored::Blob(bytes) => push_sized(&mut key, 4, bytes),
        }
    }
    Some(key)
}

fn push_sized(key: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    key.push(kind);
    key.extend_from_slice(&bytes.len().to_le_bytes());
    key.extend_from_slice(bytes);
}
