//! The schema as its text says it, and as the tables that it asks for.

use purlin_schema::model::{Datasource, Model, RelationMode, Schema};
use purlin_schema::{Diagnostic, SourceFile};

use super::edit::Texts;
use crate::dialect::MigrationDialect;
use crate::error::Error;
use crate::physical::{PhysicalSchema, implied_indexes, physical};

#[derive(Debug)]
pub(super) struct Known {
    pub(super) texts: Texts,
    pub(super) schema: Schema,
    pub(super) datasource: Datasource,
    pub(super) physical: PhysicalSchema,
    /// Names of indexes that only relations ask for.
    pub(super) implied: Vec<String>,
}

impl Known {
    pub(super) fn of(
        files: Vec<SourceFile>,
        datasource: &str,
        dialect: MigrationDialect,
    ) -> Result<Self, Error> {
        let compiled = purlin_schema::compile(files.clone());
        let Some(schema) = compiled.schema else {
            let errors = compiled.diagnostics.iter().filter(|found| Diagnostic::is_error(found));
            let problems = errors.map(|found| found.render(&compiled.sources)).collect();
            return Err(Error::Schema { problems });
        };
        let found = schema.datasources.iter().find(|other| other.name == datasource).cloned();
        let datasource = found.ok_or_else(|| Error::Unfit {
            datasource: datasource.to_owned(),
            problems: vec!["the schema has no datasource of this name".to_owned()],
        })?;
        let physical = physical(&schema, datasource.id, dialect)?;
        let implied = implied_indexes(&schema, datasource.id, dialect)?;
        Ok(Self { texts: Texts::of(files), schema, datasource, physical, implied })
    }

    pub(super) fn models(&self) -> impl Iterator<Item = &Model> {
        self.schema.models.iter().filter(|model| model.datasource == self.datasource.id && !model.is_view)
    }

    /// Whether relations have foreign keys at all.
    pub(super) fn has_foreign_keys(&self) -> bool {
        self.datasource.relation_mode == RelationMode::ForeignKeys
    }
}
