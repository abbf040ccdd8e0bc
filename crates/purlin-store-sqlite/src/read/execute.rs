//! A read on a connection whose transaction is open: rows, last keys, total.

use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::schema::FieldId;
use purlin_core::sink::RowSink;
use purlin_core::statement::{Cardinality, LoadSlot, Read, ReadOutcome};
use purlin_core::value::Value;
use purlin_sql::{OutputColumn, ReadStatement};
use rusqlite::Connection;

use super::total::{Counting, Page, number, total};
use super::tree::read_tree;
use crate::error::Failure;
use crate::value::{Columns, bind_all};
use purlin_sql::Sources;
use purlin_sql::rows::value_of;
use purlin_sql::rows::write_row;
use purlin_sql::rows::{Buffer, Cells};

/// What a read runs on.
#[derive(Debug)]
pub(crate) struct ReadContext<'c> {
    pub connection: &'c Connection,
    pub counting: Counting<'c>,
    pub max_bytes: usize,
    /// Statements executed, for whoever counts them.
    pub statements: &'c mut u64,
    held_bytes: usize,
}

impl<'c> ReadContext<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        counting: Counting<'c>,
        max_bytes: usize,
        statements: &'c mut u64,
    ) -> Self {
        Self { connection, counting, max_bytes, statements, held_bytes: 0 }
    }

    pub(super) fn count_statement(&mut self) {
        *self.statements += 1;
    }

    /// Accounts for rows that are kept until they are put together.
    pub(super) fn take_bytes(&mut self, bytes: usize) -> Result<(), Failure> {
        self.held_bytes += bytes;
        if self.held_bytes > self.max_bytes { Err(too_large()) } else { Ok(()) }
    }
}

fn too_large() -> Failure {
    Failure::Core(Error::TooLarge("the answer is too long; ask for fewer rows or fields".to_owned()))
}

/// `plan` is that of the read's shape.
pub(crate) fn execute(
    context: &mut ReadContext<'_>,
    plan: &ReadStatement,
    read: &Read,
    slots: &[(LoadSlot, Vec<(FieldId, Value)>)],
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Failure> {
    let sources = Sources::new(&read.params, slots);
    let limit = match plan.cardinality {
        Cardinality::One => 1,
        Cardinality::Many => plan.limit.unwrap_or(usize::MAX),
    };
    let page = match &plan.common {
        Some(common) if number(context, &common.probe, sources)? > 0 => &common.page,
        _ => plan,
    };
    let mut outcome = if page.select.children.is_empty() && !page.is_backward {
        stream(context, page, sources, limit, sink)?
    } else {
        stitch(context, page, sources, limit, sink)?
    };
    if let (Some(count), false) = (&plan.count, read.count == Count::None) {
        let page = Page {
            rows: outcome.rows,
            has_more: outcome.has_more,
            offset: sources.whole(plan.offset).unwrap_or(0),
            is_keyset: plan.is_keyset,
        };
        outcome.total = Some(total(context, count, read.count, page, sources)?);
    }
    Ok(outcome)
}

/// Rows go into the sink as they come.
fn stream(
    context: &mut ReadContext<'_>,
    plan: &ReadStatement,
    sources: Sources<'_>,
    limit: usize,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Failure> {
    context.count_statement();
    let mut statement = context.connection.prepare_cached(&plan.select.text)?;
    bind_all(&mut statement, &plan.select.bindings, sources)?;
    let mut outcome = ReadOutcome::default();
    let is_list = plan.cardinality == Cardinality::Many;
    if is_list {
        sink.begin_list();
    }
    let start = sink.len();
    // Values are made of the last row only, and which one that is shows afterwards.
    let mut last = Buffer::default();
    let mut rows = statement.raw_query();
    while outcome.rows < limit {
        let Some(row) = rows.next()? else { break };
        write_row(&plan.select.row, &Columns(row), None, sink);
        outcome.rows += 1;
        if let Some(keys) = &plan.last_keys {
            last.replace(&Columns(row), keys.iter().map(|key| key.position));
        }
        if sink.len() - start > context.max_bytes {
            return Err(too_large());
        }
    }
    // One row more than the limit was asked for.
    if is_list {
        outcome.has_more = outcome.rows == limit && rows.next()?.is_some();
        sink.end_list();
    }
    if let (Some(keys), true) = (&plan.last_keys, outcome.rows > 0) {
        let row = last.row(0);
        let value = |(number, key): (usize, &OutputColumn)| value_of(&key.decode, row.cell(number));
        outcome.last_keys = Some(keys.iter().enumerate().map(value).collect());
    }
    Ok(outcome)
}

/// Rows that have lists below them wait for the lists, and rows that come backwards for the last.
fn stitch(
    context: &mut ReadContext<'_>,
    plan: &ReadStatement,
    sources: Sources<'_>,
    limit: usize,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Failure> {
    let (tree, has_more) = read_tree(context, &plan.select, sources, limit)?;
    let is_list = plan.cardinality == Cardinality::Many;
    let rows = tree.rows.rows();
    if is_list {
        sink.begin_list();
    }
    let start = sink.len();
    for place in 0..rows {
        let number = if plan.is_backward { rows - 1 - place } else { place };
        write_row(&plan.select.row, &tree.rows.row(number), Some(&tree), sink);
        if tree.has_overflowed() || sink.len() - start > context.max_bytes {
            return Err(too_large());
        }
    }
    if is_list {
        sink.end_list();
    }
    let last_keys = match (&plan.last_keys, rows.checked_sub(1)) {
        (Some(keys), Some(last)) => Some(last_keys(keys, &tree.rows.row(last))),
        _ => None,
    };
    Ok(ReadOutcome { rows, has_more: is_list && has_more, total: None, last_keys })
}

fn last_keys(keys: &[OutputColumn], row: &dyn Cells) -> Vec<Value> {
    keys.iter().map(|key| value_of(&key.decode, row.cell(key.position))).collect()
}
