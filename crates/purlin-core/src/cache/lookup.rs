//! A read by way of the cache: what is known is looked up, what is not is asked for by one of those who want it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::flight::{Flight, Flights};
use super::kept::{Entry, Kept};
use super::question::Question;
use super::settings::{CacheSettings, CacheUse};
use crate::changes::{Table, tables_of_read};
use crate::error::Error;
use crate::schema::{ModelId, Schema};
use crate::sink::RowSink;
use crate::statement::{Guarded, Read, ReadOutcome};
use crate::store::Store;
use crate::value::DateTime;

#[derive(Debug)]
pub(crate) struct Cache {
    /// By model.
    longest: Vec<Option<Duration>>,
    others_within: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    kept: Kept,
    flights: Flights,
}

/// The cache, for reads of one model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfModel<'c> {
    cache: &'c Cache,
    longest: Duration,
}

/// What there is for a question.
enum Found<'c> {
    Kept(Arc<Entry>),
    /// Somebody is asking the database just now.
    Asked(Arc<Flight>),
    /// Nobody is; whoever holds this does.
    Nothing(Asking<'c>),
}

/// Held by who asks the database, so that others wait; when it goes, they look again.
struct Asking<'c> {
    cache: &'c Cache,
    question: Arc<Question>,
}

impl Cache {
    /// `None` where no model has one.
    pub(crate) fn new(schema: &Schema, settings: &CacheSettings) -> Option<Self> {
        let mut longest = vec![None; schema.models.len()];
        for (model, duration) in &settings.models {
            if let Some(place) = longest.get_mut(model.index()) {
                *place = Some(*duration);
            }
        }
        longest.iter().any(Option::is_some).then(|| Self {
            longest,
            others_within: settings.others_within,
            state: Mutex::new(State { kept: Kept::new(settings.size_bytes), flights: Flights::default() }),
        })
    }

    /// For reads of the model, where its answers are kept.
    pub(crate) fn of_model(&self, model: ModelId) -> Option<OfModel<'_>> {
        let longest = self.longest.get(model.index()).copied().flatten()?;
        Some(OfModel { cache: self, longest })
    }

    fn find(&self, question: &Arc<Question>, store: &dyn Store, now: DateTime) -> Found<'_> {
        let mut known = None;
        loop {
            let mut state = self.state();
            match state.kept.get(question) {
                // Somebody has put it there just now.
                Some(entry) if known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &entry)) => {
                    drop(state);
                    if entry.is_good_at(now) && store.changes(&entry.tables) == entry.changes {
                        return Found::Kept(entry);
                    }
                    known = Some(entry);
                }
                _ => {
                    return match state.flights.join(question) {
                        Some(flight) => Found::Asked(flight),
                        None => Found::Nothing(Asking { cache: self, question: Arc::clone(question) }),
                    };
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OfModel<'_> {
    /// Reads into the sink, which is empty and has a text.
    pub(crate) async fn read(
        self,
        schema: &Schema,
        store: &dyn Store,
        read: &Guarded<Read>,
        now: DateTime,
        sink: &mut dyn RowSink,
    ) -> Result<(ReadOutcome, CacheUse), Error> {
        let cache = self.cache;
        let question = Arc::new(Question::of(read.get()));
        let mut found = cache.find(&question, store, now);
        if let Found::Asked(flight) = &found {
            flight.over().await;
            found = cache.find(&question, store, now);
        }
        let asking = match found {
            Found::Kept(entry) => return Ok((entry.write(sink), CacheUse::Hit)),
            Found::Nothing(asking) => Some(asking),
            // Nobody waits twice: where answers cannot be kept, waiting for each other gains nothing.
            Found::Asked(_) => None,
        };
        let tables = tables_of_read(schema, &read.get().shape);
        let is_view = |table: &Table| matches!(table, Table::Model(model) if schema.model(*model).is_view);
        // Nobody knows what a view is made of.
        if tables.iter().any(is_view) {
            return Ok((store.read(read, sink).await?, CacheUse::Bypass));
        }
        // Before the read, so that what is written meanwhile makes the answer old rather than wrong.
        let changes = store.changes(&tables);
        let outcome = store.read(read, sink).await?;
        if let Some(text) = sink.text() {
            let longest = self.bounded(&tables, store);
            let (text, outcome) = (text.into(), outcome.clone());
            let entry = Entry { text, outcome, tables: tables.into(), changes, since: now, longest };
            cache.state().kept.put(question, entry);
        }
        drop(asking);
        Ok((outcome, CacheUse::Miss))
    }

    fn bounded(self, tables: &[Table], store: &dyn Store) -> Duration {
        let is_heard = |table: &Table| {
            let (Table::Model(model) | Table::Join(model, _)) = *table;
            store.hears_others(model)
        };
        if tables.iter().all(is_heard) { self.longest } else { self.longest.min(self.cache.others_within) }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.cache.state().flights.end(&self.question);
    }
}

impl Entry {
    fn write(&self, sink: &mut dyn RowSink) -> ReadOutcome {
        // Of no row there is nothing.
        if !self.text.is_empty() {
            sink.value(crate::sink::ValueRef::Json(&self.text));
        }
        self.outcome.clone()
    }
}
