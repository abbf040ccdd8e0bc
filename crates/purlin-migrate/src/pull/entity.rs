//! Each live table with its model: the one that the schema has, or the one that it gets.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schema::model::{Enum, FieldKind, Model};
use purlin_schema::naming;

use super::found::{Found, namespace};
use super::known::Known;
use super::name;
use crate::engine::{Engine, NativeEnum};
use crate::physical::Table;

#[derive(Debug)]
pub(super) struct Entity<'a> {
    pub(super) table: &'a Table,
    pub(super) model: String,
    pub(super) existing: Option<&'a Model>,
    /// Field names by column.
    pub(super) fields: BTreeMap<&'a str, String>,
    /// Names of fields that are in use.
    pub(super) taken: BTreeSet<String>,
    /// Fields that the text does not have yet.
    pub(super) lines: Vec<String>,
}

impl Entity<'_> {
    pub(super) fn field(&self, column: &str) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }
}

/// One for each table but join tables, in the order of their names.
pub(super) fn entities<'a>(engine: &dyn Engine, known: &'a Known, found: &'a Found) -> Vec<Entity<'a>> {
    let mut names: BTreeSet<String> = known.texts.block_names().map(str::to_owned).collect();
    let mut paths: BTreeSet<String> = known.schema.models.iter().map(|model| model.path.clone()).collect();
    let tables = found.schema.tables.iter().filter(|table| !super::join::is_join(table));
    let mut all: Vec<Entity<'_>> = tables
        .map(|table| Entity {
            table,
            model: String::new(),
            existing: existing(engine, known, table),
            fields: BTreeMap::new(),
            taken: BTreeSet::new(),
            lines: Vec::new(),
        })
        .collect();
    // Good names first: they need no `@@map`.
    let (good, other): (Vec<_>, Vec<_>) =
        all.iter_mut().partition(|entity| name::model(entity.table.name.as_str()) == entity.table.name);
    for entity in good.into_iter().chain(other) {
        entity.model = entity.existing.map_or_else(
            || {
                let bare = namespace(engine, &entity.table.name)
                    .map_or(entity.table.name.as_str(), |(_, bare)| bare);
                free_model(&mut names, &mut paths, &[name::model(bare), name::model(&entity.table.name)])
            },
            |model| model.name.clone(),
        );
        name_fields(engine, entity);
    }
    all
}

/// A name that no block has, and under whose path nothing is served.
fn free_model(names: &mut BTreeSet<String>, paths: &mut BTreeSet<String>, wanted: &[String]) -> String {
    let last = wanted.last().cloned().unwrap_or_default();
    let numbered = (2_u32..).map(|number| format!("{last}{number}"));
    for name in wanted.iter().cloned().chain(numbered) {
        let path = naming::plural_path(&name);
        if !naming::is_reserved(&name) && !names.contains(&name) && paths.insert(path) {
            names.insert(name.clone());
            return name;
        }
    }
    last
}

fn existing<'a>(engine: &dyn Engine, known: &'a Known, table: &Table) -> Option<&'a Model> {
    known.models().find(|model| engine.is_same_name(&engine.sql().table_name(model), &table.name))
}

fn name_fields(engine: &dyn Engine, entity: &mut Entity<'_>) {
    let known = entity.existing.map_or(&[][..], |model| &model.fields);
    entity.taken = known.iter().map(|field| field.name.clone()).collect();
    let mut new = Vec::new();
    for column in &entity.table.columns {
        let field = known.iter().find(|field| {
            field.is_column() && !field.is_computed && engine.is_same_name(&field.column, &column.name)
        });
        match field {
            Some(field) => {
                entity.fields.insert(&column.name, field.name.clone());
            }
            None => new.push(column.name.as_str()),
        }
    }
    new.sort_by_key(|column| name::field(column) != **column);
    for column in new {
        let field = name::free(&mut entity.taken, [name::field(column)]);
        entity.fields.insert(column, field);
    }
}

/// An enum of the database with its name in the schema.
#[derive(Clone, Debug)]
pub(super) struct EnumNames<'a> {
    pub(super) native: &'a NativeEnum,
    pub(super) name: String,
    pub(super) existing: Option<&'a Enum>,
    /// Schema names by what is stored.
    members: BTreeMap<&'a str, String>,
}

impl EnumNames<'_> {
    pub(super) fn member(&self, stored: &str) -> Option<&str> {
        self.members.get(stored).map(String::as_str)
    }
}

/// The enums that columns of these tables have.
pub(super) fn enums<'a>(
    engine: &dyn Engine,
    known: &'a Known,
    found: &'a Found,
    entities: &[Entity<'a>],
) -> Vec<EnumNames<'a>> {
    let mut names: BTreeSet<String> = known.texts.block_names().map(str::to_owned).collect();
    names.extend(entities.iter().map(|entity| entity.model.clone()));
    let mut all = Vec::new();
    for native in &found.enums {
        let is_used = entities
            .iter()
            .flat_map(|entity| &entity.table.columns)
            .any(|column| found.field_type(engine, column).1 == Some(native));
        let existing = known_enum(engine, known, found, entities, native);
        if !is_used {
            continue;
        }
        let name = existing.map_or_else(
            || {
                let name = name::enumeration(&native.name);
                let other = format!("{name}Kind");
                let wanted = if naming::is_reserved(&name) { vec![other] } else { vec![name, other] };
                name::free(&mut names, wanted)
            },
            |existing| existing.name.clone(),
        );
        let mut taken: BTreeSet<String> =
            existing.iter().flat_map(|known| &known.values).map(|value| value.name.clone()).collect();
        let mut members = BTreeMap::new();
        for stored in &native.members {
            let value = existing
                .and_then(|known| known.values.iter().find(|value| value.database_name == *stored))
                .map_or_else(|| name::free(&mut taken, [name::member(stored)]), |value| value.name.clone());
            members.insert(stored.as_str(), value);
        }
        all.push(EnumNames { native, name, existing, members });
    }
    all
}

/// The one that a field over such a column has, else the one of this name.
fn known_enum<'a>(
    engine: &dyn Engine,
    known: &'a Known,
    found: &Found,
    entities: &[Entity<'a>],
    native: &NativeEnum,
) -> Option<&'a Enum> {
    let by_use = entities.iter().find_map(|entity| {
        let model = entity.existing?;
        entity.table.columns.iter().find_map(|column| {
            let (_, other) = found.field_type(engine, column);
            let field = model.field_named(entity.field(&column.name)).filter(|_| other == Some(native))?;
            match field.kind {
                FieldKind::Enum(id) => Some(known.schema.enumeration(id)),
                _ => None,
            }
        })
    });
    by_use.or_else(|| known.schema.enums.iter().find(|other| other.database_name == native.name))
}
