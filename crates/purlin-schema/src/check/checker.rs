//! What every stage of the check shares: the diagnostics; and the order of the stages.

use super::outline::Outline;
use super::{
    builtin, circles, crossings, datasources, enums, fields, keys, path, policies, relations, tables,
    validations,
};
use crate::ast::Document;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Model, ModelId, PrimaryKey, Schema};
use crate::source::Span;

/// More problems than anybody reads; the first error is kept whatever comes before it.
const MAX_DIAGNOSTICS: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Checker {
    diagnostics: Vec<Diagnostic>,
    /// Whether the schema is of built-in tables, which have names and limits of their own.
    pub(super) is_builtin: bool,
}

impl Checker {
    pub(super) fn of_builtin() -> Self {
        Self { is_builtin: true, ..Self::default() }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let is_full = self.diagnostics.len() >= MAX_DIAGNOSTICS;
        let is_first_error = diagnostic.is_error() && !self.diagnostics.iter().any(Diagnostic::is_error);
        if (!is_full || is_first_error) && !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// All stages, each on what the ones before it found. Parts with errors are left out,
    /// so the result counts only if no error was reported.
    pub(super) fn schema(&mut self, outline: &Outline<'_>, documents: &[Document]) -> Schema {
        let datasources = datasources::build(self, documents);
        let placement = datasources::placement(self, outline, &datasources);
        let keys = keys::build(self, outline);
        let relations = relations::build(self, outline, &keys, &datasources, &placement);
        let paths = path::build(self, outline);

        let mut models = Vec::new();
        let parts = outline.models.iter().zip(keys).zip(paths).zip(placement).zip(0..=u16::MAX);
        for ((((shape, keys), path), datasource), number) in parts {
            let id = ModelId(number);
            let fields = fields::build(self, outline, shape, &keys, &relations);
            models.push(Model {
                id,
                name: shape.name().to_owned(),
                table: shape.text_of("map").unwrap_or(shape.name()).to_owned(),
                database_schema: shape.text_of("schema").map(str::to_owned),
                datasource,
                path,
                fields,
                primary_key: keys.primary.unwrap_or(PrimaryKey {
                    fields: Vec::new(),
                    client_name: None,
                    constraint: None,
                    span: shape.ast.name.span,
                }),
                uniques: keys.uniques,
                indexes: keys.indexes,
                fulltext: keys.fulltext,
                policies: policies::model_rules(self, outline, shape, &relations),
                validations: validations::model_rules(self, outline, shape, &relations),
                is_view: shape.is_view(),
                is_ignored: shape.has("ignore"),
                is_builtin: false,
                renamed_from: shape.text_of("renamedFrom").map(str::to_owned),
                docs: shape.ast.doc.clone(),
                span: shape.ast.name.span,
            });
        }
        circles::refuse(self, &models);
        crossings::refuse(self, &models, &datasources);
        let enums = enums::build(self, outline);
        tables::check(self, &models, &enums);
        if self.is_builtin {
            builtin::check(self, outline, documents, &models, &enums);
        }
        Schema {
            datasources,
            models,
            enums,
            types: fields::composites(self, outline, &relations),
            auth_model: outline.auth_model,
        }
    }
}
