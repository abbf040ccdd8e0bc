//! The size of the whole set, counted only when the page does not tell it, and remembered until
//! a table it depends on changes.

use purlin_core::operation::Count;
use purlin_core::statement::Total;
use purlin_sql::{CountStatement, CountText};

use super::execute::ReadContext;
use super::reader::Snapshot;
use crate::error::Failure;
use crate::totals::{Totals, totals_key};
use crate::value::bind_all;
use purlin_core::changes::Versions;
use purlin_sql::Sources;

/// Whether totals may be remembered for this snapshot.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counting<'c> {
    /// Inside a write: what is counted is not committed yet.
    Fresh,
    Remembered {
        totals: &'c Totals,
        versions: &'c Versions,
        snapshot: Snapshot,
    },
}

/// What the page tells of the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub rows: usize,
    pub has_more: bool,
    pub offset: usize,
    pub is_keyset: bool,
}

impl Page {
    /// The end of the set is on this page, and its start is known.
    fn whole(self) -> Option<u64> {
        let is_last = !self.has_more && !self.is_keyset && (self.rows > 0 || self.offset == 0);
        is_last.then(|| (self.offset + self.rows) as u64)
    }
}

pub(super) fn total(
    context: &mut ReadContext<'_>,
    statement: &CountStatement,
    count: Count,
    page: Page,
    sources: Sources<'_>,
) -> Result<Total, Failure> {
    let cap = match count {
        Count::Capped(cap) => Some(cap),
        Count::Exact | Count::None => None,
    };
    let rows = match page.whole() {
        Some(rows) => rows,
        None => counted(context, statement, cap, sources)?,
    };
    Ok(match cap.map(u64::from) {
        Some(cap) if rows > cap => Total { rows: cap, is_capped: true },
        _ => Total { rows, is_capped: false },
    })
}

fn counted(
    context: &mut ReadContext<'_>,
    statement: &CountStatement,
    cap: Option<u32>,
    sources: Sources<'_>,
) -> Result<u64, Failure> {
    let (text, sources) = match cap {
        Some(cap) => (&statement.capped, Sources { cap, ..sources }),
        None => (&statement.exact, sources),
    };
    let Counting::Remembered { totals, versions, snapshot } = context.counting else {
        return number(context, text, sources);
    };
    // Without certainty about what the snapshot holds nothing is remembered, nor believed.
    let Some(versions) = versions_of(versions, snapshot, statement) else {
        return number(context, text, sources);
    };
    let key = totals_key(&text.bindings, sources);
    if let Some(rows) = totals.get(&text.text, &key, &versions) {
        return Ok(rows);
    }
    let rows = number(context, text, sources)?;
    totals.put(&text.text, key, versions, rows);
    Ok(rows)
}

/// What a statement of one number says.
pub(super) fn number(
    context: &mut ReadContext<'_>,
    text: &CountText,
    sources: Sources<'_>,
) -> Result<u64, Failure> {
    context.count_statement();
    let mut statement = context.connection.prepare_cached(&text.text)?;
    bind_all(&mut statement, &text.bindings, sources)?;
    let mut rows = statement.raw_query();
    match rows.next()? {
        Some(row) => Ok(row.get::<_, i64>(0)?.unsigned_abs()),
        None => Ok(0),
    }
}

/// The versions of the tables in this very snapshot.
fn versions_of(versions: &Versions, snapshot: Snapshot, statement: &CountStatement) -> Option<Vec<u64>> {
    if !snapshot.is_certain {
        return None;
    }
    let found = statement.tables.iter().map(|table| versions.table(*table)).collect();
    // Had a commit come in between, some of them could be of later than the snapshot.
    (versions.generation() == snapshot.generation).then_some(found)
}
