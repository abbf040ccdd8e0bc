//! One call of the document: parts in, OpenAPI's operation object out.

use serde_json::{Map, Value, json};

use super::response;
use crate::openapi::access::Access;

pub(super) struct Operation {
    pub(super) id: String,
    pub(super) tag: String,
    pub(super) summary: String,
    pub(super) description: &'static str,
    pub(super) parameters: Vec<Value>,
    /// The JSON Schema of the body.
    pub(super) body: Option<Value>,
    pub(super) status: u16,
    /// The answer when all went well.
    pub(super) response: Value,
    /// Beside those that every call can answer.
    pub(super) errors: Vec<u16>,
    pub(super) access: Access,
}

/// Every call can end so.
const ALWAYS: [u16; 6] = [400, 401, 403, 429, 500, 503];

impl Operation {
    pub(super) fn into_value(self) -> Value {
        let mut call = Map::new();
        call.insert("operationId".to_owned(), json!(self.id));
        call.insert("tags".to_owned(), json!([self.tag]));
        call.insert("summary".to_owned(), json!(self.summary));
        let who = match self.access {
            Access::Closed => "No rule of the schema allows this to anyone.",
            Access::SignedIn => "Needs a token; the schema's rules decide.",
            Access::Anyone => "Works without a token; the schema's rules decide.",
        };
        let words: Vec<&str> = [self.description, who].into_iter().filter(|text| !text.is_empty()).collect();
        call.insert("description".to_owned(), json!(words.join("\n\n")));
        if !self.parameters.is_empty() {
            call.insert("parameters".to_owned(), Value::Array(self.parameters));
        }
        let mut errors: Vec<u16> = ALWAYS.into_iter().chain(self.errors).collect();
        if let Some(schema) = self.body {
            errors.extend([413, 415]);
            let content = json!({ "application/json": { "schema": schema } });
            call.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        errors.sort_unstable();
        errors.dedup();
        let mut responses = Map::new();
        responses.insert(self.status.to_string(), self.response);
        for status in errors {
            responses.insert(status.to_string(), response::reference(status));
        }
        call.insert("responses".to_owned(), Value::Object(responses));
        let security = match self.access {
            Access::Closed | Access::SignedIn => json!([{ "bearerAuth": [] }]),
            Access::Anyone => json!([{ "bearerAuth": [] }, {}]),
        };
        call.insert("security".to_owned(), security);
        Value::Object(call)
    }
}
