//! Parameters: where a row is, which page, and one per column and operator. They are
//! components, so that calls name them instead of repeating them.

use purlin_schema::model::{Field, FieldKind, Model, Scalar};
use serde_json::{Map, Value, json};

use crate::openapi::component::{FUNCTIONS, grouping, is_numbered, measured};
use crate::openapi::context::{Context, columns, is_visible};
use crate::openapi::names::Part;
use crate::openapi::value::{Form, element, value};

/// Words with a meaning of their own: a column of such a name is filtered as `limit[equals]=5`.
const RESERVED: [&str; 12] =
    ["page", "limit", "cursor", "sort", "search", "fields", "include", "where", "count", "or", "and", "not"];

/// `*`, or entity tags parted by commas (RFC 9110, section 13.1). None of ours has a comma in it.
const TAGS: &str = r#"^(\*|(W/)?"[!#-+\--~]*"( ?, ?(W/)?"[!#-+\--~]*")*)$"#;

const EQUALITY: &[&str] = &["not"];
const MEMBERSHIP: &[&str] = &["not", "in", "notIn"];
const ORDER: &[&str] = &["not", "in", "notIn", "lt", "lte", "gt", "gte"];
const TEXT: &[&str] = &[
    "not",
    "in",
    "notIn",
    "lt",
    "lte",
    "gt",
    "gte",
    "contains",
    "startsWith",
    "endsWith",
    "equals:i",
    "contains:i",
    "startsWith:i",
    "endsWith:i",
];
const LIST: &[&str] = &["has", "hasSome", "hasEvery", "isEmpty"];

/// `components.parameters`.
pub(in crate::openapi) fn components(context: Context<'_>) -> Map<String, Value> {
    let most = context.options.max_limit;
    let usual = context.options.default_limit;
    let mut components = Map::new();
    let mut add = |component: &str, name: &str, schema: Value, text: &str| {
        let parameter = json!({ "name": name, "in": "query", "description": text, "schema": schema });
        components.insert(component.to_owned(), parameter);
    };
    add(
        "page",
        "page",
        json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        "Page number, from 1.",
    );
    add(
        "limit",
        "limit",
        json!({ "type": "integer", "minimum": 1, "maximum": most }),
        &format!("Rows of a page; {usual} where it is not given."),
    );
    add(
        "cursor",
        "cursor",
        json!({ "type": "string" }),
        "Pages by cursor: empty for the first, then `nextCursor` of the page before, with the same filter and order.",
    );
    add(
        "count",
        "count",
        json!({ "type": "string", "enum": ["exact", "capped", "none"] }),
        "How far to count; `capped` (to 10,000) where it is not given.",
    );
    if context.models().any(|model| !model.fulltext.is_empty()) {
        add(
            "search",
            "search",
            json!({ "type": "string" }),
            "Words that all must be found; \"words in a row\", -excluded, beginning*. Sorts by relevance where no order is given.",
        );
    }
    let key = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
    let tags = json!({ "type": "string", "pattern": TAGS });
    for (name, schema, text) in [
        (
            "Idempotency-Key",
            &key,
            "A new value, such as a UUID, for each write: one that arrives again is done once.",
        ),
        (
            "If-Match",
            &tags,
            "The `ETag` of the row as it was read: where it has changed since, nothing is written.",
        ),
        ("If-None-Match", &tags, "The `ETag` of the row as it was read: where it has not changed, 304."),
    ] {
        let parameter = json!({ "name": name, "in": "header", "description": text, "schema": schema });
        components.insert(name.to_lowercase(), parameter);
    }
    for model in context.models() {
        for (word, parameter) in words(context, model) {
            components.insert(format!("{}.{word}", model.name), parameter);
        }
    }
    components
}

/// The address of a row: its key, several fields joined by commas.
pub(super) fn key(context: Context<'_>, model: &Model) -> Value {
    let schema = |field: &Field| match field.kind {
        FieldKind::Scalar(Scalar::String) => json!({ "type": "string", "minLength": 1 }),
        _ => value(context.schema, context.names, field, Form::Text),
    };
    let fields: Vec<&Field> = model.key_fields().collect();
    let (schema, text) = match fields.as_slice() {
        [field] => (schema(field), format!("`{}` of the {}.", field.name, model.name)),
        several => {
            let parts: Vec<Value> = several.iter().map(|field| schema(field)).collect();
            let names: Vec<&str> = several.iter().map(|field| field.name.as_str()).collect();
            let count = parts.len();
            let schema = json!({
                "type": "array", "prefixItems": parts, "items": false, "minItems": count, "maxItems": count,
            });
            (schema, format!("`{}` of the {}, joined by commas.", names.join(","), model.name))
        }
    };
    json!({ "name": "id", "in": "path", "required": true, "style": "simple", "description": text, "schema": schema })
}

/// Of the list of a model: page, order, selection, filters.
pub(super) fn list(context: Context<'_>, model: &Model) -> Vec<Value> {
    let mut parameters = nested_list(context, model);
    parameters.extend(columns(model).flat_map(|field| filters(context, field)));
    parameters
}

/// Of a list under another row. It takes the same filters; naming them once more for every relation
/// would be most of the document, and `where` can say them all.
pub(super) fn nested_list(context: Context<'_>, model: &Model) -> Vec<Value> {
    let mut parameters: Vec<Value> = ["page", "limit", "cursor", "count"].map(reference).to_vec();
    parameters.extend(search(model));
    parameters.extend(named(context, model, &["sort", "fields", "include", "where"]));
    parameters
}

/// A write that is sent again with the same key is done once.
pub(super) fn idempotency_key() -> Value {
    reference("idempotency-key")
}

/// Of a change of one row.
pub(super) fn of_changes() -> Vec<Value> {
    ["idempotency-key", "if-match"].map(reference).to_vec()
}

/// Of a read of one row.
pub(super) fn if_none_match() -> Value {
    reference("if-none-match")
}

/// Of a create: what becomes of rows whose unique keys are taken.
pub(super) fn skip_duplicates() -> Value {
    json!({
        "name": "skipDuplicates", "in": "query", "schema": { "type": "boolean" },
        "description": "For a list: rows whose unique key is taken are left out, and the number is answered.",
    })
}

/// Of a create at the model's own path.
pub(super) fn upsert(model: &Model) -> Option<Value> {
    let uniques = model.uniques.iter().filter(|key| key.partial.is_none()).map(|key| &key.fields);
    let mut keys: Vec<String> = Vec::new();
    for parts in std::iter::once(&model.primary_key.fields).chain(uniques) {
        let fields: Vec<&Field> = parts.iter().map(|part| model.field(part.field)).collect();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let name = names.join(",");
        let is_given = |field: &&Field| is_visible(field) && !is_numbered(field);
        if !fields.is_empty() && fields.iter().all(is_given) && !keys.contains(&name) {
            keys.push(name);
        }
    }
    (!keys.is_empty()).then(|| {
        json!({
            "name": "upsert", "in": "query", "schema": choice(&keys),
            "description": format!("A unique key of a {}: a row that has it is changed.", model.name),
        })
    })
}

/// Of a count: the list's filters, which `where` can all say.
pub(super) fn filter(context: Context<'_>, model: &Model) -> Vec<Value> {
    let mut parameters = named(context, model, &["where"]);
    parameters.extend(search(model));
    parameters
}

/// Only of models with `@@fulltext`.
fn search(model: &Model) -> Option<Value> {
    (!model.fulltext.is_empty()).then(|| reference("search"))
}

/// Of measures: which, of what groups, in what order.
pub(super) fn aggregate(context: Context<'_>, model: &Model) -> Vec<Value> {
    let parameter = |name: &str, text: &str, items: &Value| {
        json!({
            "name": name, "in": "query", "style": "form", "explode": false, "description": text,
            "schema": { "type": "array", "minItems": 1, "uniqueItems": true, "items": items },
        })
    };
    let mut parameters = filter(context, model);
    let mut keys: Vec<String> = grouping(model).map(|field| field.name.clone()).collect();
    if !keys.is_empty() {
        parameters.push(parameter(
            "groupBy",
            "The fields that groups are made by, at most 4.",
            &choice(&keys),
        ));
        parameters.push(json!({
            "name": "having", "in": "query", "description": "Conditions on groups as JSON text.",
            "schema": {
                "type": "string", "contentMediaType": "application/json",
                "contentSchema": context.part(model, Part::Having),
            },
        }));
    }
    for function in FUNCTIONS {
        let mut names: Vec<String> = measured(model, function).map(|field| field.name.clone()).collect();
        keys.extend(names.iter().map(|name| format!("{function}.{name}")));
        if function == "_count" {
            keys.push(function.to_owned());
            names.push("_all".to_owned());
            let several =
                json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": choice(&names) });
            parameters.push(json!({
                "name": function, "in": "query", "style": "form", "explode": false,
                "description": "`true` for the number of rows, or the columns whose values that are not null are counted.",
                "schema": { "anyOf": [{ "const": "true" }, several] },
            }));
        } else if !names.is_empty() {
            parameters.push(parameter(function, "The columns of which to answer this.", &choice(&names)));
        }
    }
    let keys: Vec<String> = keys.into_iter().flat_map(|key| [format!("-{key}"), key]).collect();
    parameters.push(parameter("sort", "Order of the groups; it ends with their fields.", &choice(&keys)));
    parameters.extend(["page", "limit"].map(reference));
    parameters
}

fn choice(words: &[String]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// Which columns and relations are answered.
pub(super) fn selection(context: Context<'_>, model: &Model) -> Vec<Value> {
    named(context, model, &["fields", "include"])
}

fn named(context: Context<'_>, model: &Model, wanted: &[&str]) -> Vec<Value> {
    words(context, model)
        .into_iter()
        .filter(|(word, _)| wanted.contains(word))
        .map(|(word, _)| reference(&format!("{}.{word}", model.name)))
        .collect()
}

/// The parameters whose values depend on the model.
fn words(context: Context<'_>, model: &Model) -> Vec<(&'static str, Value)> {
    let list = |name: &'static str, part: Part, text: &str| {
        let items = context.part(model, part);
        let parameter = json!({
            "name": name, "in": "query", "style": "form", "explode": false, "description": text,
            "schema": { "type": "array", "minItems": 1, "uniqueItems": true, "items": items },
        });
        (name, parameter)
    };
    let mut words = vec![
        list("sort", Part::SortKey, "Order; every order ends with the id."),
        list("fields", Part::FieldName, "Only these columns."),
    ];
    if context.relations(model).next().is_some() {
        words.push(list("include", Part::IncludePath, "Related rows to answer with it."));
    }
    // As text: most clients cannot write a parameter in a media type of its own.
    let filter = json!({
        "name": "where", "in": "query",
        "description": "A filter as JSON text, for what single parameters cannot say.",
        "schema": {
            "type": "string", "contentMediaType": "application/json",
            "contentSchema": context.part(model, Part::Where),
        },
    });
    words.push(("where", filter));
    words
}

fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{component}") })
}

/// `title=`, `title[contains]=`, and so on.
fn filters(context: Context<'_>, field: &Field) -> Vec<Value> {
    let item = element(context.schema, context.names, field, Form::Text);
    let operators = operators(field);
    let plain = match operators {
        [] => None,
        _ if RESERVED.contains(&field.name.as_str()) => Some("equals"),
        _ => Some(""),
    };
    let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
    let all = plain.into_iter().chain(operators.iter().copied());
    all.map(|operator| {
        let name =
            if operator.is_empty() { field.name.clone() } else { format!("{}[{operator}]", field.name) };
        let takes_list = matches!(operator, "in" | "notIn" | "hasSome" | "hasEvery")
            || (field.is_list() && matches!(operator, "" | "equals"));
        if takes_list {
            return json!({
                "name": name, "in": "query", "style": "form", "explode": false,
                "schema": { "type": "array", "items": item, "minItems": 1 },
            });
        }
        let schema = match operator {
            "isEmpty" => json!({ "type": "boolean" }),
            "" | "equals" | "not" if is_text => item.clone(),
            // The word, since many clients leave a parameter out whose value is null.
            "" | "equals" | "not" => json!({ "anyOf": [item, { "const": "null" }] }),
            _ => item.clone(),
        };
        json!({ "name": name, "in": "query", "schema": schema })
    })
    .collect()
}

fn operators(field: &Field) -> &'static [&'static str] {
    match &field.kind {
        FieldKind::Composite(_) | FieldKind::Scalar(Scalar::Json) => &[],
        _ if field.is_list() => LIST,
        FieldKind::Scalar(Scalar::String) => TEXT,
        FieldKind::Scalar(Scalar::Boolean) => EQUALITY,
        FieldKind::Scalar(Scalar::Bytes) | FieldKind::Enum(_) => MEMBERSHIP,
        _ => ORDER,
    }
}
