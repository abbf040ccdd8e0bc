//! `snapshot.json`: the physical schema after a migration, chained to the one before.

use serde::{Deserialize, Serialize};

use super::VERSION;
use crate::dialect::MigrationDialect;
use crate::physical::PhysicalSchema;
use crate::script::sha256;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub version: u32,
    pub id: String,
    pub dialect: MigrationDialect,
    /// `None` for the first one.
    pub parent: Option<Parent>,
    /// Over id, dialect, parent and schema.
    pub sha256: String,
    pub schema: PhysicalSchema,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    pub id: String,
    pub sha256: String,
}

impl Snapshot {
    pub(crate) fn new(
        id: String,
        dialect: MigrationDialect,
        parent: Option<Parent>,
        schema: PhysicalSchema,
    ) -> Self {
        let sha256 = hash(&id, dialect, parent.as_ref(), &schema);
        Self { version: VERSION, id, dialect, parent, sha256, schema }
    }

    pub(crate) fn as_parent(&self) -> Parent {
        Parent { id: self.id.clone(), sha256: self.sha256.clone() }
    }

    pub(super) fn is_intact(&self) -> bool {
        self.sha256 == hash(&self.id, self.dialect, self.parent.as_ref(), &self.schema)
    }
}

fn hash(id: &str, dialect: MigrationDialect, parent: Option<&Parent>, schema: &PhysicalSchema) -> String {
    let parent = parent.map_or("", |parent| parent.sha256.as_str());
    // Strings, booleans and lists always have a JSON form.
    let schema = serde_json::to_string(schema).unwrap_or_default();
    sha256(&format!("{id}\n{}\n{parent}\n{schema}", dialect.as_str()))
}
