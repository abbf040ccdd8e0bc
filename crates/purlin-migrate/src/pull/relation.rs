//! Foreign keys as relations, with a field on both ends.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schema::model::{Link, Model, Relation};

use super::entity::Entity;
use super::found::Found;
use super::name::{self, capitalized, lower_first, plural};
use crate::engine::{Engine, TypeWord};
use crate::physical::{Action, ForeignKey, Table};

/// A relation that the text does not have yet.
#[derive(Debug)]
pub(super) struct NewRelation<'a> {
    /// Positions among the entities.
    pub(super) owner: usize,
    pub(super) target: usize,
    pub(super) key: &'a ForeignKey,
}

/// The relation of a model that goes by these columns to that table.
pub(super) fn existing<'a>(
    engine: &dyn Engine,
    models: &'a [Model],
    model: &'a Model,
    key: &ForeignKey,
) -> Option<(&'a purlin_schema::model::Field, &'a Relation)> {
    model.fields.iter().find_map(|field| {
        let relation = field.relation()?;
        let Link::Owning { fields, .. } = &relation.link else { return None };
        let target = models.get(relation.target.index())?;
        let columns = fields.iter().map(|id| model.field(*id).column.as_str());
        let is_same = columns.eq(key.columns.iter().map(String::as_str))
            && engine.is_same_name(&engine.sql().table_name(target), &key.references_table);
        is_same.then_some((field, relation))
    })
}

/// Those of all foreign keys, and what is said about the others.
pub(super) fn new<'a>(
    engine: &dyn Engine,
    models: &[Model],
    found: &Found,
    entities: &[Entity<'a>],
    notes: &mut BTreeSet<String>,
) -> Vec<NewRelation<'a>> {
    let mut relations: Vec<NewRelation<'_>> = Vec::new();
    for (owner, entity) in entities.iter().enumerate() {
        for key in &entity.table.foreign_keys {
            if entity.existing.is_some_and(|model| existing(engine, models, model, key).is_some()) {
                continue;
            }
            let position = entities
                .iter()
                .position(|other| engine.is_same_name(&other.table.name, &key.references_table));
            let is_double = relations.iter().any(|other| {
                other.owner == owner
                    && other.key.columns == key.columns
                    && other.key.references_table == key.references_table
            });
            let problem = match position.and_then(|at| entities.get(at)) {
                _ if is_double => Some("there is another one on the same columns"),
                None => Some("the table that it refers to is no model"),
                Some(target) => problem(engine, found, entity, target, key),
            };
            match (problem, position) {
                (None, Some(target)) => relations.push(NewRelation { owner, target, key }),
                (problem, _) => {
                    notes.insert(format!(
                        "foreign key {} of {} is left as it is: {}",
                        key.name,
                        entity.table.name,
                        problem.unwrap_or_default()
                    ));
                }
            }
        }
    }
    relations
}

fn problem(
    engine: &dyn Engine,
    found: &Found,
    owner: &Entity<'_>,
    target: &Entity<'_>,
    key: &ForeignKey,
) -> Option<&'static str> {
    let word = |table: &Table, name: &String| {
        table.column(name).map(|column| found.field_type(engine, column).0.word)
    };
    for (here, there) in key.columns.iter().zip(&key.references_columns) {
        match (word(owner.table, here), word(target.table, there)) {
            (Some(here), Some(there)) if here == there && !matches!(here, TypeWord::Unsupported(_)) => {}
            _ => return Some("its columns have other types than those that it refers to"),
        }
    }
    if !is_unique(target.table, &key.references_columns) {
        return Some("it refers to columns that do not name one row");
    }
    let is_required =
        key.columns.iter().any(|name| owner.table.column(name).is_some_and(|column| !column.is_nullable));
    if is_required && [key.on_delete, key.on_update].contains(&Action::SetNull) {
        return Some("it would set null what cannot be null");
    }
    if [key.on_delete, key.on_update].contains(&Action::SetDefault) {
        return Some("it sets defaults");
    }
    None
}

/// Whether values of these columns name at most one row.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    let key: BTreeSet<&str> = table.key_columns().iter().map(String::as_str).collect();
    key == wanted
        || table.indexes.iter().filter(|index| index.is_unique && index.condition.is_none()).any(|index| {
            index.parts.iter().filter_map(|part| part.key.column()).collect::<BTreeSet<_>>() == wanted
        })
}

/// The lines of both ends of each relation. `others`: relations that the models have anyway.
pub(super) fn add_lines(
    entities: &mut [Entity<'_>],
    relations: &[NewRelation<'_>],
    others: &BTreeMap<(String, String), usize>,
) {
    let models: Vec<String> = entities.iter().map(|entity| entity.model.clone()).collect();
    let pair = |left: usize, right: usize| {
        let name = |at: usize| models.get(at).cloned().unwrap_or_default();
        let (left, right) = (name(left), name(right));
        if left < right { (left, right) } else { (right, left) }
    };
    let mut counts = others.clone();
    for relation in relations {
        *counts.entry(pair(relation.owner, relation.target)).or_default() += 1;
    }
    for relation in relations {
        let is_self = relation.owner == relation.target;
        let is_named =
            is_self || counts.get(&pair(relation.owner, relation.target)).is_some_and(|count| *count > 1);
        add_line(entities, relation, is_named);
    }
}

fn add_line(entities: &mut [Entity<'_>], relation: &NewRelation<'_>, is_named: bool) {
    let (Some(owner), Some(target)) = (entities.get(relation.owner), entities.get(relation.target)) else {
        return;
    };
    let key = relation.key;
    let (owner_model, target_model) = (owner.model.clone(), target.model.clone());
    let mut owner_taken = owner.taken.clone();
    let field = name::free(&mut owner_taken, field_names(owner, &target_model, key));
    let mut target_taken = if relation.owner == relation.target { owner_taken } else { target.taken.clone() };
    let is_one = is_unique(owner.table, &key.columns);
    let many = if is_one { lower_first(&owner_model) } else { plural(&lower_first(&owner_model)) };
    let as_field = format!("{many}As{}", capitalized(&field));
    let back = if relation.owner == relation.target && field == "parent" && !is_one {
        name::free(&mut target_taken, ["children".to_owned(), as_field])
    } else if is_named {
        name::free(&mut target_taken, [as_field])
    } else {
        name::free(&mut target_taken, [many, as_field])
    };
    let name = is_named.then(|| format!("\"{owner_model}{}\"", capitalized(&field)));
    let line = owner_line(owner, target, key, &field, name.as_deref());
    let mark = if is_one { "?" } else { "[]" };
    let attribute = name.map(|name| format!(" @relation({name})")).unwrap_or_default();
    let back_line = format!("{back} {owner_model}{mark}{attribute}");
    if let Some(owner) = entities.get_mut(relation.owner) {
        owner.taken.insert(field);
        owner.lines.push(line);
    }
    if let Some(target) = entities.get_mut(relation.target) {
        target.taken.insert(back);
        target.lines.push(back_line);
    }
}

/// `authorId` is the key of `author`; a key of several columns is that of its target.
fn field_names(owner: &Entity<'_>, target: &str, key: &ForeignKey) -> Vec<String> {
    let mut names = Vec::new();
    if let [column] = key.columns.as_slice() {
        let field = owner.field(column);
        let stem = ["Id", "ID", "_id", "Uuid"].iter().find_map(|end| field.strip_suffix(end));
        names.extend(stem.filter(|stem| !stem.is_empty()).map(lower_first));
        names.push(lower_first(target));
        names.push(format!("{}{target}", lower_first(field)));
    } else {
        names.push(lower_first(target));
    }
    names
}

fn owner_line(
    owner: &Entity<'_>,
    target: &Entity<'_>,
    key: &ForeignKey,
    field: &str,
    name: Option<&str>,
) -> String {
    let nullable = |name: &String| owner.table.column(name).is_some_and(|column| column.is_nullable);
    let mark = if key.columns.iter().any(nullable) { "?" } else { "" };
    let list = |entity: &Entity<'_>, columns: &[String]| {
        columns.iter().map(|column| entity.field(column).to_owned()).collect::<Vec<_>>().join(", ")
    };
    let mut arguments: Vec<String> = name.map(str::to_owned).into_iter().collect();
    arguments.push(format!("fields: [{}]", list(owner, &key.columns)));
    arguments.push(format!("references: [{}]", list(target, &key.references_columns)));
    let usual = if key.columns.iter().all(nullable) { Action::SetNull } else { Action::Restrict };
    if key.on_delete != usual {
        arguments.push(format!("onDelete: {:?}", key.on_delete));
    }
    if key.on_update != Action::Cascade {
        arguments.push(format!("onUpdate: {:?}", key.on_update));
    }
    format!("{field} {}{mark} @relation({})", target.model, arguments.join(", "))
}
