//! The whole document, in a fixed order: the same schema and options always give the same text.

use purlin_schema::model::Schema;
use serde_json::{Map, Value, json};

use super::component;
use super::context::Context;
use super::names::Names;
use super::options::OpenApiOptions;
use super::path;

/// Describes the API that `schema` is served as.
pub fn openapi(schema: &Schema, options: &OpenApiOptions) -> Value {
    let names = Names::new(schema, component::shared_names());
    let context = Context { schema, options, names: &names };
    let mut info = Map::new();
    info.insert("title".to_owned(), json!(options.title));
    info.insert("version".to_owned(), json!(options.version));
    if let Some(description) = &options.description {
        info.insert("description".to_owned(), json!(description));
    }
    json!({
        "openapi": "3.1.0",
        "info": info,
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{ "url": "/" }],
        "tags": tags(context),
        "paths": path::paths(context),
        "components": {
            "schemas": component::schemas(context),
            "parameters": path::parameter_components(context),
            "responses": path::response_components(context),
            "headers": path::header_components(),
            "securitySchemes": { "bearerAuth": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "An access token in `Authorization: Bearer …`.",
            } },
        },
    })
}

/// One per model, and one for the rest.
fn tags(context: Context<'_>) -> Vec<Value> {
    let models = context.models().map(|model| match &model.docs {
        Some(docs) => json!({ "name": model.name, "description": docs.trim() }),
        None => json!({ "name": model.name }),
    });
    let sign_in = (!context.options.sign_in.is_empty()).then_some(path::SIGN_IN_TAG);
    let batch = context.has_batch().then_some(path::BATCH_TAG);
    let others = batch.into_iter().chain(sign_in).chain([path::SYSTEM_TAG]);
    models.chain(others.map(|tag| json!({ "name": context.tag(tag) }))).collect()
}
