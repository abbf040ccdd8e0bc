//! Input of writes in JSON to typed assignments. Only names and types are judged here; what is
//! missing, and the schema's validations, are judged on the final data (`crate::validate`).

use serde_json::Value as Json;

use super::names::describe_unknown;
use super::value::element_from_json;
use super::{Problems, key_from_json, value_from_json};
use crate::error::FieldErrors;
use crate::operation::{Assignment, Data, UpdateMode};
use crate::schema::{Field, FieldKind, Model, Scalar, Schema};
use crate::value::Value;

/// For a create (`mode` is `None`) or an update.
pub fn data_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    mode: Option<UpdateMode>,
    prefix: &str,
    errors: &mut FieldErrors,
) -> Data {
    let mut data = Data::default();
    let Json::Object(members) = json else {
        errors.add(prefix.trim_end_matches('.'), "must be an object");
        return data;
    };
    for (name, value) in members {
        if errors.is_full() {
            break;
        }
        let path = || format!("{prefix}{name}");
        // Omitted fields (a password) may be written, just never read.
        let field = model.field_named(name).filter(|field| field.is_exposed() && !field.is_computed);
        let Some(field) = field else {
            errors.add(path(), describe_unknown(model, name));
            continue;
        };
        match assignment(schema, field, value, mode) {
            Ok(assignment) => data.fields.push((field.id, assignment)),
            Err(messages) => messages.into_iter().for_each(|message| errors.add(path(), message)),
        }
    }
    refuse_double_keys(model, &data, prefix, errors);
    data
}

/// A create's body: one object, or a list of them (`true`).
pub fn rows_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    errors: &mut FieldErrors,
) -> (Vec<Data>, bool) {
    match json {
        Json::Array(items) => {
            let rows = items
                .iter()
                .enumerate()
                .map(|(index, item)| data_from_json(schema, model, item, None, &format!("{index}."), errors))
                .collect();
            (rows, true)
        }
        single => (vec![data_from_json(schema, model, single, None, "", errors)], false),
    }
}

fn assignment(
    schema: &Schema,
    field: &Field,
    json: &Json,
    mode: Option<UpdateMode>,
) -> Result<Assignment, Vec<String>> {
    if field.relation().is_some() {
        return relation_assignment(schema, field, json, mode);
    }
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

/// `{connect: {…}}` and `{disconnect: true}` of a relation whose key this model holds.
fn relation_assignment(
    schema: &Schema,
    field: &Field,
    json: &Json,
    mode: Option<UpdateMode>,
) -> Result<Assignment, Vec<String>> {
    let Some(relation) = field.relation() else { return Err(vec!["is not a relation".to_owned()]) };
    let mut members = json.as_object().into_iter().flatten();
    let operator = match (members.next(), members.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    if !relation.is_owning() {
        return Err(vec!["cannot be written from this side: write the other model's field".to_owned()]);
    }
    match operator {
        Some((name, value)) if name == "connect" => {
            let mut problems = Problems::default();
            match key_from_json(schema, schema.model(relation.target), value, "connect", &mut problems) {
                Some(key) => Ok(Assignment::Connect(key)),
                None => Err(problems.0),
            }
        }
        Some((name, Json::Bool(true))) if name == "disconnect" && mode.is_some() => {
            if field.is_required() {
                Err(vec!["is required and cannot be disconnected".to_owned()])
            } else {
                Ok(Assignment::Disconnect)
            }
        }
        _ => Err(vec!["must be {\"connect\": {…}}, or {\"disconnect\": true} in an update".to_owned()]),
    }
}

/// A relation is written by its own name or by its key's fields, not both.
fn refuse_double_keys(model: &Model, data: &Data, prefix: &str, errors: &mut FieldErrors) {
    for (id, _) in &data.fields {
        let field = model.field(*id);
        let Some(relation) = field.relation() else { continue };
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
