//! Input of writes in JSON to typed assignments. Only names and types are judged here; what is
//! missing, and the schema's validations, are judged on the final data (`crate::validate`).

use serde_json::Value as Json;

use super::names::{describe_unknown, filterable_field};
use super::nested::RelationEnd;
use super::value::element_from_json;
use super::value_from_json;
use crate::error::FieldErrors;
use crate::operation::{Assignment, Data, UpdateMode};
use crate::schema::{Field, FieldKind, Model, ModelId, Relation, Scalar, Schema};
use crate::value::Value;

/// Rows that one request may name, those of relations too: they are one plan, which holds up all others while it runs.
pub const MOST_ROWS: usize = 1000;

/// Of the filters inside of one request's rows.
const MOST_CONDITIONS: usize = 500;

/// Relations in relations.
const MOST_LEVELS: usize = 6;

/// For a create (`mode` is `None`) or an update.
pub fn data_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    mode: Option<UpdateMode>,
    prefix: &str,
    errors: &mut FieldErrors,
) -> Data {
    DataReader::new(schema, &[], errors).data(model, json, mode, prefix.to_owned())
}

/// A create's body: one object, or a list of them (`true`).
pub fn rows_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    errors: &mut FieldErrors,
) -> (Vec<Data>, bool) {
    let mut reader = DataReader::new(schema, &[], errors);
    (reader.rows(model, json, None, ""), json.is_array())
}

/// The row of an earlier operation of a batch, for later ones to name.
#[derive(Clone, Debug)]
pub struct EarlierRow {
    pub name: String,
    pub operation: usize,
    pub model: ModelId,
    /// Only its key is known: the row was there before.
    pub has_key_only: bool,
}

/// Reads what is to be written, all of one request.
#[derive(Debug)]
pub struct DataReader<'a> {
    pub(super) schema: &'a Schema,
    pub(super) errors: &'a mut FieldErrors,
    earlier: &'a [EarlierRow],
    /// Rows, keys and filters so far.
    named: usize,
    /// Conditions of filters so far.
    conditions: usize,
    pub(super) levels: usize,
}

impl<'a> DataReader<'a> {
    pub fn new(schema: &'a Schema, earlier: &'a [EarlierRow], errors: &'a mut FieldErrors) -> Self {
        Self { schema, errors, earlier, named: 0, conditions: 0, levels: 0 }
    }

    /// Goes on counting where a reader of the same request has stopped.
    #[must_use]
    pub fn after(mut self, named: usize) -> Self {
        self.named = named;
        self
    }

    /// Rows, keys and filters so far, which are limited together.
    pub fn named(&self) -> usize {
        self.named
    }

    /// Whether the request may name another row, key or filter.
    pub(super) fn may_name(&mut self, path: &str) -> bool {
        self.named += 1;
        if self.named == MOST_ROWS + 1 {
            self.errors
                .add(path.trim_end_matches('.'), format!("is more than {MOST_ROWS} rows in one request"));
        }
        self.named <= MOST_ROWS
    }

    /// Whether the request may have so many conditions more.
    pub(super) fn may_ask(&mut self, conditions: usize) -> bool {
        self.conditions += conditions;
        self.conditions <= MOST_CONDITIONS
    }

    /// One object, or a list of them, each under its number.
    pub fn rows(&mut self, model: &Model, json: &Json, mode: Option<UpdateMode>, prefix: &str) -> Vec<Data> {
        let each = |(index, item)| self.data(model, item, mode, format!("{prefix}{index}."));
        match json {
            Json::Array(items) => items.iter().enumerate().map(each).collect(),
            single => vec![self.data(model, single, mode, prefix.to_owned())],
        }
    }

    /// `prefix` stands before names in messages. For a create `mode` is `None`.
    pub fn data(&mut self, model: &Model, json: &Json, mode: Option<UpdateMode>, prefix: String) -> Data {
        let mut data = Data { prefix, ..Data::default() };
        let prefix = &data.prefix;
        let prefix = prefix.clone();
        let prefix = prefix.as_str();
        if !self.may_name(prefix) || self.levels > MOST_LEVELS {
            if self.levels > MOST_LEVELS {
                let message = format!("must not stand in more than {MOST_LEVELS} relations");
                self.errors.add(prefix.trim_end_matches('.'), message);
            }
            return data;
        }
        let Json::Object(members) = json else {
            self.errors.add(prefix.trim_end_matches('.'), "must be an object");
            return data;
        };
        for (name, value) in members {
            if self.errors.is_full() {
                break;
            }
            let path = || format!("{prefix}{name}");
            // Omitted fields (a password) may be written, just never read.
            let field = model.field_named(name).filter(|field| field.is_exposed() && !field.is_computed);
            let Some(field) = field else {
                self.errors.add(path(), describe_unknown(model, name));
                continue;
            };
            let assigned = match field.relation() {
                Some(relation) => self.relation(&RelationEnd { field, relation, mode }, value, &path()),
                None => self.column(model, field, value, mode),
            };
            match assigned {
                Ok(assignment) => data.fields.push((field.id, assignment)),
                Err(messages) => messages.into_iter().for_each(|message| self.errors.add(path(), message)),
            }
        }
        refuse_double_keys(model, &data, self.errors);
        data
    }

    fn column(
        &self,
        model: &Model,
        field: &Field,
        json: &Json,
        mode: Option<UpdateMode>,
    ) -> Result<Assignment, Vec<String>> {
        let holds_objects = matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_));
        let reference = json.as_object().filter(|members| members.len() == 1 && !holds_objects);
        match reference.and_then(|members| members.get("$ref")) {
            Some(reference) if !self.earlier.is_empty() => {
                self.reference(model, field, reference).map_err(|message| vec![message])
            }
            _ => assignment(self.schema, field, json, mode),
        }
    }

    /// `{"$ref": "user.id"}`: a field of the row that an earlier operation writes.
    fn reference(&self, model: &Model, field: &Field, json: &Json) -> Result<Assignment, String> {
        let Some((name, other)) = json.as_str().and_then(|text| text.split_once('.')) else {
            return Err("must be like {\"$ref\": \"name.field\"}".to_owned());
        };
        let Some(row) = self.earlier.iter().find(|row| row.name == name) else {
            return Err(format!("no earlier operation is called \"{name}\""));
        };
        let there = self.schema.model(row.model);
        let Some(found) = filterable_field(there, other) else {
            return Err(describe_unknown(there, other));
        };
        // The value of any other field could be one that the rules hide, or that this field's own refuse; that of a
        // key is held to the rules of the row that it leads to.
        let leads_there = |relation: &Relation| {
            relation.is_owning()
                && relation.target == there.id
                && relation.pairs().any(|pair| pair == (field.id, found.id))
        };
        if !model.fields.iter().filter_map(Field::relation).any(leads_there) {
            let here = &model.name;
            return Err(format!(
                "{here}.{} is not the key of a relation to {}.{other}",
                field.name, there.name
            ));
        }
        let is_key = found.is_id || there.key_fields().any(|key| key.id == found.id);
        if row.has_key_only && !is_key {
            return Err(format!("of \"{name}\" only the key is known: it may have been there before"));
        }
        Ok(Assignment::Earlier { operation: row.operation, field: found.id })
    }
}

fn assignment(
    schema: &Schema,
    field: &Field,
    json: &Json,
    mode: Option<UpdateMode>,
) -> Result<Assignment, Vec<String>> {
    let holds_objects = matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_));
    let set = |json: &Json| match value_from_json(schema, field, json) {
        Ok(value) if value.is_null() && field.is_required() => Err(vec!["must not be null".to_owned()]),
        Ok(value) if value.is_null() && field.is_list() => Err(vec!["must be a list".to_owned()]),
        Ok(value) => Ok(Assignment::Set(value)),
        Err(message) => Err(vec![message]),
    };
    let Json::Object(members) = json else { return set(json) };
    if holds_objects && !field.is_list() {
        return set(json);
    }
    let mut members = members.iter();
    let (Some((operator, value)), None) = (members.next(), members.next()) else {
        return set(json);
    };
    let is_number = matches!(
        field.kind,
        FieldKind::Scalar(Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal)
    );
    match operator.as_str() {
        "set" => set(value),
        "increment" | "decrement" | "multiply" | "divide"
            if is_number && mode == Some(UpdateMode::Partial) =>
        {
            let number = value_from_json(schema, field, value).map_err(|message| vec![message])?;
            match operator.as_str() {
                _ if number.is_null() => Err(vec!["must be a number".to_owned()]),
                "increment" => Ok(Assignment::Increment(number)),
                "decrement" => Ok(Assignment::Decrement(number)),
                "multiply" => Ok(Assignment::Multiply(number)),
                _ if number == Value::Int(0)
                    || number == Value::Float(0.0)
                    || number == Value::Decimal(0.into()) =>
                {
                    Err(vec!["must not divide by zero".to_owned()])
                }
                _ => Ok(Assignment::Divide(number)),
            }
        }
        "push" if field.is_list() && mode == Some(UpdateMode::Partial) => {
            let single = std::slice::from_ref(value);
            let items = value.as_array().map_or(single, Vec::as_slice);
            let values: Result<Vec<_>, _> =
                items.iter().map(|item| element_from_json(schema, field, item)).collect();
            values.map(Assignment::Push).map_err(|message| vec![message])
        }
        _ => set(json),
    }
}

/// A relation is written by its own name or by its key's fields, not both.
fn refuse_double_keys(model: &Model, data: &Data, errors: &mut FieldErrors) {
    let prefix = &data.prefix;
    for (id, _) in &data.fields {
        let field = model.field(*id);
        let Some(relation) = field.relation().filter(|relation| relation.is_owning()) else { continue };
        for (key, _) in relation.pairs() {
            if data.get(key).is_some() {
                let name = &model.field(key).name;
                errors.add(
                    format!("{prefix}{name}"),
                    format!("is set by \"{}\" too: give one of them", field.name),
                );
            }
        }
    }
}
