//! The client of the sample as a snapshot, without the part that is the same for every app; and names that would be
//! in the way of that part. That types and programs are right is tested with TypeScript itself, in the crate `purlin`.

use purlin_codegen::{Call, ClientOptions, OpenApiOptions, RUNTIME, client};
use serde_json::json;

use crate::sample::{self, schema_of};

fn options() -> ClientOptions {
    ClientOptions { made_by: "purlin 0.0.0".to_owned() }
}

fn sign_in() -> Vec<Call> {
    let text = || json!({ "type": "string" });
    let call = |id: &str, method: &str, path: &str, body, answer| Call {
        id: id.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        summary: format!("The call {id}"),
        needs_token: id == "getMe",
        parameters: Vec::new(),
        body,
        is_body_required: id == "login",
        status: 200,
        answer,
        errors: Vec::new(),
    };
    let object = |members: serde_json::Value, required: &[&str]| json!({ "type": "object", "additionalProperties": false, "properties": members, "required": required });
    let tokens = json!({ "user": { "$user": true }, "accessToken": text(), "refreshToken": text() });
    let signed_in = object(json!({ "data": object(tokens, &["user", "accessToken"]) }), &["data"]);
    let login =
        object(json!({ "email": text(), "password": text(), "cookie": { "type": "boolean" } }), &["email"]);
    vec![
        call("login", "post", "/api/auth/login", Some(login), Some(signed_in.clone())),
        call(
            "refresh",
            "post",
            "/api/auth/refresh",
            Some(object(json!({ "refreshToken": text() }), &[])),
            Some(signed_in),
        ),
        call(
            "getMe",
            "get",
            "/api/auth/me",
            None,
            Some(object(json!({ "data": { "$user": true } }), &["data"])),
        ),
        call("endSession", "delete", "/api/auth/sessions/{id}", None, None),
    ]
}

fn made_for(text: &str) -> String {
    client(&schema_of(text), &OpenApiOptions::default(), &options())
}

/// From the mark on.
fn own_part(text: &str) -> &str {
    let mark = "// From here on made from the schema.\n";
    &text[text.find(mark).unwrap() + mark.len()..]
}

#[test]
fn types_of_the_sample() {
    let about =
        OpenApiOptions { title: "Sample".to_owned(), sign_in: sign_in(), ..OpenApiOptions::default() };
    let text = client(&sample::schema(), &about, &options());
    assert!(text.starts_with("// Made by purlin 0.0.0 from the schema "), "{}", &text[..200]);
    assert_eq!(text, client(&sample::schema(), &about, &options()), "it is not always the same");
    insta::assert_snapshot!(own_part(&text));
}

#[test]
fn every_part_of_the_runtime_is_there_once() {
    let text = made_for("model M { id Int @id }");
    for (name, part) in RUNTIME {
        let last = part.lines().rfind(|line| line.starts_with("export ")).unwrap();
        assert_eq!(text.matches(last).count(), 1, "{name}: {last}");
    }
    assert!(!text.lines().any(|line| line.starts_with("import ")), "a client has no dependency");
}

/// Names of the language and of the runtime yield neither to models nor to enums.
#[test]
fn names_in_the_way_are_changed() {
    let text = made_for(
        "model Date { id Int @id\n page Page?\n  at DateTime\n  @@allow('all', true) }\nenum Page { A B }\n\
         model Write { id Int @id\n @@allow('all', true) }\nmodel Auth { id Int @id\n @@allow('all', true)\n @@path(\"request\") }",
    );
    let own = own_part(&text);
    for expected in [
        "export interface DateType {",
        "export interface WriteType {",
        "export type PageType = \"A\" | \"B\";",
        "page: PageType | null;",
        "readonly request_: Reads<Models, \"Auth\">",
        "  Date: {\n    row: DateType;",
    ] {
        assert!(own.contains(expected), "{expected} is not in {own}");
    }
    for refused in ["interface Date {", "interface Write {", "type Page =", "interface Auth {"] {
        assert!(!own.contains(refused), "{refused} is in {own}");
    }
}

/// What the author of a schema writes stays a comment or a text.
#[test]
fn no_text_becomes_a_program() {
    let text = made_for(
        "/// ends */ alert(1) /*\nmodel M { id Int @id\n  /// also */ alert(2)\n  a String @default(\"*/ alert(3)\")\n\
         b E\n @@allow('all', true) }\nenum E {\n  A @map(\"\\\"; alert(4)\")\n}",
    );
    let own = own_part(&text);
    assert!(own.contains("alert(1)") && !own.contains("*/ alert"), "{own}");
}
