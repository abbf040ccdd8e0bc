//! A read on one connection: rows, last keys, total.

use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::sink::RowSink;
use purlin_core::statement::{Cardinality, Read, ReadOutcome, Total};

use super::connection::{Connection, Database, Refusal};
use crate::decode::OutputColumn;
use crate::read_statement::{Child, CountStatement, CountText, ReadStatement, Select};
use crate::rows::{Branch, Buffer, Cell, Cells, ParentKeys, Tree, value_of, write_row};
use crate::sources::Sources;

/// `plan` is that of the read's shape. With children or a total it is several statements, which see one state of the data
/// only if the connection is in a transaction that holds it.
pub async fn run_read<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    plan: &ReadStatement,
    read: &Read,
    sources: Sources<'_>,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Refusal> {
    let limit = match plan.cardinality {
        Cardinality::One => 1,
        Cardinality::Many => plan.limit.unwrap_or(usize::MAX),
    };
    let page = match &plan.common {
        Some(common) if number(connection, &common.probe, sources).await? > 0 => &common.page,
        _ => plan,
    };
    let mut outcome = if page.select.children.is_empty() && !page.is_backward {
        stream(connection, database, page, sources, limit, sink).await?
    } else {
        stitch(connection, database, page, sources, limit, sink).await?
    };
    if let (Some(count), false) = (&plan.count, read.count == Count::None) {
        let offset = sources.whole(plan.offset).unwrap_or(0);
        // The end of the set is on this page, and its start is known.
        let is_last = !outcome.has_more && !plan.is_keyset && (outcome.rows > 0 || offset == 0);
        let known = is_last.then_some((offset + outcome.rows) as u64);
        outcome.total = Some(total(connection, count, read.count, known, sources).await?);
    }
    Ok(outcome)
}

fn too_large() -> Refusal {
    Refusal::Core(Error::TooLarge("the answer is too long; ask for fewer rows or fields".to_owned()))
}

/// Rows go into the sink as they come.
async fn stream<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    plan: &ReadStatement,
    sources: Sources<'_>,
    limit: usize,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Refusal> {
    let mut outcome = ReadOutcome::default();
    let is_list = plan.cardinality == Cardinality::Many;
    if is_list {
        sink.begin_list();
    }
    let start = sink.len();
    let mut is_too_large = false;
    // Of the row that fills the page.
    let mut last = Buffer::default();
    let mut each = |row: &dyn Cells| {
        // One row more than the limit was asked for.
        if outcome.rows == limit {
            outcome.has_more = is_list;
            return false;
        }
        write_row(&plan.select.row, row, None, sink);
        outcome.rows += 1;
        if let (Some(keys), true) = (&plan.last_keys, outcome.rows == limit) {
            last.replace(row, keys.iter().map(|key| key.position));
        }
        is_too_large = sink.len() - start > database.max_bytes;
        !is_too_large
    };
    connection.run(&plan.select.text, &plan.select.bindings, sources, &mut each).await?;
    if is_too_large {
        return Err(too_large());
    }
    if is_list {
        sink.end_list();
    }
    if let (Some(keys), true) = (&plan.last_keys, outcome.has_more) {
        let row = last.row(0);
        let value = |(number, key): (usize, &OutputColumn)| value_of(&key.decode, row.cell(number));
        outcome.last_keys = Some(keys.iter().enumerate().map(value).collect());
    }
    Ok(outcome)
}

/// Rows that have lists below them wait for the lists, and rows that come backwards for the last.
async fn stitch<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    plan: &ReadStatement,
    sources: Sources<'_>,
    limit: usize,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Refusal> {
    let mut held = 0;
    let (tree, has_more) = read_tree(connection, database, &plan.select, sources, limit, &mut held).await?;
    let is_list = plan.cardinality == Cardinality::Many;
    let rows = tree.rows.rows();
    if is_list {
        sink.begin_list();
    }
    let start = sink.len();
    for place in 0..rows {
        let number = if plan.is_backward { rows - 1 - place } else { place };
        write_row(&plan.select.row, &tree.rows.row(number), Some(&tree), sink);
        if tree.has_overflowed() || sink.len() - start > database.max_bytes {
            return Err(too_large());
        }
    }
    if is_list {
        sink.end_list();
    }
    let last_keys = match (&plan.last_keys, rows.checked_sub(1)) {
        (Some(keys), Some(last)) => {
            let row = tree.rows.row(last);
            Some(keys.iter().map(|key| value_of(&key.decode, row.cell(key.position))).collect())
        }
        _ => None,
    };
    Ok(ReadOutcome { rows, has_more: is_list && has_more, total: None, last_keys })
}

/// At most `limit` rows of the first level, and everything below them; also whether there are more.
async fn read_tree<'p, C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    select: &'p Select,
    sources: Sources<'_>,
    limit: usize,
    held: &mut usize,
) -> Result<(Tree<'p>, bool), Refusal> {
    let mut rows = Buffer::new(select.width);
    let mut has_more = false;
    let mut is_too_large = false;
    let before = *held;
    let mut each = |row: &dyn Cells| {
        if rows.rows() >= limit {
            has_more = true;
            return false;
        }
        rows.push(row);
        *held = before + rows.size();
        is_too_large = *held > database.max_bytes;
        !is_too_large
    };
    connection.run(&select.text, &select.bindings, sources, &mut each).await?;
    if is_too_large {
        return Err(too_large());
    }
    let mut children = Vec::with_capacity(select.children.len());
    for child in &select.children {
        // Boxed, for levels are nested as deeply as a request nests them.
        children.push(Box::pin(read_branch(connection, database, child, &rows, sources, held)).await?);
    }
    Ok((Tree::new(rows, children, database.max_bytes), has_more))
}

async fn read_branch<'p, C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    child: &'p Child,
    parents: &Buffer,
    sources: Sources<'_>,
    held: &mut usize,
) -> Result<Branch<'p>, Refusal> {
    let keys = ParentKeys::of(child, parents)?;
    if keys.is_empty() {
        return Ok(Branch::empty(child, database.max_bytes));
    }
    let keys = keys.finish();
    let sources = Sources { parent_keys: &keys, ..sources };
    let (tree, _) = read_tree(connection, database, &child.select, sources, usize::MAX, held).await?;
    Ok(Branch::new(child, tree))
}

/// Counted only when the page does not tell it.
async fn total<C: Connection>(
    connection: &mut C,
    statement: &CountStatement,
    count: Count,
    known: Option<u64>,
    sources: Sources<'_>,
) -> Result<Total, Refusal> {
    let cap = match count {
        Count::Capped(cap) => Some(cap),
        Count::Exact | Count::None => None,
    };
    let rows = match known {
        Some(rows) => rows,
        None => counted(connection, statement, cap, sources).await?,
    };
    Ok(match cap.map(u64::from) {
        Some(cap) if rows > cap => Total { rows: cap, is_capped: true },
        _ => Total { rows, is_capped: false },
    })
}

async fn counted<C: Connection>(
    connection: &mut C,
    statement: &CountStatement,
    cap: Option<u32>,
    sources: Sources<'_>,
) -> Result<u64, Refusal> {
    let (text, sources) = match cap {
        Some(cap) => (&statement.capped, Sources { cap, ..sources }),
        None => (&statement.exact, sources),
    };
    number(connection, text, sources).await
}

/// What a statement of one number says.
async fn number<C: Connection>(
    connection: &mut C,
    text: &CountText,
    sources: Sources<'_>,
) -> Result<u64, Refusal> {
    let mut found = 0;
    let mut each = |row: &dyn Cells| {
        if let Cell::Integer(number) = row.cell(0) {
            found = number.unsigned_abs();
        }
        true
    };
    connection.run(&text.text, &text.bindings, sources, &mut each).await?;
    Ok(found)
}
