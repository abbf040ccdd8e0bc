//! Rows with rows below them: each level is read by one statement for all its parents.

use purlin_sql::rows::{Branch, Buffer, ParentKeys, Tree};
use purlin_sql::{Child, Select, Sources};

use super::execute::ReadContext;
use crate::error::Failure;
use crate::value::{Columns, bind_all};

/// At most `limit` rows of the first level, and everything below them; also whether there are more.
pub(super) fn read_tree<'p>(
    context: &mut ReadContext<'_>,
    select: &'p Select,
    sources: Sources<'_>,
    limit: usize,
) -> Result<(Tree<'p>, bool), Failure> {
    let (rows, has_more) = read_rows(context, select, sources, limit)?;
    let mut children = Vec::with_capacity(select.children.len());
    for child in &select.children {
        children.push(read_branch(context, child, &rows, sources)?);
    }
    Ok((Tree::new(rows, children, context.max_bytes), has_more))
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
        buffer.push(&Columns(row));
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
    let keys = ParentKeys::of(child, parents)?;
    if keys.is_empty() {
        return Ok(Branch::empty(child, context.max_bytes));
    }
    let keys = keys.finish();
    let sources = Sources { parent_keys: &keys, ..sources };
    let (tree, _) = read_tree(context, &child.select, sources, usize::MAX)?;
    Ok(Branch::new(child, tree))
}
