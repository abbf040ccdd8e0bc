//! Bodies of writes: closed objects that require exactly what has no default. A relation whose key
//! this model holds is written by its key's fields or by `connect`, never by both.

use purlin_schema::model::{
    DefaultFunction, DefaultValue, Field, FieldId, FieldKind, IndexField, Model, Relation, Scalar,
};
use serde_json::{Map, Value, json};

use super::nested::{relation_of_many, relation_write, said};
use crate::openapi::context::{
    Context, default_in_words, is_addressable, is_creatable, is_visible, needs_value, writable,
};
use crate::openapi::validation::{validated, validated_or_null};
use crate::openapi::value::{Form, described, element, object, one_of_members, reference, scalar, value};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Write {
    Create,
    Update,
    /// Of many rows at once.
    UpdateMany,
    Replace,
}

pub(super) fn create(context: Context<'_>, model: &Model) -> Value {
    body(context, model, Write::Create, &[])
}

pub(super) fn update(context: Context<'_>, model: &Model) -> Value {
    body(context, model, Write::Update, &[])
}

pub(super) fn update_many(context: Context<'_>, model: &Model) -> Value {
    body(context, model, Write::UpdateMany, &[])
}

pub(super) fn replace(context: Context<'_>, model: &Model) -> Value {
    body(context, model, Write::Replace, &[])
}

/// The relation fields under which rows can be made (`POST /users/1/posts`), with the name of the body.
pub(in crate::openapi) fn nested_create(
    context: Context<'_>,
    model: &Model,
    field: &Field,
    relation: &Relation,
) -> Option<String> {
    let is_served = field.is_list() && is_addressable(model) && !model.is_view;
    let target = context.target(relation);
    (is_served && is_creatable(target)).then(|| context.names.nested_create(model.id, field.id).to_owned())
}

/// The bodies of rows inside of other rows, made and changed: those of the target without what the row around says.
pub(super) fn nested_bodies(context: Context<'_>, model: &Model) -> Vec<(String, Value)> {
    let mut bodies = Vec::new();
    for (field, relation) in context.relations(model).filter(|_| !model.is_view) {
        let (target, said) = (context.target(relation), said(relation));
        if is_creatable(target) {
            let name = context.names.nested_create(model.id, field.id).to_owned();
            bodies.push((name, body(context, target, Write::Create, &said)));
        }
        if !target.is_view {
            let name = context.names.nested_update(model.id, field.id).to_owned();
            bodies.push((name, body(context, target, Write::Update, &said)));
        }
    }
    bodies
}

fn body(context: Context<'_>, model: &Model, write: Write, without: &[FieldId]) -> Value {
    let mut properties = Map::new();
    let mut required: Vec<Value> = Vec::new();
    let mut alternatives = Vec::new();
    let keys_of_relations: Vec<FieldId> = owning(context, model, without)
        .flat_map(|(_, relation)| relation.pairs().map(|(own, _)| own).collect::<Vec<_>>())
        .collect();
    // Numbers are the database's to give.
    for field in writable(model).filter(|field| !without.contains(&field.id) && !is_numbered(field)) {
        let is_plain = !field.is_omitted && !keys_of_relations.contains(&field.id);
        properties.insert(field.name.clone(), column(context, field, write, is_plain));
        if is_needed(field, write) && !keys_of_relations.contains(&field.id) {
            required.push(json!(field.name));
        }
    }
    for (field, relation) in owning(context, model, without) {
        alternatives.extend(key_or_relation(model, field, relation, write));
    }
    for (field, relation) in context.relations(model).filter(|(field, _)| !without.contains(&field.id)) {
        let schema = match write {
            Write::UpdateMany => relation_of_many(context, field, relation),
            _ => relation_write(context, model, field, relation, write == Write::Create),
        };
        properties.extend(schema.map(|schema| (field.name.clone(), schema)));
    }
    let mut schema = object(properties, required);
    if !alternatives.is_empty() {
        schema.insert("allOf".to_owned(), Value::Array(alternatives));
    }
    Value::Object(schema)
}

/// Whether the database gives it, and nobody else.
pub(in crate::openapi) fn is_numbered(field: &Field) -> bool {
    let numbered = [DefaultFunction::Autoincrement, DefaultFunction::Sequence];
    matches!(&field.default, Some(DefaultValue::Function(function)) if numbered.contains(function))
}

/// Whether a replaced row keeps its value where none is given: what was made when the row was, and what
/// nobody is shown to send it back.
fn is_kept(field: &Field) -> bool {
    let is_made = matches!(field.default, Some(DefaultValue::Function(_) | DefaultValue::Auth(_)));
    field.is_id || field.is_omitted || is_made
}

fn is_needed(field: &Field, write: Write) -> bool {
    match write {
        Write::Create => needs_value(field),
        Write::Update | Write::UpdateMany => false,
        Write::Replace => needs_value(field) && !is_kept(field),
    }
}

fn owning<'a>(
    context: Context<'a>,
    model: &'a Model,
    without: &'a [FieldId],
) -> impl Iterator<Item = (&'a Field, &'a Relation)> {
    context.relations(model).filter(|(field, relation)| relation.is_owning() && !without.contains(&field.id))
}

/// A field of the auth model that users set by themselves.
pub(in crate::openapi) fn profile_field(context: Context<'_>, field: &Field, is_new: bool) -> Value {
    column(context, field, if is_new { Write::Create } else { Write::Update }, true)
}

fn column(context: Context<'_>, field: &Field, write: Write, is_plain: bool) -> Value {
    let plain = value(context.schema, context.names, field, Form::Input);
    let schema = validated_or_null(field, plain);
    if matches!(write, Write::Update | Write::UpdateMany) {
        return if field.is_id || !is_plain { schema } else { changed(context, field, schema) };
    }
    let description = schema.get("description").and_then(Value::as_str).map(str::to_owned);
    let default = if write == Write::Replace && is_kept(field) {
        Some("Stays where it is not given.".to_owned())
    } else {
        default_in_words(field)
    };
    let words: Vec<String> = description.into_iter().chain(default).collect();
    described(schema, Some(&words.join("\n\n")))
}

/// In a PATCH, numbers can be counted up and lists appended to without knowing their value, but for keys of
/// other rows and what is never shown.
fn changed(context: Context<'_>, field: &Field, schema: Value) -> Value {
    let change = match field.kind {
        _ if field.is_list() => {
            let item = element(context.schema, context.names, field, Form::Input);
            let several = json!({ "type": "array", "items": item });
            json!({
                "type": "object", "additionalProperties": false, "required": ["push"],
                "properties": { "push": { "anyOf": [item, several] } },
            })
        }
        FieldKind::Scalar(kind) => match change_component(kind) {
            Some(name) => reference(context.names.shared(name)),
            None => return schema,
        },
        _ => return schema,
    };
    json!({ "anyOf": [schema, change] })
}

/// Counting a number up or down, as a component's name.
pub(super) fn change_component(kind: Scalar) -> Option<&'static str> {
    match kind {
        Scalar::Int => Some("IntChange"),
        Scalar::BigInt => Some("BigIntChange"),
        Scalar::Float => Some("FloatChange"),
        Scalar::Decimal => Some("DecimalChange"),
        _ => None,
    }
}

/// `{"increment": 1}` and the like.
pub(super) fn change(kind: Scalar) -> Value {
    let number = scalar(kind, Form::Input);
    let mut members: Map<String, Value> = ["set", "increment", "decrement", "multiply"]
        .map(|word| (word.to_owned(), number.clone()))
        .into_iter()
        .collect();
    let not_zero = json!({ "allOf": [number], "not": { "enum": [0, "0"] } });
    members.insert("divide".to_owned(), not_zero);
    described(one_of_members(members), Some("Changes a number without knowing it."))
}

/// The key's fields, or the relation, not both; one of them where the row cannot do without.
fn key_or_relation(model: &Model, field: &Field, relation: &Relation, write: Write) -> Vec<Value> {
    let keys: Vec<&Field> =
        relation.pairs().map(|(own, _)| model.field(own)).filter(|key| key.is_exposed()).collect();
    let needed: Vec<&str> =
        keys.iter().filter(|key| is_needed(key, write)).map(|key| key.name.as_str()).collect();
    if !needed.is_empty() {
        return vec![json!({ "oneOf": [{ "required": needed }, { "required": [field.name] }] })];
    }
    keys.iter().map(|key| json!({ "not": { "required": [key.name, field.name] } })).collect()
}

/// Exactly one unique key, as `connect` takes it.
pub(super) fn key(context: Context<'_>, model: &Model) -> Value {
    let mut keys = Map::new();
    let primary = (&model.primary_key.fields, model.primary_key.client_name.as_ref());
    let uniques = model.uniques.iter().filter(|key| key.partial.is_none());
    for (parts, name) in
        std::iter::once(primary).chain(uniques.map(|key| (&key.fields, key.client_name.as_ref())))
    {
        let fields: Vec<&Field> = parts.iter().map(|part: &IndexField| model.field(part.field)).collect();
        if fields.iter().any(|field| !is_visible(field)) {
            continue;
        }
        let schema = |field: &Field| value(context.schema, context.names, field, Form::Input);
        match fields.as_slice() {
            [] => {}
            [field] => {
                keys.insert(field.name.clone(), schema(field));
            }
            several => {
                let joined = several.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join("_");
                let members = several.iter().map(|field| (field.name.clone(), schema(field))).collect();
                let required = several.iter().map(|field| json!(field.name)).collect();
                let name = name.cloned().unwrap_or(joined);
                keys.insert(name, Value::Object(object(members, required)));
            }
        }
    }
    one_of_members(keys)
}

/// A composite type as written.
pub(super) fn composite(context: Context<'_>, fields: &[Field], docs: Option<&str>) -> Value {
    let members = fields.iter().filter(|field| field.is_exposed()).map(|field| {
        let plain = value(context.schema, context.names, field, Form::Input);
        let schema = validated(field, plain);
        let schema = if field.is_required() && field.default.is_none() {
            schema
        } else {
            crate::openapi::value::nullable(schema)
        };
        (field.name.clone(), schema)
    });
    let required = fields.iter().filter(|field| needs_value(field)).map(|field| json!(field.name)).collect();
    described(Value::Object(object(members.collect(), required)), docs)
}
