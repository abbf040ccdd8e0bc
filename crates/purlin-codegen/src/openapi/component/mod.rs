//! The JSON Schemas that calls refer to: per model what is answered, written, filtered and selected,
//! then enums and composite types, then what all models share.

mod aggregate;
mod answer;
mod batch;
mod filter;
mod input;
mod list;
mod nested;
mod query;
mod shared;

use serde_json::{Map, Value};

pub(super) use aggregate::{FUNCTIONS, grouping, measured};
pub(super) use answer::is_always_there;
pub(super) use input::{is_numbered, nested_create, profile_field};
pub(super) use shared::names as shared_names;

use super::context::{Context, is_addressable, is_creatable};
use super::names::Part;

pub(super) use batch::OPERATION as BATCH_OPERATION;

/// All of `components.schemas`.
pub(super) fn schemas(context: Context<'_>) -> Map<String, Value> {
    let mut schemas = Map::new();
    for model in context.models() {
        let mut add = |part: Part, schema: Value| {
            schemas.insert(context.names.part(model.id, part).to_owned(), schema);
        };
        add(Part::Row, answer::row(context, model));
        add(Part::Partial, answer::partial(context, model));
        if is_creatable(model) {
            add(Part::Create, input::create(context, model));
        }
        if !model.is_view {
            add(Part::UpdateMany, input::update_many(context, model));
        }
        if !model.is_view && is_addressable(model) {
            add(Part::Update, input::update(context, model));
            add(Part::Replace, input::replace(context, model));
        }
        add(Part::Key, input::key(context, model));
        add(Part::Where, filter::filter(context, model));
        add(Part::OrderBy, query::order_by(context, model));
        if context.is_led_to(model) {
            add(Part::RelatedOrderBy, query::related_order_by(context, model));
        }
        add(Part::Select, query::select(context, model));
        add(Part::Include, query::include(context, model));
        add(Part::Omit, query::omit(context, model));
        add(Part::Count, query::count(context, model));
        add(Part::Arguments, query::arguments(context, model));
        add(Part::Query, query::query(context, model));
        add(Part::FieldName, list::field_name(context, model));
        add(Part::SortKey, list::sort_key(context, model));
        add(Part::Page, list::page(context, model));
        add(Part::IncludePath, list::include_path(context, model));
        add(Part::Aggregate, aggregate::answer(context, model));
        add(Part::AggregateQuery, aggregate::query(context, model));
        if aggregate::grouping(model).next().is_some() {
            add(Part::Having, aggregate::having(context, model));
        }
        for (name, schema) in input::nested_bodies(context, model) {
            schemas.insert(name, schema);
        }
    }
    schemas.extend(batch::operations(context));
    shared::add_enums(context, &mut schemas);
    shared::add_types(context, &mut schemas);
    shared::add(context, &mut schemas);
    schemas
}
