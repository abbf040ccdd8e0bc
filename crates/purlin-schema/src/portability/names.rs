//! Names that an engine cuts, keeps for itself or takes for the same.

use std::collections::BTreeMap;

use super::Engine;
use super::scope::{Found, Scope};
use crate::model::{Link, Model};
use crate::source::Span;

/// Every name of a table or a column, with the place that can change it.
fn names(model: &Model) -> Vec<(&str, Span)> {
    let mut all = vec![(model.table.as_str(), model.span)];
    all.extend(model.columns().map(|field| (field.column.as_str(), field.span)));
    for field in &model.fields {
        if let Some(Link::Join(join)) = field.relation().map(|relation| &relation.link)
            && join.local_column == "A"
        {
            all.push((join.table.as_str(), field.span));
        }
    }
    all
}

fn is_too_long(engine: Engine, name: &str) -> bool {
    match engine {
        Engine::Postgres => name.len() > 63,
        Engine::MySql => name.chars().count() > 64,
        Engine::Sqlite | Engine::MongoDb => false,
    }
}

pub(super) fn too_long(scope: &Scope<'_>) -> Vec<Found> {
    let names = scope.models().flat_map(names);
    let long = names.filter(|(name, _)| is_too_long(scope.engine, name));
    long.map(|(name, span)| Found::new(span, format!("the name \"{name}\""))).collect()
}

/// `map:` of keys and indexes. Names that Purlin makes fit.
pub(super) fn mapped_too_long(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        // The MySQL family has one name for all primary keys.
        let is_named = scope.engine != Engine::MySql;
        let primary = model.primary_key.constraint.as_deref().filter(|_| is_named);
        let primary = (primary, model.primary_key.span);
        let uniques = model.uniques.iter().map(|unique| (unique.constraint.as_deref(), unique.span));
        let indexes = model.indexes.iter().map(|index| (index.name.as_deref(), index.span));
        let foreign = model.fields.iter().filter_map(|field| match &field.relation()?.link {
            Link::Owning { constraint, .. } => Some((constraint.as_deref(), field.span)),
            _ => None,
        });
        for (name, span) in std::iter::once(primary).chain(uniques).chain(indexes).chain(foreign) {
            if let Some(name) = name.filter(|name| is_too_long(scope.engine, name)) {
                found.push(Found::new(span, format!("the name \"{name}\"")));
            }
        }
    }
    found
}

/// Tables, or columns of one table, whose names differ by case alone.
pub(super) fn same_but_case(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut tables: BTreeMap<(u16, String), &str> = BTreeMap::new();
    for model in scope.models() {
        let place = model.database_schema.as_deref().unwrap_or_default();
        let key = (model.datasource.0, format!("{place}.{}", model.table).to_lowercase());
        if let Some(other) = tables.insert(key, &model.table).filter(|other| *other != model.table) {
            found.push(Found::new(model.span, format!("the tables \"{other}\" and \"{}\"", model.table)));
        }
        let mut columns: BTreeMap<String, &str> = BTreeMap::new();
        for field in model.columns() {
            if let Some(other) = columns.insert(field.column.to_lowercase(), &field.column) {
                found.push(Found::new(
                    field.span,
                    format!("the columns \"{other}\" and \"{}\"", field.column),
                ));
            }
        }
    }
    found
}

pub(super) fn reserved(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        let is_table_kept = match scope.engine {
            Engine::Sqlite => model.table.to_lowercase().starts_with("sqlite_"),
            Engine::Postgres => model.table.contains('.'),
            Engine::MySql => false,
            Engine::MongoDb => model.table.starts_with("system.") || model.table.contains('$'),
        };
        if is_table_kept {
            found.push(Found::new(model.span, format!("the table name \"{}\"", model.table)));
        }
        if scope.engine != Engine::MongoDb {
            continue;
        }
        let is_key = |field| matches!(&*model.primary_key.fields, [only] if only.field == field);
        for field in model.columns().filter(|field| !is_key(field.id)) {
            let column = field.column.as_str();
            if column == "_id" || column.starts_with('$') || column.contains('.') {
                found.push(Found::new(field.span, format!("the column name \"{column}\"")));
            }
        }
    }
    found
}
