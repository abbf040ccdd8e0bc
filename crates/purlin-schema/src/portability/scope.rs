//! What is looked through: the app's own models in the datasources that are asked for, on one engine.

use super::Engine;
use crate::model::{Datasource, DatasourceId, Field, Model, Schema};
use crate::source::Span;

#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s> {
    pub(super) schema: &'s Schema,
    pub(super) engine: Engine,
    /// `None`: all of them.
    pub(super) datasource: Option<DatasourceId>,
}

/// One place that has a construct.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) span: Span,
    /// What a sentence about it begins with.
    pub(super) subject: String,
    /// What is true of this place only, and ends the sentence.
    pub(super) detail: Option<String>,
}

impl Found {
    pub(super) fn new(span: Span, subject: impl Into<String>) -> Self {
        Self { span, subject: subject.into(), detail: None }
    }

    pub(super) fn of_field(model: &Model, field: &Field) -> Self {
        Self::new(field.span, format!("`{}.{}`", model.name, field.name))
    }

    pub(super) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}

impl<'s> Scope<'s> {
    /// Those that have a table.
    pub(super) fn models(&self) -> impl Iterator<Item = &'s Model> + use<'s> {
        let datasource = self.datasource;
        self.schema
            .own_models()
            .filter(move |model| !model.is_view && datasource.is_none_or(|id| model.datasource == id))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&'s Model, &'s Field)> + use<'s> {
        self.models().flat_map(|model| model.fields.iter().map(move |field| (model, field)))
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = (&'s Model, &'s Field)> + use<'s> {
        self.fields().filter(|(_, field)| field.is_column() && !field.is_computed)
    }

    pub(super) fn datasources(&self) -> impl Iterator<Item = &'s Datasource> + use<'s> {
        let datasource = self.datasource;
        self.schema.datasources.iter().filter(move |it| datasource.is_none_or(|id| it.id == id))
    }

    /// The engine that the model was written for.
    pub(super) fn home(&self, model: &Model) -> Option<Engine> {
        let datasource = self.schema.datasources.get(model.datasource.index())?;
        Engine::of_provider(datasource.provider)
    }

    pub(super) fn is_home(&self, model: &Model) -> bool {
        self.home(model) == Some(self.engine)
    }
}

/// For constructs that are a matter of requests or of data, which no schema shows.
pub(super) fn nowhere(_: &Scope<'_>) -> Vec<Found> {
    Vec::new()
}
