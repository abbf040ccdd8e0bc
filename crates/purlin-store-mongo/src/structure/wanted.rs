//! A schema's collections, with their indexes by the names that Prisma gives them.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{
    DatasourceId, FieldCondition, FieldId, IndexField, Link, Literal, Model, PartialIndex, Schema, SortOrder,
};
use purlin_core::value::literal_value;

use crate::error::Error;
use crate::names::{COUNTERS, collection, path, single_key};
use crate::value::{Element, encode};

#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    pub name: String,
    pub indexes: Vec<Index>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub name: String,
    /// Paths, each with 1 or -1.
    pub keys: Vec<(String, i32)>,
    pub is_unique: bool,
    /// Only documents that satisfy it have an entry.
    pub partial: Option<Document>,
}

/// Of the models that stand in the datasource.
pub fn structure(schema: &Schema, datasource: DatasourceId) -> Result<Vec<Collection>, Error> {
    let mut collections = vec![Collection { name: COUNTERS.to_owned(), indexes: Vec::new() }];
    for model in schema.models.iter().filter(|model| !model.is_view && model.datasource == datasource) {
        collections
            .push(Collection { name: collection(model).into_owned(), indexes: indexes(schema, model)? });
    }
    for model in schema.models.iter().filter(|model| model.datasource == datasource) {
        for field in &model.fields {
            let Some(Link::Join(table)) = field.relation().map(|relation| &relation.link) else { continue };
            if table.local_column == "A" {
                collections.push(join_collection(&table.table));
            }
        }
    }
    Ok(collections)
}

fn join_collection(name: &str) -> Collection {
    let index = |suffix: &str, columns: &[&str], is_unique| Index {
        name: format!("{name}_{suffix}"),
        keys: columns.iter().map(|column| ((*column).to_owned(), 1)).collect(),
        is_unique,
        partial: None,
    };
    Collection {
        name: name.to_owned(),
        indexes: vec![index("AB_unique", &["A", "B"], true), index("B_index", &["B"], false)],
    }
}

fn indexes(schema: &Schema, model: &Model) -> Result<Vec<Index>, Error> {
    let name = collection(model);
    let mut found: Vec<Index> = Vec::new();
    if single_key(model).is_none() {
        // `_id` finds a row by the whole key only.
        found.push(Index {
            name: format!("{name}_pkey"),
            keys: keys(model, &model.primary_key.fields),
            is_unique: true,
            partial: None,
        });
    }
    for unique in &model.uniques {
        let keys = keys(model, &unique.fields);
        let index = unique.constraint.clone().unwrap_or_else(|| default_name(&name, &keys, "key"));
        let partial = partial(schema, model, &unique.fields, unique.partial.as_ref()).ok_or_else(|| {
            let detail = "its `where` has conditions that MongoDB's indexes do not know".to_owned();
            Error::Index { collection: name.clone().into_owned(), index: index.clone(), detail }
        })?;
        let partial = (!partial.is_empty()).then_some(partial);
        found.push(Index { name: index, keys, is_unique: true, partial });
    }
    for index in &model.indexes {
        // One that holds more than it must finds as much.
        let keys = keys(model, &index.fields);
        let name = index.name.clone().unwrap_or_else(|| default_name(&name, &keys, "idx"));
        add(&mut found, Index { name, keys, is_unique: false, partial: None });
    }
    for field in &model.fields {
        let Some(Link::Owning { fields, .. }) = field.relation().map(|relation| &relation.link) else {
            continue;
        };
        let keys: Vec<(String, i32)> =
            fields.iter().map(|field| (path(model, *field).to_owned(), 1)).collect();
        let is_served = found.iter().any(|index| {
            index.partial.is_none()
                && index.keys.iter().zip(&keys).filter(|(own, key)| own.0 == key.0).count() == keys.len()
        });
        if !is_served {
            add(
                &mut found,
                Index { name: default_name(&name, &keys, "idx"), keys, is_unique: false, partial: None },
            );
        }
    }
    Ok(found)
}

/// Not twice, and not what every collection has.
fn add(found: &mut Vec<Index>, index: Index) {
    let is_key = matches!(&*index.keys, [(path, _)] if path == "_id");
    if !is_key && found.iter().all(|known| known.keys != index.keys && known.name != index.name) {
        found.push(index);
    }
}

fn default_name(collection: &str, keys: &[(String, i32)], suffix: &str) -> String {
    let columns: Vec<&str> = keys.iter().map(|(path, _)| path.as_str()).collect();
    format!("{collection}_{}_{suffix}", columns.join("_"))
}

fn keys(model: &Model, fields: &[IndexField]) -> Vec<(String, i32)> {
    let key = |field: &IndexField| {
        let mut at = path(model, field.field).to_owned();
        for member in &field.path {
            at.push('.');
            at.push_str(member);
        }
        (at, if field.sort == SortOrder::Descending { -1 } else { 1 })
    };
    fields.iter().map(key).collect()
}

/// Rows with a null in a unique key are not compared with others: they have no entry. Empty where all rows
/// have one; `None` where the condition cannot be said.
fn partial(
    schema: &Schema,
    model: &Model,
    fields: &[IndexField],
    partial: Option<&PartialIndex>,
) -> Option<Document> {
    let mut conditions = Document::new();
    let optional = fields.iter().filter(|field| {
        let described = model.field(field.field);
        !described.is_required() && !described.is_list()
    });
    for field in optional {
        conditions.insert(path(model, field.field), not_null(schema, model, field.field));
    }
    match partial {
        None => {}
        Some(PartialIndex::Raw(_)) => return None,
        Some(PartialIndex::Fields(given)) => {
            for (field, condition) in given {
                let at = path(model, *field);
                let described = model.field(*field);
                let value = match condition {
                    FieldCondition::Is(Literal::Null) => Bson::Null,
                    FieldCondition::Is(literal) => {
                        let value = literal_value(schema, literal, Some(described));
                        encode(&value, Some(Element::of(schema, described)))
                    }
                    FieldCondition::Not(Literal::Null) => not_null(schema, model, *field),
                    FieldCondition::Not(_) => return None,
                };
                conditions.insert(at, value);
            }
        }
    }
    Some(conditions)
}

/// A bound where the type has a lowest value, since comparisons imply bounds and so find the index.
fn not_null(schema: &Schema, model: &Model, field: FieldId) -> Bson {
    let condition = match Element::of(schema, model.field(field)) {
        Element::Text | Element::Member(_) => doc! { "$gte": "" },
        Element::Int | Element::BigInt | Element::Float | Element::Decimal => {
            doc! { "$gte": f64::NEG_INFINITY }
        }
        Element::Boolean => doc! { "$gte": false },
        Element::ObjectId => doc! { "$type": "objectId" },
        Element::DateTime => doc! { "$type": "date" },
        Element::Bytes => doc! { "$type": "binData" },
        Element::Json => doc! { "$exists": true },
    };
    condition.into()
}
