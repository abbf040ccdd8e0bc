//! Answers: the data in its envelope, the errors, and the headers.

use serde_json::{Map, Value, json};

use crate::openapi::context::Context;
use crate::openapi::names::ERROR;
use crate::openapi::value::reference as schema_reference;

struct Failure {
    status: u16,
    name: &'static str,
    description: &'static str,
    /// Header names with their components.
    headers: &'static [(&'static str, &'static str)],
}

const FAILURES: [Failure; 11] = [
    Failure {
        status: 400,
        name: "BadRequest",
        description: "The request breaks the schema's rules or names what does not exist; every problem is listed.",
        headers: &[],
    },
    Failure {
        status: 401,
        name: "Unauthenticated",
        description: "A token is needed, or the one given is not good.",
        headers: &[("www-authenticate", "WwwAuthenticate")],
    },
    Failure { status: 403, name: "Forbidden", description: "A rule of the schema refuses.", headers: &[] },
    Failure {
        status: 404,
        name: "NotFound",
        description: "Absent, or hidden from this actor.",
        headers: &[],
    },
    Failure {
        status: 409,
        name: "Conflict",
        description: "A unique value is taken, or another row refers to this one.",
        headers: &[],
    },
    Failure { status: 413, name: "TooLarge", description: "The body is too large.", headers: &[] },
    Failure {
        status: 415,
        name: "UnsupportedMediaType",
        description: "The body must be `application/json`.",
        headers: &[],
    },
    Failure {
        status: 422,
        name: "IdempotencyMismatch",
        description: "The `Idempotency-Key` came with another request before.",
        headers: &[],
    },
    Failure {
        status: 429,
        name: "RateLimited",
        description: "Too many requests.",
        headers: &[("retry-after", "RetryAfter")],
    },
    Failure {
        status: 500,
        name: "InternalError",
        description: "A fault of the server; its log holds the cause under the request id.",
        headers: &[],
    },
    Failure {
        status: 503,
        name: "Unavailable",
        description: "Not now; try again later.",
        headers: &[("retry-after", "RetryAfter")],
    },
];

/// An error by its status.
pub(super) fn reference(status: u16) -> Value {
    let name =
        FAILURES.iter().find(|failure| failure.status == status).map_or("InternalError", |found| found.name);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// `components.responses`.
pub(in crate::openapi) fn components(context: Context<'_>) -> Map<String, Value> {
    let error = schema_reference(context.names.shared(ERROR));
    FAILURES
        .iter()
        .map(|failure| {
            let response = success(failure.description, Some(&error));
            let more = failure.headers.iter();
            let response =
                more.fold(response, |response, (name, component)| with_header(response, name, component));
            (failure.name.to_owned(), response)
        })
        .collect()
}

/// `components.headers`.
pub(in crate::openapi) fn headers() -> Map<String, Value> {
    let header = |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let entries = [
        ("RequestId", header("Names this request in logs and errors.", json!({ "type": "string" }))),
        (
            "Location",
            header(
                "Where the new row is. Missing where several were made, or where it may not be read.",
                json!({ "type": "string", "format": "uri-reference" }),
            ),
        ),
        (
            "ETag",
            header(
                "Stands for the row as this caller sees it: `If-Match` and `If-None-Match` take it. Of a write it is \
                 missing where not the whole row is answered.",
                json!({ "type": "string" }),
            ),
        ),
        (
            "IdempotencyReplayed",
            header(
                "There where the answer is that of an earlier request with the same `Idempotency-Key`.",
                json!({ "type": "string", "const": "true" }),
            ),
        ),
        ("RetryAfter", header("Seconds to wait.", json!({ "type": "integer", "minimum": 0 }))),
        ("WwwAuthenticate", header("How to sign in (RFC 6750).", json!({ "type": "string" }))),
    ];
    entries.into_iter().map(|(name, header)| (name.to_owned(), header)).collect()
}

/// An answer with an optional JSON body.
pub(super) fn success(description: &str, body: Option<&Value>) -> Value {
    let mut response = Map::new();
    response.insert("description".to_owned(), json!(description));
    response.insert("headers".to_owned(), json!({ "x-request-id": header_reference("RequestId") }));
    if let Some(schema) = body {
        response.insert("content".to_owned(), json!({ "application/json": { "schema": schema } }));
    }
    Value::Object(response)
}

/// Of a write, which may have been done before.
pub(super) fn written(description: &str, body: Option<&Value>) -> Value {
    with_header(success(description, body), "idempotency-replayed", "IdempotencyReplayed")
}

/// An answer that holds one row, and its tag.
pub(super) fn tagged(response: Value) -> Value {
    with_header(response, "etag", "ETag")
}

pub(super) fn created(schema: &Value) -> Value {
    with_header(tagged(written("Made.", Some(schema))), "location", "Location")
}

fn with_header(mut response: Value, name: &str, component: &str) -> Value {
    if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
        headers.insert(name.to_owned(), header_reference(component));
    }
    response
}

/// `{"data": …}`.
pub(super) fn data(schema: &Value) -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["data"],
        "properties": { "data": schema },
    })
}

fn header_reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}
