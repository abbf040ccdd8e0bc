//! `sort=-createdAt,author.name,posts._count`.

use purlin_core::input::{Problems, describe_unknown, exposed_field};
use purlin_core::operation::{Order, OrderTarget};
use purlin_core::schema::{FieldKind, Model, Scalar, Schema, SortOrder};

/// Without the primary key at its end, which `finish_order` adds.
pub(super) fn order(schema: &Schema, model: &Model, text: &str, problems: &mut Problems) -> Vec<Order> {
    let mut order: Vec<Order> = Vec::new();
    for item in text.split(',') {
        if problems.is_full() {
            break;
        }
        let (path, direction) = match item.strip_prefix('-') {
            Some(path) => (path, SortOrder::Descending),
            None => (item, SortOrder::Ascending),
        };
        match target(schema, model, path) {
            Ok(target) if order.iter().any(|known| known.target == target) => {
                problems.add("sort", format!("\"{path}\" is named twice"));
            }
            Ok(target) => order.push(Order { target, direction, nulls: None }),
            Err(message) => problems.add("sort", message),
        }
    }
    order
}

fn target(schema: &Schema, model: &Model, path: &str) -> Result<OrderTarget, String> {
    if path.is_empty() {
        return Err("needs field names, such as sort=-createdAt,name".to_owned());
    }
    let mut relations = Vec::new();
    let mut current = model;
    let mut names = path.split('.');
    while let Some(name) = names.next() {
        let Some(field) = exposed_field(current, name) else { return Err(describe_unknown(current, name)) };
        let Some(relation) = field.relation() else {
            let is_document = matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_));
            return match names.next() {
                Some(_) => Err(format!("\"{name}\" is not a relation")),
                None if is_document || field.is_list() => Err(format!("cannot sort by \"{name}\"")),
                None => Ok(OrderTarget::Field { relations, field: field.id }),
            };
        };
        if field.is_list() {
            return match (names.next(), names.next(), relations.is_empty()) {
                (Some("_count"), None, true) => Ok(OrderTarget::Count { relation: field.id }),
                _ => Err(format!("a to-many relation is sorted by its number only: \"{name}._count\"")),
            };
        }
        current = schema.model(relation.target);
        if current.is_ignored {
            return Err(format!("\"{name}\" leads to a model that is not served"));
        }
        relations.push(field.id);
    }
    Err(format!("\"{path}\" is a relation: sort by one of its fields, such as \"{path}.id\""))
}
