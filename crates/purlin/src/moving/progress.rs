//! How far a move is: one row in the target, written in the transaction of the rows that it speaks of.

use std::collections::BTreeMap;
use std::sync::Arc;

use purlin_core::Error;
use purlin_core::schema::{DatasourceId, Schema};
use purlin_core::statement::{Heap, Rows};
use purlin_core::store::Store;
use purlin_core::system::{Table, When};
use purlin_core::value::Value;
use purlin_schema::{Builtin, SourceFile};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::REASON;
use crate::cli::Failure;

const NAME: &str = "Move";
const TEXT: &str = "model Move {\n  id    String @id\n  state String\n\n  @@map(\"_purlin_move\")\n}\n";
/// The schema with the table that a move keeps in the target. Only the move's own stores know it.
pub fn schema_of_progress(schema: &Schema, datasource: DatasourceId) -> Result<Arc<Schema>, Failure> {
    let builtin = Builtin::compile(vec![SourceFile::new("move", TEXT)]);
    let builtin = builtin.map_err(|text| Failure::problem("BUILTIN_TABLES", text))?;
    let mut schema = schema.clone().with_builtin(&builtin);
    if let Some(model) = schema.models.last_mut() {
        model.datasource = datasource;
    }
    Ok(Arc::new(schema))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Where the rows come from.
    pub source: String,
    /// A checksum of the schema that they are read by.
    pub schema: String,
    /// All is copied and compared: only the structure's end is missing, and whether it needs a first migration.
    pub ending: Option<Ending>,
    pub parts: BTreeMap<String, Moved>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub writes_migration: bool,
}

/// Of one part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub rows: u64,
    /// The key of the last row that was copied.
    pub after: Option<Vec<Json>>,
    pub is_whole: bool,
    /// It differed when it was compared, and is copied anew.
    pub is_stale: bool,
    /// Of what was found in both databases.
    pub checksum: Option<String>,
}

/// The table of the progress.
#[derive(Debug)]
pub struct Progress {
    table: Table,
}

impl Progress {
    pub fn new(schema: &Arc<Schema>, target: &Arc<dyn Store>) -> Result<Self, Error> {
        Ok(Self { table: Table::builtin(schema, target, NAME, REASON)? })
    }

    /// `None` where nothing was copied yet.
    pub async fn read(&self) -> Result<Option<State>, Error> {
        let Some(row) = self.table.find(&When::Always).await? else { return Ok(None) };
        let state: String = row.get("state")?;
        serde_json::from_str(&state).map(Some).map_err(Error::internal)
    }

    pub fn heap(&self) -> Heap {
        Heap::Model(self.table.model().id)
    }

    /// What is to be loaded, after the table was emptied, so that it says this.
    pub fn rows(&self, state: &State) -> Result<Rows, Error> {
        let text = serde_json::to_string(state).map_err(Error::internal)?;
        let fields = self.table.model().columns().map(|field| field.id).collect();
        Ok(Rows { heap: self.heap(), fields, values: vec![Value::from("1"), Value::from(text)] })
    }
}
