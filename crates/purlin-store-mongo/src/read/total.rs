//! The size of the whole set, counted only when the page does not tell it.

use mongodb::bson::RawBsonRef;
use purlin_core::operation::Count;
use purlin_core::statement::{ReadShape, Total};

use crate::error::Failure;
use crate::render::{Renderer, Sources, count_pipeline};
use crate::work::Work;

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

pub(super) async fn total(
    work: &mut Work<'_>,
    shape: &ReadShape,
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
        None => counted(work, shape, cap, sources).await?,
    };
    Ok(match cap.map(u64::from) {
        Some(cap) if rows > cap => Total { rows: cap, is_capped: true },
        _ => Total { rows, is_capped: false },
    })
}

async fn counted(
    work: &mut Work<'_>,
    shape: &ReadShape,
    cap: Option<u32>,
    sources: Sources<'_>,
) -> Result<u64, Failure> {
    let (collection, pipeline) = count_pipeline(&mut Renderer::new(work.schema(), sources), shape, cap);
    let rows = work.rows(&collection, pipeline).await?;
    let number = rows.first().and_then(|row| row.get("n").ok().flatten());
    Ok(match number {
        Some(RawBsonRef::Int32(number)) => u64::from(number.unsigned_abs()),
        Some(RawBsonRef::Int64(number)) => number.unsigned_abs(),
        _ => 0,
    })
}
