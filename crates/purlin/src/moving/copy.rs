//! Rows from the source into the target. While one page is written the next is read; each is one transaction, with
//! the row that says how far it has come.

use std::sync::Arc;

use purlin_core::Error;
use purlin_core::schema::Schema;
use purlin_core::statement::{Guarded, Heap, Load, LoadOutcome, Rows};
use purlin_core::store::{Loader, Store};
use tokio::sync::mpsc;

use super::REASON;
use super::pages::{Page, Pages};
use super::parts::Part;
use super::problems::{Misfit, Misfits};
use super::progress::{Moved, Progress, State};
use super::survey::{key_of, unreadable};
use crate::cli::Failure;

/// Pages that wait to be written.
const WAITING: usize = 1;

/// Everything that is not there yet. `progress` hears the label and the rows done of all parts.
pub async fn copy(
    (source, schema): (&Arc<dyn Store>, &Arc<Schema>),
    (loader, kept): (&Arc<dyn Loader>, &Progress),
    parts: &[Part],
    state: &mut State,
    mut progress: impl FnMut(&str, u64),
) -> Result<(), Failure> {
    let mut done: u64 = state.parts.values().filter(|moved| !moved.is_stale).map(|moved| moved.rows).sum();
    for part in parts {
        let mut moved = state.parts.get(&part.label).cloned().unwrap_or_default();
        if moved.is_whole {
            continue;
        }
        if moved.is_stale {
            moved = Moved::default();
            state.parts.insert(part.label.clone(), moved.clone());
            save(loader, kept, state, vec![part.heap], Vec::new())
                .await
                .map_err(|error| stopped(part, &error))?;
        }
        let mut pages = Pages::new(source, schema, part, moved.after.clone());
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let reading = tokio::spawn(async move {
            loop {
                let page = pages.next().await;
                let is_end = page.as_ref().map_or(true, |page| page.is_last);
                if sender.send(page).await.is_err() || is_end {
                    return;
                }
            }
        });
        while let Some(page) = receiver.recv().await {
            let page = page.map_err(|error| unreadable(part, &error))?;
            let (rows, after, is_last) = (page.count, page.after.clone(), page.is_last);
            moved = Moved { rows: moved.rows + rows, after, is_whole: is_last, ..Moved::default() };
            let before = state.parts.insert(part.label.clone(), moved.clone());
            write(loader, kept, state, part, schema, page).await.inspect_err(|_| {
                state.parts.insert(part.label.clone(), before.unwrap_or_default());
            })?;
            done += rows;
            progress(&part.label, done);
        }
        // It has ended, for nothing comes from it any more.
        reading.await.map_err(|error| {
            Failure::problem("DATABASE", format!("{} cannot be read: {error}", part.label))
        })?;
    }
    Ok(())
}

/// Writes the state alone, and what else is to be emptied.
pub async fn save(
    loader: &Arc<dyn Loader>,
    kept: &Progress,
    state: &State,
    mut emptied: Vec<Heap>,
    mut rows: Vec<Rows>,
) -> Result<(), Error> {
    emptied.push(kept.heap());
    rows.push(kept.rows(state)?);
    let load = Load { emptied, rows, outcome: LoadOutcome::Kept };
    loader.load(Guarded::as_system(load, REASON)).await
}

async fn write(
    loader: &Arc<dyn Loader>,
    kept: &Progress,
    state: &State,
    part: &Part,
    schema: &Schema,
    mut page: Page,
) -> Result<(), Failure> {
    if let Some(misfit) = page.misfits.pop() {
        // The survey would have named it: it is new.
        let mut misfits = Misfits::default();
        page.misfits.into_iter().chain([misfit]).for_each(|misfit| misfits.add(misfit));
        return Err(changed_meanwhile(misfits.failure("DATA_DOES_NOT_FIT", "these values cannot be moved:")));
    }
    let rows = vec![page.rows.clone()];
    match save(loader, kept, state, Vec::new(), rows).await {
        Ok(()) => Ok(()),
        Err(error @ Error::Unavailable(_)) => Err(stopped(part, &error)),
        Err(error) => Err(refused(loader, part, schema, &page, &error).await),
    }
}

fn changed_meanwhile(failure: Failure) -> Failure {
    failure
        .with_help("the source has changed since it was looked at: stop what writes to it, and run it again")
}

fn stopped(part: &Part, error: &Error) -> Failure {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    let failure = Failure::problem("DATABASE", format!("{} cannot be written: {error}{cause}", part.label));
    failure.with_help("the same command goes on from there")
}

/// The database names no row: each is tried alone, and undone.
async fn refused(
    loader: &Arc<dyn Loader>,
    part: &Part,
    schema: &Schema,
    page: &Page,
    error: &Error,
) -> Failure {
    let mut misfits = Misfits::default();
    for row in page.rows.values.chunks(page.rows.width().max(1)) {
        let rows = Rows { values: row.to_vec(), ..page.rows.clone() };
        let load = Load { rows: vec![rows], outcome: LoadOutcome::Undone, ..Load::default() };
        let Err(error) = loader.load(Guarded::as_system(load, REASON)).await else { continue };
        let key = match part.heap {
            Heap::Model(_) => key_of(part.model(schema), page, row),
            Heap::Pairs(..) => String::new(),
        };
        let misfit = |field: &str, message: String| Misfit {
            part: part.label.clone(),
            field: field.to_owned(),
            key: key.clone(),
            message,
        };
        match &error {
            Error::Invalid(fields) | Error::Conflict { fields, .. } if !fields.is_empty() => {
                for (field, messages) in &fields.0 {
                    messages.iter().for_each(|message| misfits.add(misfit(field, message.clone())));
                }
            }
            error => misfits.add(misfit("", described(error))),
        }
    }
    if misfits.is_empty() {
        return Failure::problem(
            "DATABASE",
            format!("{} cannot be written: {}", part.label, described(error)),
        );
    }
    let what = format!("the target refuses {} of {} rows of {}:", misfits.rows(), page.count, part.label);
    let help = "correct them where they are, and run the same command again: it goes on from there";
    misfits.failure("DATA_DOES_NOT_FIT", &what).with_help(help)
}

fn described(error: &Error) -> String {
    match error {
        Error::Internal(cause) => format!("cannot be written: {cause}"),
        Error::Invalid(fields) | Error::Conflict { fields, .. } if !fields.is_empty() => {
            fields.0.values().flatten().cloned().collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
