//! `orderBy` to the keys of an order, and the end that every order has.

use serde_json::Value as Json;

use super::Problems;
use super::names::{describe_unknown, exposed_field};
use super::query::join;
use super::search::search_from_text;
use crate::operation::{Nulls, Order, OrderTarget, Search};
use crate::schema::{FieldId, FieldKind, Model, Scalar, Schema, SortOrder};

/// Each costs a term of the statement, or a table of it.
const MAX_KEYS: usize = 16;
const MAX_HOPS: usize = 4;

fn path_length(order: &Order) -> usize {
    match &order.target {
        OrderTarget::Field { relations, .. } => relations.len(),
        OrderTarget::Count { .. } | OrderTarget::Relevance(_) => 1,
    }
}

/// `orderBy`: an object or a list of objects.
pub fn order_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Vec<Order> {
    let mut order = Vec::new();
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                order_item(schema, model, item, &format!("{path}.{index}"), problems, &mut order);
            }
        }
        single => order_item(schema, model, single, path, problems, &mut order),
    }
    if order.len() > MAX_KEYS || order.iter().any(|key| path_length(key) > MAX_HOPS) {
        problems
            .add(path, format!("takes at most {MAX_KEYS} keys, each through at most {MAX_HOPS} relations"));
        order.clear();
    }
    let is_repeated =
        |(index, key): (usize, &Order)| order.iter().take(index).any(|other| other.target == key.target);
    if order.iter().enumerate().any(is_repeated) {
        problems.add(path, "names a key twice");
    }
    order
}

/// The rows that answer a search best come first.
pub fn by_relevance(search: &Search) -> Order {
    let target = OrderTarget::Relevance(search.clone());
    Order { target, direction: SortOrder::Descending, nulls: None }
}

/// By the primary key, ascending.
pub fn default_order(model: &Model) -> Vec<Order> {
    let mut order = Vec::new();
    finish_order(model, &mut order);
    order
}

/// Ends an order with the fields of the primary key, so that it is total. They go the way of the last key
/// asked for: pages that go one way can be found in an index.
pub fn finish_order(model: &Model, order: &mut Vec<Order>) {
    let direction = order.last().map_or(SortOrder::Ascending, |last| last.direction);
    for part in &model.primary_key.fields {
        let target = OrderTarget::Field { relations: Vec::new(), field: part.field };
        if !order.iter().any(|entry| entry.target == target) {
            order.push(Order { target, direction, nulls: None });
        }
    }
}

fn order_item(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
    order: &mut Vec<Order>,
) {
    let Json::Object(members) = json else {
        problems.add(path, "must be an object such as {\"name\": \"asc\"}");
        return;
    };
    for (name, value) in members {
        if problems.is_full() {
            break;
        }
        let (mut relations, mut current, mut name, mut value) = (Vec::new(), model, name, value);
        let path = &join(path, name);
        if name == "_relevance" {
            order.extend(relevance_from_json(model, value, path, problems));
            continue;
        }
        // To-one relations lead on to the column: {author: {team: {name: "asc"}}}.
        loop {
            let Some(field) = exposed_field(current, name) else {
                problems.add(path, describe_unknown(current, name));
                break;
            };
            let Some(relation) = field.relation() else {
                if let Some((direction, nulls)) = direction_from_json(value) {
                    if matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_))
                        || field.is_list()
                    {
                        problems.add(path, "cannot be sorted by");
                    } else {
                        order.push(Order {
                            target: OrderTarget::Field { relations, field: field.id },
                            direction,
                            nulls,
                        });
                    }
                } else {
                    problems.add(path, "must be \"asc\" or \"desc\"");
                }
                break;
            };
            let mut inner = value.as_object().into_iter().flatten();
            let (Some((next, direction)), None) = (inner.next(), inner.next()) else {
                problems.add(path, "must be an object with one member");
                break;
            };
            if field.is_list() {
                match (next.as_str(), direction_from_json(direction), relations.is_empty()) {
                    ("_count", Some((direction, nulls)), true) => {
                        order.push(Order {
                            target: OrderTarget::Count { relation: field.id },
                            direction,
                            nulls,
                        });
                    }
                    _ => problems.add(path, "a to-many relation is sorted by {\"_count\": \"asc\"} only"),
                }
                break;
            }
            relations.push(field.id);
            (current, name, value) = (schema.model(relation.target), next, direction);
        }
    }
}

/// `{"fields": ["title"], "search": "stone", "sort": "desc"}`: how well these fields answer the search.
fn relevance_from_json(model: &Model, json: &Json, path: &str, problems: &mut Problems) -> Option<Order> {
    let members = json.as_object().filter(|members| {
        members.len() == 3 && ["fields", "search", "sort"].iter().all(|name| members.contains_key(*name))
    });
    let Some(members) = members else {
        problems.add(path, "must be an object with fields, search and sort");
        return None;
    };
    let text = members["search"].as_str();
    let search = match text.map(|text| search_from_text(model, text)) {
        Some(Ok(search)) => search_in(model, search, &members["fields"], &join(path, "fields"), problems),
        Some(Err(message)) => {
            problems.add(path, message);
            None
        }
        None => {
            problems.add(&join(path, "search"), "must be a string");
            None
        }
    };
    let sort = members["sort"].as_str().and_then(|_| direction_from_json(&members["sort"]));
    if sort.is_none() {
        problems.add(&join(path, "sort"), "must be \"asc\" or \"desc\"");
    }
    let (direction, _) = sort?;
    Some(Order { direction, ..by_relevance(&search?) })
}

/// The search in some of its fields only.
fn search_in(
    model: &Model,
    mut search: Search,
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Option<Search> {
    let names = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
    let names: Option<Vec<&str>> = names.iter().map(Json::as_str).collect();
    let name_of = |field: &FieldId| model.field(*field).name.as_str();
    let known: Vec<&str> = search.fields.iter().map(name_of).collect();
    match names {
        Some(names) if !names.is_empty() && names.iter().all(|name| known.contains(name)) => {
            search.fields.retain(|field| names.contains(&name_of(field)));
            Some(search)
        }
        _ => {
            problems.add(path, format!("must be a list of fields of @@fulltext: {}", known.join(", ")));
            None
        }
    }
}

/// `"asc"`, `"desc"` or `{"sort": "asc", "nulls": "last"}`.
pub(super) fn direction_from_json(json: &Json) -> Option<(SortOrder, Option<Nulls>)> {
    let direction = |json: &Json| match json.as_str() {
        Some("asc") => Some(SortOrder::Ascending),
        Some("desc") => Some(SortOrder::Descending),
        _ => None,
    };
    let Some(members) = json.as_object() else { return direction(json).map(|direction| (direction, None)) };
    if members.keys().any(|key| key != "sort" && key != "nulls") {
        return None;
    }
    let nulls = match members.get("nulls").map(Json::as_str) {
        None => None,
        Some(Some("first")) => Some(Nulls::First),
        Some(Some("last")) => Some(Nulls::Last),
        Some(_) => return None,
    };
    Some((direction(members.get("sort")?)?, nulls))
}
