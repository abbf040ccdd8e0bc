//! Says in development which index is missing, once for each, and keeps it for `purlin doctor`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use purlin_core::advice::Advisor;
use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::store::Store;
use purlin_core::system::Table;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

/// A smaller table is read as a whole in no time.
const LARGE: u32 = 10_000;
const FILE: &str = "missing-indexes.json";
/// Clients choose what they filter by.
const MOST: usize = 100;

/// An index that a list would have needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingIndex {
    pub model: String,
    pub fields: Vec<String>,
}

impl MissingIndex {
    pub fn attribute(&self) -> String {
        format!("@@index([{}])", self.fields.join(", "))
    }
}

/// What was found since the file was made.
pub fn missing_indexes(app: &Path) -> Vec<MissingIndex> {
    let text = std::fs::read(file_of(app)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn file_of(app: &Path) -> PathBuf {
    app.join(".purlin").join(FILE)
}

#[derive(Debug)]
pub struct IndexAdvisor {
    found: Arc<Found>,
    runtime: Handle,
}

#[derive(Debug)]
struct Found {
    schema: Arc<Schema>,
    store: Arc<dyn Store>,
    app: PathBuf,
    seen: Mutex<HashSet<(ModelId, Vec<FieldId>)>>,
}

impl IndexAdvisor {
    pub fn new(schema: &Arc<Schema>, store: &Arc<dyn Store>, app: &Path, runtime: &Handle) -> Self {
        let found = Found {
            schema: Arc::clone(schema),
            store: Arc::clone(store),
            app: app.to_owned(),
            seen: Mutex::default(),
        };
        Self { found: Arc::new(found), runtime: runtime.clone() }
    }
}

impl Advisor for IndexAdvisor {
    fn unindexed(&self, model: ModelId, fields: &[FieldId]) {
        let mut seen = self.found.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST || !seen.insert((model, fields.to_vec())) {
            return;
        }
        drop(seen);
        let (found, fields) = (Arc::clone(&self.found), fields.to_vec());
        self.runtime.spawn(async move { found.look(model, &fields).await });
    }
}

impl Found {
    async fn look(&self, model: ModelId, fields: &[FieldId]) {
        let reason = "whether a table is large enough for an index to matter";
        let table = Table::of_model(&self.schema, &self.store, model, reason);
        if !table.has_rows(LARGE).await.unwrap_or_default() {
            // It may grow.
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(&(model, fields.to_vec()));
            return;
        }
        let model = self.schema.model(model);
        let missing = MissingIndex {
            model: model.name.clone(),
            fields: fields.iter().map(|field| model.field(*field).name.clone()).collect(),
        };
        let (names, attribute) = (missing.fields.join(" and "), missing.attribute());
        tracing::warn!(
            "{} has {LARGE} rows and more, and a list looks at each of them for {names}: add {attribute} to it",
            missing.model
        );
        let mut all = missing_indexes(&self.app);
        if all.len() < MOST && !all.contains(&missing) {
            all.push(missing);
            if let Ok(text) = serde_json::to_vec_pretty(&all) {
                // It is advice: what cannot be kept has been logged.
                let _ = std::fs::write(file_of(&self.app), text);
            }
        }
    }
}
