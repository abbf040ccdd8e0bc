//! Calls that are not about data: is the process alive, and can it serve.

use serde_json::{Map, Value, json};

use super::response;
use crate::openapi::context::Context;
use crate::openapi::names::{HEALTH, Taken};
use crate::openapi::value::reference;

pub(in crate::openapi) const TAG: &str = "System";

pub(super) fn paths(ids: &mut Taken, context: Context<'_>) -> Map<String, Value> {
    let health = reference(context.names.shared(HEALTH));
    let alive = json!({ "get": {
        "operationId": ids.give("getHealth"),
        "tags": [context.tag(TAG)],
        "summary": "Is the process alive?",
        "responses": { "200": response::success("Alive.", Some(&health)) },
        "security": [],
    } });
    let ready = json!({ "get": {
        "operationId": ids.give("getReadiness"),
        "tags": [context.tag(TAG)],
        "summary": "Can it serve: is the database reachable, are the migrations applied?",
        "responses": {
            "200": response::success("Ready.", Some(&health)),
            "503": response::reference(503),
        },
        "security": [],
    } });
    let mut paths = Map::new();
    paths.insert("/healthz".to_owned(), alive);
    paths.insert("/readyz".to_owned(), ready);
    paths
}
