//! The whole document of the sample as two compact snapshots, and the rules that hold for any schema.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use purlin_codegen::{OpenApiOptions, openapi};
use serde_json::Value;

use crate::sample;

fn document() -> Value {
    openapi(&sample::schema(), &OpenApiOptions { title: "Sample".to_owned(), ..OpenApiOptions::default() })
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Each call with what goes in and what comes out, one thing per line.
#[test]
fn calls() {
    let document = document();
    let mut text = String::new();
    for (path, item) in members(&document["paths"]) {
        for (method, call) in members(item).filter(|(_, call)| call["operationId"].is_string()) {
            let id = &call["operationId"];
            writeln!(text, "{} {path} {id} {}", method.to_uppercase(), call["security"]).unwrap();
            let parameters = [&item["parameters"], &call["parameters"]];
            for parameter in parameters.into_iter().filter_map(Value::as_array).flatten() {
                let shared =
                    parameter["$ref"].as_str().map(|name| name.replace("#/components/parameters/", "&"));
                writeln!(text, "  ? {}", shared.unwrap_or_else(|| brief(parameter))).unwrap();
            }
            if let Some(schema) = call.pointer("/requestBody/content/application~1json/schema") {
                writeln!(text, "  > {}", brief(schema)).unwrap();
            }
            for (status, response) in members(&call["responses"]) {
                let schema = response.pointer("/content/application~1json/schema").unwrap_or(response);
                let shared = schema["$ref"].as_str().map(|name| name.replace("#/components/responses/", "&"));
                writeln!(text, "  {status} {}", shared.unwrap_or_else(|| brief(schema))).unwrap();
            }
        }
    }
    insta::assert_snapshot!(text);
}

/// Each component on a line of its own.
#[test]
fn components() {
    let mut text = String::new();
    for (kind, entries) in members(&document()["components"]) {
        for (name, component) in members(entries) {
            writeln!(text, "{kind}/{name} {}", brief(component)).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

fn brief(value: &Value) -> String {
    value.to_string().replace("#/components/", "#")
}

/// Every reference leads somewhere; every operation has a name of its own.
#[test]
fn references_and_names_are_sound() {
    let document = document();
    let mut ids = BTreeSet::new();
    visit(&document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        if let Some(id) = value["operationId"].as_str() {
            assert!(ids.insert(id.to_owned()), "{id} is given twice");
        }
    });
    assert!(ids.contains("listUserPosts"));
}

fn visit(value: &Value, seen: &mut impl FnMut(&Value)) {
    seen(value);
    match value {
        Value::Object(members) => members.values().for_each(|member| visit(member, seen)),
        Value::Array(items) => items.iter().for_each(|item| visit(item, seen)),
        _ => {}
    }
}

#[test]
fn hidden_fields_are_only_ever_written() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for (name, schema) in members(schemas) {
        let bodies = ["UserCreate", "UserUpdate", "UserUpdateMany", "UserReplace", "PostAuthorCreate"];
        let is_body = bodies.contains(&name.as_str()) || name == "PostAuthorUpdate";
        assert_eq!(schema.to_string().contains("password"), is_body, "{name}");
        assert!(!schema.to_string().contains("legacy"), "{name} shows an ignored field");
    }
    let parameters = document["components"]["parameters"].to_string();
    assert!(!parameters.contains("password") && !parameters.contains("legacy"));
    assert!(!document["paths"].to_string().contains("password"));
}

#[test]
fn it_is_always_the_same() {
    assert_eq!(document().to_string(), document().to_string());
}
