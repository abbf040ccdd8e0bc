//! The text of `seed.json` to typed rows: an object of model names (or join tables) with a list of rows
//! each. Every unknown name and wrong type is found before anything is written.

use purlin_core::FieldErrors;
use purlin_core::input::{Problems, data_from_json, key_from_json, value_from_json};
use purlin_core::operation::{Assignment, Data, Key};
use purlin_core::schema::{FieldId, Link as SchemaLink, Model, ModelId, Schema};
use purlin_core::value::Value;
use purlin_schema::suggest::closest;
use serde_json::{Map, Value as Json};

use super::Place;

#[derive(Debug, Default)]
pub struct Seed {
    /// In the order of the file, which is the order in which they are written.
    pub tables: Vec<Table>,
}

#[derive(Debug)]
pub enum Table {
    Model {
        model: ModelId,
        rows: Vec<Row>,
    },
    /// An implicit many-to-many relation by the name of its table.
    Join {
        model: ModelId,
        relation: FieldId,
        rows: Vec<JoinRow>,
    },
}

#[derive(Debug)]
pub struct Row {
    pub place: Place,
    pub data: Data,
    /// Written after all rows exist.
    pub links: Vec<Link>,
}

/// A pair of a many-to-many relation, given on the row of one of its ends.
#[derive(Debug)]
pub struct Link {
    pub relation: FieldId,
    pub target: Key,
}

#[derive(Debug)]
pub struct JoinRow {
    pub place: Place,
    pub local: Value,
    pub target: Value,
}

/// All problems at once, a line each.
pub fn read(schema: &Schema, text: &str) -> Result<Seed, Vec<String>> {
    let json: Json = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    let Json::Object(members) = json else {
        return Err(vec!["must be an object: model names, each with a list of rows".to_owned()]);
    };
    let mut problems = Vec::new();
    let mut seed = Seed::default();
    for (name, rows) in &members {
        let Json::Array(rows) = rows else {
            problems.push(format!("{name}: must be a list of rows"));
            continue;
        };
        if let Some(model) = schema.own_models().find(|model| model.name == *name) {
            let rows = rows.iter().enumerate().map(|(index, row)| {
                let place = Place { table: name.clone(), row: index + 1 };
                model_row(schema, model, row, place, &mut problems)
            });
            let rows = rows.collect();
            seed.tables.push(Table::Model { model: model.id, rows });
        } else if let Some((model, relation)) = join_named(schema, name) {
            let rows = rows.iter().enumerate().filter_map(|(index, row)| {
                let place = Place { table: name.clone(), row: index + 1 };
                join_row(schema, model, relation, row, place, &mut problems)
            });
            let rows = rows.collect();
            seed.tables.push(Table::Join { model: model.id, relation, rows });
        } else {
            problems.push(unknown(schema, name));
        }
    }
    if problems.is_empty() { Ok(seed) } else { Err(problems) }
}

fn unknown(schema: &Schema, name: &str) -> String {
    match closest(name, schema.own_models().map(|model| model.name.as_str())) {
        Some(near) => format!("{name}: there is no such model, did you mean {near}?"),
        None => format!("{name}: there is no such model"),
    }
}

/// The end whose ids stand in column `A`.
fn join_named<'s>(schema: &'s Schema, name: &str) -> Option<(&'s Model, FieldId)> {
    schema.models.iter().find_map(|model| {
        let field = model.fields.iter().find(|field| {
            matches!(field.relation().map(|relation| &relation.link),
                Some(SchemaLink::Join(join)) if join.table == name && join.local_column == "A")
        });
        field.map(|field| (model, field.id))
    })
}

fn model_row(schema: &Schema, model: &Model, json: &Json, place: Place, problems: &mut Vec<String>) -> Row {
    let mut errors = FieldErrors::default();
    let mut links = Vec::new();
    let rest = match json {
        Json::Object(members) => Json::Object(take_links(schema, model, members, &mut links, &mut errors)),
        other => other.clone(),
    };
    let data = data_from_json(schema, model, &rest, None, "", &mut errors);
    for field in model.fields.iter().filter(|field| field.is_password) {
        if let Some(Assignment::Set(Value::String(text))) = data.get(field.id)
            && !is_hash(text)
        {
            errors.add(&field.name, "would be stored as plain text: write its argon2id or bcrypt hash");
        }
    }
    if !links.is_empty() && keys_of(model, &data).is_empty() {
        errors.add("", "must name its id, so that other rows can be connected to it");
    }
    problems.extend(place.lines(&errors));
    Row { place, data, links }
}

/// Takes `{"connect": …}` of many-to-many relations out of a row.
fn take_links(
    schema: &Schema,
    model: &Model,
    members: &Map<String, Json>,
    links: &mut Vec<Link>,
    errors: &mut FieldErrors,
) -> Map<String, Json> {
    let mut rest = Map::new();
    for (name, value) in members {
        let relation = model.field_named(name).filter(|field| field.is_exposed()).and_then(|field| {
            let relation = field.relation()?;
            matches!(relation.link, SchemaLink::Join(_)).then_some((field.id, relation.target))
        });
        let Some((relation, target)) = relation else {
            rest.insert(name.clone(), value.clone());
            continue;
        };
        let connect = value.as_object().filter(|members| members.len() == 1);
        let Some(connect) = connect.and_then(|members| members.get("connect")) else {
            errors.add(name, "must be {\"connect\": [{…}]}");
            continue;
        };
        let single = std::slice::from_ref(connect);
        for key in connect.as_array().map_or(single, Vec::as_slice) {
            let mut found = Problems::default();
            match key_from_json(schema, schema.model(target), key, "connect", &mut found) {
                Some(target) => links.push(Link { relation, target }),
                None => {
                    if let Err(error) = found.finish(()) {
                        errors.add(name, error.to_string());
                    }
                }
            }
        }
    }
    rest
}

fn join_row(
    schema: &Schema,
    model: &Model,
    relation: FieldId,
    json: &Json,
    place: Place,
    problems: &mut Vec<String>,
) -> Option<JoinRow> {
    let relation = model.field(relation).relation()?;
    let SchemaLink::Join(join) = &relation.link else { return None };
    let ends = [
        (&join.local_column, model.field(join.local_key)),
        (&join.target_column, schema.model(relation.target).field(join.target_key)),
    ];
    let mut errors = FieldErrors::default();
    let mut values = Vec::with_capacity(ends.len());
    for (column, key) in ends {
        match json.get(column).map(|value| value_from_json(schema, key, value)) {
            Some(Ok(value)) if !value.is_null() => values.push(value),
            Some(Err(message)) => errors.add(column, message),
            _ => errors.add(column, "is required"),
        }
    }
    for name in json.as_object().into_iter().flatten().map(|(name, _)| name) {
        if *name != join.local_column && *name != join.target_column {
            errors.add(name, "is no column of this table: it has A and B");
        }
    }
    problems.extend(place.lines(&errors));
    let mut values = values.into_iter();
    let (local, target) = (values.next()?, values.next()?);
    errors.is_empty().then_some(JoinRow { place, local, target })
}

/// The unique keys that a row gives, the primary one first.
pub(super) fn keys_of(model: &Model, data: &Data) -> Vec<Key> {
    let uniques = model.uniques.iter().filter(|unique| unique.partial.is_none());
    let keys = std::iter::once(&model.primary_key.fields).chain(uniques.map(|unique| &unique.fields));
    let value = |field| match data.get(field) {
        Some(Assignment::Set(value)) if !value.is_null() => Some((field, value.clone())),
        _ => None,
    };
    let given = keys.map(|parts| parts.iter().map(|part| value(part.field)).collect::<Option<Vec<_>>>());
    given.flatten().map(|fields| Key { fields }).collect()
}

/// In the modular crypt format.
fn is_hash(text: &str) -> bool {
    ["$argon2id$", "$argon2i$", "$argon2d$", "$2a$", "$2b$", "$2y$"].iter().any(|mark| text.starts_with(mark))
}
