//! The REST surface as a module: which paths exist, and what a wrong one may have meant.

use std::fmt;
use std::sync::Arc;

use purlin_core::Engine;
use purlin_core::schema::{Field, Model, Relation, Schema};
use purlin_http::{Module, Routes};
use purlin_schema::suggest::closest;

use crate::batch::BatchEndpoint;
use crate::cursor::Sealer;
use crate::endpoint::{Call, Endpoint};
use crate::retry::Running;
use crate::settings::Settings;

/// All models of one engine, below one path.
pub struct Rest {
    pub(crate) surface: Arc<Surface>,
}

/// What every endpoint shares.
pub(crate) struct Surface {
    pub(crate) engine: Arc<Engine>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) settings: Settings,
    pub(crate) sealer: Sealer,
    pub(crate) running: Running,
}

impl Rest {
    pub fn new(engine: Arc<Engine>, settings: Settings) -> Self {
        let schema = Arc::clone(engine.schema());
        let sealer = Sealer::new(&settings.server_key, &settings.accepted_keys);
        Self { surface: Arc::new(Surface { engine, schema, settings, sealer, running: Running::default() }) }
    }

    fn endpoint(&self, model: &Model, call: Call) -> Endpoint {
        Endpoint { surface: Arc::clone(&self.surface), model: model.id, call }
    }

    fn model_routes(&self, model: &Model, routes: &mut Routes) {
        let path = |rest: &str| self.surface.settings.base_path.join(&format!("{}{rest}", model.path));
        routes.get(path(""), self.endpoint(model, Call::List));
        routes.post(path("/query"), self.endpoint(model, Call::Query));
        if !model.is_view {
            routes.post(path(""), self.endpoint(model, Call::Create));
            routes.patch(path(""), self.endpoint(model, Call::UpdateMany));
            routes.delete(path(""), self.endpoint(model, Call::DeleteMany));
        }
        routes.get(path("/count"), self.endpoint(model, Call::Count));
        routes.get(path("/aggregate"), self.endpoint(model, Call::Aggregate));
        routes.post(path("/aggregate"), self.endpoint(model, Call::AggregateQuery));
        if !is_addressable(model) {
            return;
        }
        routes.get(path("/{id}"), self.endpoint(model, Call::Get));
        if !model.is_view {
            routes.patch(path("/{id}"), self.endpoint(model, Call::Update));
            routes.put(path("/{id}"), self.endpoint(model, Call::Replace));
            routes.delete(path("/{id}"), self.endpoint(model, Call::Delete));
        }
        for (field, relation) in relations(&self.surface.schema, model) {
            let nested = path(&format!("/{{id}}/{}", field.name));
            if field.is_list() {
                routes.get(nested.clone(), self.endpoint(model, Call::NestedList(field.id)));
                if !model.is_view && !self.surface.schema.model(relation.target).is_view {
                    routes.post(nested, self.endpoint(model, Call::NestedCreate(field.id)));
                }
            } else {
                routes.get(nested, self.endpoint(model, Call::NestedGet(field.id)));
            }
        }
    }
}

impl Module for Rest {
    fn name(&self) -> &'static str {
        "rest"
    }

    fn routes(&self, routes: &mut Routes) {
        // A model of this name would have the same path.
        if !served(&self.surface.schema).any(|model| model.path == "batch") {
            let path = self.surface.settings.base_path.join("batch");
            routes.post(path, BatchEndpoint { surface: Arc::clone(&self.surface) });
        }
        for model in served(&self.surface.schema) {
            self.model_routes(model, routes);
        }
    }

    fn hint(&self, path: &str) -> Option<String> {
        let base = &self.surface.settings.base_path;
        let mut segments = base.strip(path)?.split('/');
        let name = segments.next()?;
        let Some(model) = served(&self.surface.schema).find(|model| model.path == name) else {
            let near = closest(name, served(&self.surface.schema).map(|model| model.path.as_str()))?;
            return Some(format!("no model has this path, did you mean {}?", base.join(near)));
        };
        let (_, word) = (segments.next()?, segments.next()?);
        let names: Vec<&str> =
            relations(&self.surface.schema, model).map(|(field, _)| field.name.as_str()).collect();
        let near = closest(word, names.iter().copied())?;
        Some(format!("{} has no such relation, did you mean \"{near}\"?", model.name))
    }
}

pub(crate) fn served(schema: &Schema) -> impl Iterator<Item = &Model> {
    schema.models.iter().filter(|model| !model.is_ignored)
}

/// Whether single rows have an address: a key, all of which clients may see.
fn is_addressable(model: &Model) -> bool {
    let mut keys = model.key_fields().peekable();
    keys.peek().is_some() && keys.all(|field| field.is_exposed() && !field.is_omitted)
}

/// Relations whose other end is served too.
fn relations<'s>(schema: &'s Schema, model: &'s Model) -> impl Iterator<Item = (&'s Field, &'s Relation)> {
    model
        .fields
        .iter()
        .filter(|field| field.is_exposed() && !field.is_omitted)
        .filter_map(|field| field.relation().map(|relation| (field, relation)))
        .filter(|(_, relation)| !schema.model(relation.target).is_ignored)
}

impl fmt::Debug for Rest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rest")
            .field("base_path", &self.surface.settings.base_path)
            .finish_non_exhaustive()
    }
}
