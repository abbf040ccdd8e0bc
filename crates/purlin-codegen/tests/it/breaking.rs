//! Two schemas, or two documents, and what breaks clients between them, as files. `UPDATE_EXPECT=1` refreshes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use purlin_codegen::breaking::{Change, Report, Severity, Unusable, compare};
use purlin_codegen::{OpenApiOptions, openapi};
use serde_json::{Value, json};

use crate::sample::{self, schema_of};

#[test]
fn changes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/breaking");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut failures = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        let input = text.split("--- expect\n").next().unwrap();
        let report =
            compare(&document(section(input, "before")), &document(section(input, "after"))).unwrap();
        let actual = format!("{}\n\n--- expect\n{}", input.trim_end(), shown(&report));
        if actual == text {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(path, actual).unwrap();
        } else {
            failures.push(format!("== {}\n-- expected\n{text}\n-- got\n{actual}", path.display()));
        }
    }
    assert!(paths.len() > 10, "cases are missing");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn section<'a>(input: &'a str, name: &str) -> &'a str {
    let mark = format!("--- {name}\n");
    let at = input.find(&mark).unwrap_or_else(|| panic!("there is no {mark} in {input}"));
    let rest = &input[at + mark.len()..];
    &rest[..rest.find("--- ").unwrap_or(rest.len())]
}

/// A schema, or the paths and components of a document.
fn document(text: &str) -> Value {
    if !text.trim_start().starts_with('{') {
        return openapi(&schema_of(text), &OpenApiOptions::default());
    }
    let mut whole: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    whole["openapi"] = json!("3.1.0");
    whole
}

/// The report, with what is compatible.
fn shown(report: &Report) -> String {
    let mut text = report.to_string();
    for Change { text: change, .. } in report.of(Severity::Compatible) {
        writeln!(text, "compatible: {change}").unwrap();
    }
    text
}

#[test]
fn the_same_is_no_change() {
    let document = openapi(&sample::schema(), &OpenApiOptions::default());
    assert_eq!(compare(&document, &document).unwrap(), Report::default());
    let text = document.to_string();
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(compare(&read, &document).unwrap(), Report::default());
}

#[test]
fn other_files_are_refused() {
    let document = openapi(&sample::schema(), &OpenApiOptions::default());
    for (other, expected) in [
        (json!([]), Unusable::NotOpenApi),
        (json!({ "swagger": "2.0", "paths": {} }), Unusable::NotOpenApi),
        (json!({ "openapi": 3.1, "paths": {} }), Unusable::NotOpenApi),
        (json!({ "openapi": "3.0.3", "paths": {} }), Unusable::Older("3.0.3".to_owned())),
        (json!({ "openapi": "3.2.0", "paths": {} }), Unusable::Newer("3.2.0".to_owned())),
        (json!({ "openapi": "4.0.0" }), Unusable::Newer("4.0.0".to_owned())),
        (json!({ "openapi": "3.1.0", "paths": [] }), Unusable::NoPaths),
    ] {
        assert_eq!(compare(&other, &document), Err(expected.clone()), "{other}");
        assert_eq!(compare(&document, &other), Err(expected), "{other}");
    }
}

/// Whatever stands in a file, it ends: circles, nonsense where objects are expected.
#[test]
fn odd_documents_end() {
    let call = |schema: Value| {
        json!({
            "openapi": "3.1.0",
            "paths": { "/a": { "parameters": 1, "post": {
                "parameters": [1, {}, { "$ref": "#/nowhere" }],
                "requestBody": { "content": { "application/json": { "schema": schema } } },
                "responses": { "200": { "$ref": "#/components/schemas/A" }, "201": 7 }, "security": {},
            } }, "/b": null, "/c": { "get": [] } },
            "components": { "schemas": {
                "A": { "$ref": "#/components/schemas/B" }, "B": { "$ref": "#/components/schemas/A" },
                "C": { "anyOf": [{ "$ref": "#/components/schemas/C" }, { "type": "null" }] },
                "D": { "type": "object", "properties": { "d": { "$ref": "#/components/schemas/D" } } },
                "E": { "type": "array", "items": { "$ref": "#/components/schemas/E" } },
            } },
        })
    };
    let schemas = [
        json!({ "$ref": "#/components/schemas/A" }),
        json!({ "$ref": "#/components/schemas/C" }),
        json!({ "$ref": "#/components/schemas/D" }),
        json!({ "$ref": "#/components/schemas/E" }),
        json!({ "type": "object", "properties": { "d": { "$ref": "#/components/schemas/D" } } }),
        json!({ "type": 5, "enum": {}, "required": "x", "properties": [] }),
        json!({ "type": "object", "properties": { "a": 3 }, "required": [1], "allOf": 9, "not": [] }),
        json!({ "type": "integer", "minimum": "x", "maximum": {} }),
        json!(null),
        json!(false),
    ];
    for before in &schemas {
        for after in &schemas {
            compare(&call(before.clone()), &call(after.clone())).unwrap();
        }
    }
}
