//! Rows with rows below them: each level is read by one statement for all its parents, kept,
//! and put together when everything is there.

use std::cell::Cell;
use std::collections::HashMap;

use purlin_core::error::Error;
use purlin_core::sink::{RowSink, ValueRef};
use purlin_sql::{Child, Select, push_hex};
use rusqlite::types::ValueRef as Stored;

use super::buffer::{Buffer, Cells};
use super::execute::ReadContext;
use super::rows::write_row;
use crate::error::Failure;
use crate::value::{Sources, bind_all};

#[derive(Debug)]
pub(super) struct Tree<'p> {
    pub rows: Buffer,
    children: Vec<Branch<'p>>,
    /// Rows below are written once for each parent that leads to them, so what is written can be far more
    /// than what was read.
    max_bytes: usize,
    has_overflowed: Cell<bool>,
}

#[derive(Debug)]
struct Branch<'p> {
    child: &'p Child,
    tree: Tree<'p>,
    /// Row numbers in `tree` by the parent's key.
    groups: HashMap<Vec<u8>, Vec<usize>, foldhash::fast::RandomState>,
}

impl<'p> Tree<'p> {
    /// At most `limit` rows of the first level, and everything below them; also whether there
    /// are more.
    pub(super) fn read(
        context: &mut ReadContext<'_>,
        select: &'p Select,
        sources: Sources<'_>,
        limit: usize,
    ) -> Result<(Self, bool), Failure> {
        let (rows, has_more) = read_rows(context, select, sources, limit)?;
        let mut children = Vec::with_capacity(select.children.len());
        for child in &select.children {
            children.push(read_branch(context, child, &rows, sources)?);
        }
        let max_bytes = context.max_bytes;
        Ok((Self { rows, children, max_bytes, has_overflowed: Cell::new(false) }, has_more))
    }

    /// Whether writing stopped before everything was written.
    pub(super) fn has_overflowed(&self) -> bool {
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

fn read_rows(
    context: &mut ReadContext<'_>,
    select: &Select,
    sources: Sources<'_>,
    limit: usize,
) -> Result<(Buffer, bool), Failure> {
    context.count_statement();
    let mut statement = context.connection.prepare_cached(&select.text)?;
    bind_all(&mut statement, &select.bindings, sources)?;
    let mut buffer = Buffer::new(statement.column_count());
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if buffer.rows() >= limit {
            return Ok((buffer, true));
        }
        let before = buffer.size();
        buffer.push(row);
        context.take_bytes(buffer.size() - before)?;
    }
    Ok((buffer, false))
}

fn read_branch<'p>(
    context: &mut ReadContext<'_>,
    child: &'p Child,
    parents: &Buffer,
    sources: Sources<'_>,
) -> Result<Branch<'p>, Failure> {
    let mut keys = ParentKeys::default();
    for number in 0..parents.rows() {
        let row = parents.row(number);
        if is_shown(child, &row) {
            keys.add(&child.parent_keys, &row)?;
        }
    }
    if keys.known.is_empty() {
        let tree = Tree {
            rows: Buffer::default(),
            children: Vec::new(),
            max_bytes: context.max_bytes,
            has_overflowed: Cell::new(false),
        };
        return Ok(Branch { child, tree, groups: HashMap::default() });
    }
    let keys = keys.finish();
    let sources = Sources { parent_keys: &keys, ..sources };
    let (tree, _) = Tree::read(context, &child.select, sources, usize::MAX)?;
    let mut groups: HashMap<Vec<u8>, Vec<usize>, _> = HashMap::default();
    for number in 0..tree.rows.rows() {
        if let Some(key) = key_of(&child.child_keys, &tree.rows.row(number)) {
            groups.entry(key).or_default().push(number);
        }
    }
    Ok(Branch { child, tree, groups })
}

fn is_shown(child: &Child, row: &dyn Cells) -> bool {
    child.shown.is_none_or(|position| matches!(row.cell(position), Stored::Integer(truth) if truth != 0))
}

/// The distinct keys of parents as a JSON array.
#[derive(Default)]
struct ParentKeys {
    known: std::collections::HashSet<Vec<u8>, foldhash::fast::RandomState>,
    text: String,
}

impl ParentKeys {
    fn add(&mut self, positions: &[usize], row: &dyn Cells) -> Result<(), Failure> {
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

    fn finish(mut self) -> String {
        self.text.push(']');
        self.text
    }
}

fn push_json(text: &mut String, value: Stored<'_>) -> Result<(), Failure> {
    let element = match value {
        Stored::Null => serde_json::Value::Null,
        Stored::Integer(number) => number.into(),
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
