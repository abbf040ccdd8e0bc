//! What a program made from the document has to know beside it: which components belong to which model, how rows are
//! addressed, and where relations lead.

use std::collections::BTreeSet;

use purlin_schema::model::{Field, FieldId, Model, Schema};

use super::component::{is_always_there, shared_names};
use super::context::{Context, columns, is_addressable, is_visible};
use super::names::{Names, Part};
use super::options::OpenApiOptions;

/// A model that is served. Names of components are as in the document.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) name: String,
    pub(crate) docs: Option<String>,
    /// Without the base path.
    pub(crate) resource: String,
    pub(crate) path: String,
    pub(crate) columns: Vec<String>,
    /// The fields of a row's address; empty where rows have none.
    pub(crate) key: Vec<String>,
    /// Unique keys of several fields.
    pub(crate) compounds: Vec<String>,
    pub(crate) relations: Vec<Related>,
    /// The fields that relations of other rows refer to.
    pub(crate) referred: Vec<String>,
    /// Whether whoever writes a row may read it.
    pub(crate) is_always_readable: bool,
    pub(crate) parts: Parts,
}

#[derive(Clone, Debug)]
pub(crate) struct Related {
    pub(crate) field: String,
    pub(crate) target: String,
    pub(crate) is: Is,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    Many,
    One,
    Maybe,
}

#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) row: String,
    pub(crate) create: String,
    pub(crate) update: String,
    pub(crate) update_many: String,
    pub(crate) key: String,
    pub(crate) filter: String,
    pub(crate) query: String,
    pub(crate) select: String,
    pub(crate) include: String,
    pub(crate) omit: String,
    pub(crate) aggregate: String,
    pub(crate) measures: String,
}

pub(crate) fn outline(schema: &Schema, options: &OpenApiOptions) -> Vec<Outline> {
    let names = Names::new(schema, shared_names());
    let context = Context { schema, options, names: &names };
    context.models().map(|model| of(context, model)).collect()
}

fn of(context: Context<'_>, model: &Model) -> Outline {
    let part = |part| context.names.part(model.id, part).to_owned();
    let key: Vec<String> = if is_addressable(model) {
        model.key_fields().map(|field| field.name.clone()).collect()
    } else {
        Vec::new()
    };
    let relations = context.relations(model).map(|(field, relation)| Related {
        field: field.name.clone(),
        target: context.target(relation).name.clone(),
        is: if field.is_list() {
            Is::Many
        } else if is_always_there(context, model, field, relation) {
            Is::One
        } else {
            Is::Maybe
        },
    });
    Outline {
        name: model.name.clone(),
        docs: model.docs.clone(),
        resource: model.path.clone(),
        path: context.options.path(&model.path),
        columns: columns(model).map(|field| field.name.clone()).collect(),
        key,
        compounds: compounds(model),
        relations: relations.collect(),
        referred: referred(context, model),
        is_always_readable: context.is_always_readable(model),
        parts: Parts {
            row: part(Part::Row),
            create: part(Part::Create),
            update: part(Part::Update),
            update_many: part(Part::UpdateMany),
            key: part(Part::Key),
            filter: part(Part::Where),
            query: part(Part::Query),
            select: part(Part::Select),
            include: part(Part::Include),
            omit: part(Part::Omit),
            aggregate: part(Part::AggregateQuery),
            measures: part(Part::Aggregate),
        },
    }
}

fn referred(context: Context<'_>, model: &Model) -> Vec<String> {
    let relations = context.models().flat_map(|other| context.relations(other));
    let keys: BTreeSet<FieldId> = relations
        .filter(|(_, relation)| relation.is_owning() && relation.target == model.id)
        .flat_map(|(_, relation)| relation.pairs().map(|(_, there)| there).collect::<Vec<_>>())
        .collect();
    let fields = keys.into_iter().map(|field| model.field(field));
    fields.filter(|field| is_visible(field)).map(|field| field.name.clone()).collect()
}

/// As `connect` takes them.
fn compounds(model: &Model) -> Vec<String> {
    let primary = (&model.primary_key.fields, model.primary_key.client_name.as_ref());
    let uniques = model.uniques.iter().map(|key| (&key.fields, key.client_name.as_ref()));
    let keys = std::iter::once(primary).chain(uniques);
    keys.filter(|(parts, _)| parts.len() > 1)
        .filter_map(|(parts, name)| {
            let fields: Vec<&Field> = parts.iter().map(|part| model.field(part.field)).collect();
            let joined = || fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join("_");
            fields.iter().all(|field| is_visible(field)).then(|| name.cloned().unwrap_or_else(joined))
        })
        .collect()
}
