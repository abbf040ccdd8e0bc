//! One construct of the language at a time: what the document says where it is used.

use purlin_codegen::{DefaultAccess, OpenApiOptions, openapi};
use serde_json::{Value, json};

use crate::sample::schema_of;

/// `text` stands after a small model `M`; `pointer` is below `components.schemas` unless it begins
/// with a slash.
#[track_caller]
fn check(text: &str, pointer: &str, expected: &Value) {
    check_with(&OpenApiOptions::default(), text, pointer, expected);
}

#[track_caller]
fn check_with(options: &OpenApiOptions, text: &str, pointer: &str, expected: &Value) {
    let document = openapi(&schema_of(text), options);
    let full =
        if pointer.starts_with('/') { pointer.to_owned() } else { format!("/components/schemas/{pointer}") };
    let found = document.pointer(&full);
    // Numbers keep their text, so equality is that of the text.
    assert_eq!(found.map(Value::to_string), Some(expected.to_string()), "{full} of {text}");
}

#[track_caller]
fn check_field(declaration: &str, expected: &Value) {
    check(&format!("model M {{\n id Int @id\n f {declaration}\n}}"), "MCreate/properties/f", expected);
}

#[test]
fn validations_become_keywords() {
    let rows = [
        ("String @length(2, 5)", json!({ "type": "string", "minLength": 2, "maxLength": 5 })),
        (
            "String @lower @email",
            json!({
                "type": "string", "format": "email",
                "pattern": "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
            }),
        ),
        (
            "String @url",
            json!({ "type": "string", "format": "uri", "pattern": "^https?://([^/?#\\s]*@)?[^/?#\\s@:.]" }),
        ),
        ("String @trim @length(1)", json!({ "type": "string", "minLength": 1, "pattern": "[^\\s\\u0085]" })),
        (
            "String @trim @length(3, 9)",
            json!({
                "type": "string", "minLength": 3, "maxLength": 9,
                "pattern": "[^\\s\\u0085][\\s\\S]{1,}[^\\s\\u0085]",
            }),
        ),
        ("String @phone", json!({ "type": "string", "pattern": "^\\+[1-9][0-9]{1,14}$" })),
        ("String @date", json!({ "type": "string", "format": "date" })),
        ("String @datetime", json!({ "type": "string", "format": "date-time" })),
        ("String @startsWith(\"a.b\")", json!({ "type": "string", "pattern": "^a\\.b" })),
        ("String @contains(\"$\")", json!({ "type": "string", "pattern": "\\$" })),
        (
            "String @startsWith(\"a\") @endsWith(\"z\")",
            json!({ "type": "string", "allOf": [{ "pattern": "^a" }, { "pattern": "z$" }] }),
        ),
        (
            "Float @gt(0) @lte(1.50)",
            json!({
                "type": "number", "format": "double", "exclusiveMinimum": 0,
                "maximum": serde_json::from_str::<Value>("1.50").unwrap(),
            }),
        ),
        (
            "String[] @length(1, 3)",
            json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 3 }),
        ),
        ("String @db.VarChar(20)", json!({ "type": "string", "maxLength": 20 })),
        ("String? @length(1)", json!({ "type": ["string", "null"], "minLength": 1 })),
    ];
    for (declaration, expected) in rows {
        check_field(declaration, &expected);
    }
}

#[test]
fn what_no_keyword_can_say_is_said_in_words() {
    check_field(
        "String @regex(\"(?i)^a\")",
        &json!({ "type": "string", "description": "Matches `(?i)^a`." }),
    );
    check_field(
        "String @lower @regex(\"^[a-z]+$\")",
        &json!({ "type": "string", "description": "Matches `^[a-z]+$`." }),
    );
    check_field(
        "Int @default(3)",
        &json!({
            "type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX,
            "description": "Default: `3`.",
        }),
    );
}

const CHILD: &str = "model P { id Int @id\n kids C[] }\nmodel C { id Int @id\n p P";

#[test]
fn a_relation_is_written_by_key_or_by_connect() {
    let required = format!("{CHILD} @relation(fields: [pId], references: [id])\n pId Int }}");
    check(&required, "CCreate/required", &json!(["id"]));
    check(
        &required,
        "CCreate/allOf",
        &json!([{ "oneOf": [{ "required": ["pId"] }, { "required": ["p"] }] }]),
    );
    check(&required, "CUpdate/allOf", &json!([{ "not": { "required": ["pId", "p"] } }]));
    check(&required, "PKidsCreate/required", &json!(["id"]));
    check(&required, "CReplace/properties/id/description", &json!("Stays where it is not given."));
    let optional = format!("{CHILD}? @relation(fields: [pId], references: [id])\n pId Int? }}");
    check(&optional, "CCreate/allOf", &json!([{ "not": { "required": ["pId", "p"] } }]));
    check(&optional, "CUpdate/properties/p/properties/disconnect", &json!({ "const": true }));
}

#[test]
fn a_text_key_is_not_empty() {
    let text = "model M {\n id String @id @default(uuid()) @trim\n name String\n}";
    for body in ["MCreate", "MUpdate", "MReplace"] {
        check(text, &format!("{body}/properties/id/minLength"), &json!(1));
        check(text, &format!("{body}/properties/name"), &json!({ "type": "string" }));
    }
    let parts = "model M { a String @length(2)\n b Int\n c String\n @@id([a, b]) }";
    check(parts, "MCreate/properties/a/minLength", &json!(2));
    check(parts, "MCreate/properties/c", &json!({ "type": "string" }));
}

/// Through a to-one relation a row is sorted by its columns, not by how many rows it has.
#[test]
fn related_rows_are_counted_at_the_first_step_only() {
    let text = format!("{CHILD} @relation(fields: [pId], references: [id])\n pId Int }}");
    let direction = json!({ "$ref": "#/components/schemas/SortDirection" });
    check(&text, "POrderBy/properties/kids/properties", &json!({ "_count": direction }));
    check(&text, "COrderBy/properties/p", &json!({ "$ref": "#/components/schemas/PRelatedOrderBy" }));
    check(
        &text,
        "PRelatedOrderBy",
        &json!({
            "type": "object", "properties": { "id": direction }, "additionalProperties": false,
            "minProperties": 1, "maxProperties": 1,
        }),
    );
}

#[test]
fn a_composite_key_is_one_segment() {
    let text = "model M { a Int\n b String\n @@id([a, b]) }";
    check(text, "/paths/~1api~1ms~1{id}/parameters/0/schema/minItems", &json!(2));
    check(text, "/paths/~1api~1ms~1{id}/parameters/0/style", &json!("simple"));
    check(text, "MKey/properties/a_b/required", &json!(["a", "b"]));
}

#[test]
fn the_rules_decide_who_needs_a_token() {
    let either = json!([{ "bearerAuth": [] }, {}]);
    let token = json!([{ "bearerAuth": [] }]);
    let user = "model User { id Int @id\n ms M[]\n @@allow('read', true) }\nmodel M { id Int @id\n open Boolean\n \
        user User @relation(fields: [userId], references: [id])\n userId Int\n";
    for (rules, expected) in [
        ("@@allow('read', true)", &either),
        ("@@allow('read', open)", &either),
        ("@@allow('read', auth() != null)", &token),
        ("@@allow('read', auth() == user)", &token),
        ("@@allow('read', auth() == null)", &either),
        ("@@allow('read', open && auth().id == userId)", &token),
        ("@@allow('read', open || auth().id == userId)", &either),
        ("@@allow('read', true)\n@@deny('all', auth() == null)", &token),
        ("@@allow('create', true)", &token),
    ] {
        check(&format!("{user}{rules} }}"), "/paths/~1api~1ms/get/security", expected);
    }
}

#[test]
fn models_without_rules_follow_the_setting() {
    let text = "model M { id Int @id }";
    for (default_access, expected) in [
        (DefaultAccess::Deny, json!([{ "bearerAuth": [] }])),
        (DefaultAccess::Authenticated, json!([{ "bearerAuth": [] }])),
        (DefaultAccess::Public, json!([{ "bearerAuth": [] }, {}])),
    ] {
        let options = OpenApiOptions { default_access, ..OpenApiOptions::default() };
        check_with(&options, text, "/paths/~1api~1ms/get/security", &expected);
    }
}

#[test]
fn the_base_path_is_as_written_or_none() {
    for (base_path, path) in [("/api/v1/", "~1api~1v1~1ms"), ("", "~1ms"), ("v2", "~1v2~1ms")] {
        let options = OpenApiOptions { base_path: base_path.to_owned(), ..OpenApiOptions::default() };
        let pointer = format!("/paths/{path}/get/operationId");
        check_with(&options, "model M { id Int @id }", &pointer, &json!("listMs"));
    }
}

#[test]
fn names_of_the_schema_come_first() {
    let text = "model Post { id Int @id }\nmodel PostCreate { id Int @id }\nenum Error { A }\n\
        model E { id Int @id\n e Error }";
    check(text, "PostCreate/required", &json!(["id"]));
    check(text, "PostCreate2/required", &json!(["id"]));
    check(text, "Error/enum", &json!(["A"]));
    check(text, "Error2/required", &json!(["error"]));
    check(
        text,
        "/paths/~1api~1posts/post/requestBody/content/application~1json/schema/anyOf/0",
        &json!({ "$ref": "#/components/schemas/PostCreate2" }),
    );
}

#[test]
fn what_may_be_hidden_may_be_null() {
    let text =
        "model M { id Int @id\n a String @allow('read', id == 1)\n b String\n @@allow('all', id > 0) }";
    check(text, "M/properties/a/type", &json!(["string", "null"]));
    check(text, "M/properties/b/type", &json!("string"));
    let answer = "/responses/200/content/application~1json/schema/properties/data/anyOf";
    check(text, &format!("/paths/~1api~1ms~1{{id}}/patch{answer}/2"), &json!({ "type": "null" }));
}

#[test]
fn rows_without_an_address_are_written_by_filters() {
    let text = "model M { a String @omit\n b Int @unique\n n N[]\n @@id([a]) }\n\
        model N { id Int @id\n m M? @relation(fields: [mB], references: [b])\n mB Int? }";
    let document = openapi(&schema_of(text), &OpenApiOptions::default());
    assert!(document.pointer("/paths/~1api~1ms~1{id}").is_none());
    let body = "requestBody/content/application~1json/schema";
    let many = json!({ "$ref": "#/components/schemas/MUpdateMany" });
    check(text, &format!("/paths/~1api~1ms/patch/{body}"), &many);
    assert!(document.pointer("/paths/~1api~1ms/delete").is_some());
    // Nothing is written around many rows, but they may be linked.
    assert!(document.pointer("/components/schemas/MUpdateMany/properties/n").is_none());
    check(text, "NUpdateMany/properties/m/properties/disconnect", &json!({ "const": true }));
    assert!(document.pointer("/components/schemas/NUpdateMany/properties/m/properties/create").is_none());
}

#[test]
fn upserts_name_a_key() {
    let text = "model M { id Int @id\n a String\n b String @omit\n c Int @unique\n @@unique([a, c])\n @@unique([a, b]) }";
    let parameter = "/paths/~1api~1ms/post/parameters/1";
    check(text, &format!("{parameter}/name"), &json!("upsert"));
    check(text, &format!("{parameter}/schema/enum"), &json!(["id", "c", "a,c"]));
}

/// A model of that name keeps its tag and its components.
#[test]
fn names_of_batches_yield() {
    let text = "model Batch { id Int @id }\nmodel System { id Int @id }";
    let document = openapi(&schema_of(text), &OpenApiOptions::default());
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(tags, ["Batch", "System", "Batch2", "System2"]);
    check(text, "/paths/~1api~1batch/post/tags", &json!(["Batch2"]));
    check(text, "/paths/~1healthz/get/tags", &json!(["System2"]));
    check(text, "BatchCreate/properties/id/format", &json!("int32"));
    check(text, "BatchCreate2/properties/op/const", &json!("create"));
    check(text, "BatchOperation/discriminator/mapping/create", &json!("#/components/schemas/BatchCreate2"));
}

#[test]
fn what_is_searched_sorts_by_relevance() {
    let text =
        "model M { id Int @id\n a String\n b String\n @@fulltext([b]) }\nmodel N { id Int @id\n a String }";
    let fields = "MOrderBy/properties/_relevance/properties/fields/anyOf/0/enum";
    check(text, fields, &json!(["b"]));
    let document = openapi(&schema_of(text), &OpenApiOptions::default());
    assert!(document.pointer("/components/schemas/NOrderBy/properties/_relevance").is_none());
}

#[test]
fn views_are_only_read() {
    let text = "view V { id Int @unique\n name String }";
    let document = openapi(&schema_of(text), &OpenApiOptions::default());
    assert!(document.pointer("/paths/~1api~1vs/get").is_some());
    assert!(document.pointer("/paths/~1api~1vs/post").is_none());
    assert!(document.pointer("/components/schemas/VCreate").is_none());
}
