//! Keys and indexes as attributes, and whole new blocks.

use super::edit::quoted;
use super::entity::{Entity, EnumNames};
use super::found::namespace;
use super::known::Known;
use crate::engine::Engine;
use crate::physical::{Index, IndexPart, method_kind};

/// `@unique` at its field, or an attribute of the block.
#[derive(Debug)]
pub(super) enum Place {
    /// Of this column.
    Field(String),
    Block(String),
}

/// `[a, b(sort: Desc)]`.
fn list(entity: &Entity<'_>, parts: &[IndexPart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let name = entity.field(part.key.column().unwrap_or_default());
            let mut options = Vec::new();
            if part.is_descending {
                options.push("sort: Desc".to_owned());
            }
            if let Some(length) = part.length {
                options.push(format!("length: {length}"));
            }
            if let Some(ops) = &part.ops {
                options.push(format!("ops: raw({})", quoted(ops)));
            }
            if options.is_empty() { name.to_owned() } else { format!("{name}({})", options.join(", ")) }
        })
        .collect();
    format!("[{}]", parts.join(", "))
}

pub(super) fn index(entity: &Entity<'_>, index: &Index) -> Place {
    let condition =
        index.condition.as_ref().map(|sql| format!(", where: raw({})", quoted(sql))).unwrap_or_default();
    if index.is_unique {
        return match index.parts.as_slice() {
            [IndexPart { key, is_descending: false, ops: None, length: None }] if condition.is_empty() => {
                Place::Field(key.column().unwrap_or_default().to_owned())
            }
            parts => Place::Block(format!("@@unique({}{condition})", list(entity, parts))),
        };
    }
    if index.is_search() {
        return Place::Block(format!("@@fulltext({})", list(entity, &index.parts)));
    }
    let kind = index.method.as_deref().and_then(method_kind);
    let kind = kind.map(|kind| format!(", type: {kind:?}")).unwrap_or_default();
    Place::Block(format!("@@index({}{kind}{condition})", list(entity, own_parts(entity, index))))
}

/// Without the key that Purlin puts at the end of an index, where the name tells that it did.
fn own_parts<'i>(entity: &Entity<'_>, index: &'i Index) -> &'i [IndexPart] {
    let keys = entity.table.key_columns();
    let is_key = |part: &IndexPart| part.key.column().is_some_and(|name| keys.iter().any(|key| key == name));
    let length = index.parts.len() - index.parts.iter().rev().take_while(|part| is_key(part)).count();
    let Some(own) = index.parts.get(..length).filter(|own| !own.is_empty()) else { return &index.parts };
    let columns: Vec<&str> = own.iter().filter_map(|part| part.key.column()).collect();
    if index.name.ends_with(&format!("_{}_idx", columns.join("_"))) { own } else { &index.parts }
}

/// `@@id` of several columns.
pub(super) fn id(entity: &Entity<'_>) -> Option<String> {
    let columns = entity.table.key_columns();
    let names: Vec<&str> = columns.iter().map(|column| entity.field(column)).collect();
    (names.len() > 1).then(|| format!("@@id([{}])", names.join(", ")))
}

pub(super) fn model(
    engine: &dyn Engine,
    known: &Known,
    entity: &Entity<'_>,
    attributes: &[String],
) -> String {
    let mut attributes = attributes.to_vec();
    let (schema, table) = match namespace(engine, &entity.table.name) {
        Some((schema, table)) => (Some(schema), table),
        None => (None, entity.table.name.as_str()),
    };
    if table != entity.model {
        attributes.push(format!("@@map({})", quoted(table)));
    }
    if let Some(schema) = schema {
        attributes.push(format!("@@schema({})", quoted(schema)));
    }
    if known.datasource.id.index() > 0 {
        attributes.push(format!("@@datasource({})", known.datasource.name));
    }
    let attributes =
        if attributes.is_empty() { String::new() } else { format!("\n  {}", attributes.join("\n  ")) };
    format!("model {} {{\n  {}\n{attributes}\n}}", entity.model, entity.lines.join("\n  "))
}

pub(super) fn enumeration(names: &EnumNames<'_>) -> String {
    let members: Vec<String> = names.native.members.iter().map(|stored| member(names, stored)).collect();
    let map = if names.name == names.native.name || !names.native.is_type {
        String::new()
    } else {
        format!("\n\n  @@map({})", quoted(&names.native.name))
    };
    format!("enum {} {{\n  {}{map}\n}}", names.name, members.join("\n  "))
}

pub(super) fn member(names: &EnumNames<'_>, stored: &str) -> String {
    let name = names.member(stored).unwrap_or(stored);
    if name == stored { name.to_owned() } else { format!("{name} @map({})", quoted(stored)) }
}
