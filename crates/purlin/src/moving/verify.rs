//! Both databases read again, and compared part by part.

use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use tokio::sync::mpsc;

use super::counts::Given;
use super::digest::Digest;
use super::pages::Pages;
use super::parts::Part;
use super::progress::State;
use super::survey::unreadable;
use crate::cli::Failure;

/// A part that is not the same on both sides.
#[derive(Debug)]
pub struct Difference {
    pub part: String,
    pub source: u64,
    pub target: u64,
}

/// One of the two databases.
#[derive(Clone, Debug)]
pub struct Side {
    pub store: Arc<dyn Store>,
    pub schema: Arc<Schema>,
}

/// Writes into the state what was found: checksums of what is the same, and what must be copied anew.
pub async fn verify(
    source: &Side,
    target: &Side,
    parts: &[Part],
    state: &mut State,
    mut progress: impl FnMut(&str, u64),
) -> Result<Vec<Difference>, Failure> {
    let mut differences = Vec::new();
    let mut seen = 0;
    for part in parts {
        let (sender, mut receiver) = mpsc::channel(16);
        let theirs = tokio::spawn(digest(source.clone(), part.clone(), Some(sender)));
        let ours = tokio::spawn(digest(target.clone(), part.clone(), None));
        while let Some(rows) = receiver.recv().await {
            seen += rows;
            progress(&part.label, seen);
        }
        let (theirs, ours) = (ended(theirs.await)?, ended(ours.await)?);
        let moved = state.parts.entry(part.label.clone()).or_default();
        moved.rows = theirs.rows;
        if theirs == ours {
            moved.checksum = Some(theirs.to_string());
        } else {
            (moved.is_whole, moved.is_stale, moved.checksum) = (false, true, None);
            let (source, target) = (theirs.rows, ours.rows);
            differences.push(Difference { part: part.label.clone(), source, target });
        }
    }
    Ok(differences)
}

/// A part whose values cannot be read has no checksum that could be equal to another's.
async fn digest(side: Side, part: Part, progress: Option<mpsc::Sender<u64>>) -> Result<Digest, Failure> {
    let mut pages = Pages::new(&side.store, &side.schema, &part, None);
    let (mut digest, mut given) = (Digest::default(), Given::default());
    loop {
        let page = pages.next().await.map_err(|error| unreadable(&part, &error))?;
        if let Some(misfit) = page.misfits.first() {
            let message =
                format!("{}.{} {}, in the row {}", misfit.part, misfit.field, misfit.message, misfit.key);
            return Err(Failure::problem("DATA_DOES_NOT_FIT", message));
        }
        given.add(&page);
        page.rows.values.chunks(page.rows.width().max(1)).for_each(|row| digest.add(row));
        if let Some(progress) = &progress {
            // Who listens ends only after this.
            let _ = progress.send(page.count).await;
        }
        if page.is_last {
            given.require_all_rows(&side.store, &side.schema, &part).await?;
            return Ok(digest);
        }
    }
}

fn ended(joined: Result<Result<Digest, Failure>, tokio::task::JoinError>) -> Result<Digest, Failure> {
    joined
        .unwrap_or_else(|error| Err(Failure::problem("DATABASE", format!("the comparison failed: {error}"))))
}
