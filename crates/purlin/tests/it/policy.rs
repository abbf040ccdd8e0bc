//! `purlin policy`: explained rules, cases of a file, and rows that one tenant reaches of another.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::app::App;
use crate::program::{Ran, run};

const SCHEMA: &str = r#"
model User {
  id       Int     @id
  email    String  @unique @allow('read', auth() == this)
  password String? @password
  isActive Boolean @default(true)
  isStaff  Boolean @default(false)
  notes    Note[]

  @@allow('read', true)
  @@allow('update', auth() == this && !isStaff)
}

model Note {
  id      Int     @id
  text    String  @allow('update', auth() == owner)
  state   String  @default("draft")
  owner   User    @relation(fields: [ownerId], references: [id])
  ownerId Int     @default(auth().id)
  tags    Tag[]

  @@allow('read', state == 'open' || auth() == owner)
  @@allow('read', tags?[label == 'public'])
  @@allow('create,update', auth() == owner)
  @@deny('update', state == 'closed')
  @@allow('post-update', ownerId == before().ownerId)
}

model Tag {
  id    Int    @id
  label String
  notes Note[]
}
"#;
const SEED: &str = r#"{
  "User": [
    { "id": 1, "email": "a@b.example", "password": "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy" },
    { "id": 2, "email": "c@d.example" },
    { "id": 3, "email": "e@f.example", "isActive": false }
  ],
  "Tag": [{ "id": 1, "label": "public" }, { "id": 2, "label": "other" }],
  "Note": [
    { "id": 1, "text": "one", "ownerId": 1, "tags": { "connect": [{ "id": 2 }] } },
    { "id": 2, "text": "two", "ownerId": 2, "state": "open" },
    { "id": 3, "text": "three", "ownerId": 1, "state": "closed", "tags": { "connect": [{ "id": 1 }] } }
  ]
}"#;

fn app() -> App {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", SEED);
    let ran = run(&app.path, &["db", "seed"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    app
}

#[track_caller]
fn explain(app: &App, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["policy", "explain"].iter().chain(arguments).copied().collect();
    run(&app.path, &all)
}

#[track_caller]
fn check(app: &App, arguments: &[&str], expected: &[&str]) {
    let ran = explain(app, arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    for text in expected {
        assert!(ran.stdout.contains(text), "{arguments:?}: {text} is not in\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("$2b$"), "{}", ran.stdout);
}

#[test]
fn a_rule_is_explained_by_what_decided() {
    let app = app();
    check(
        &app,
        &["read", "Note", "1", "--as", "user:2"],
        &[
            "refused: read Note 1 as user:2\n\nread: no rule allows it",
            "   schema.zmodel:22 @@allow('read', state == 'open' || auth() == owner): false",
            "state == 'open' is false (state is \"draft\")",
            "auth().id == ownerId is false (auth().id is 2, ownerId is 1)",
            "tags?[label == 'public'] is false (tags is 1 row)\n         label == 'public' is false (label is \"other\")",
        ],
    );
    // Over a join table.
    check(
        &app,
        &["read", "Note", "3"],
        &["allowed: read Note 3 as anonymous", "=> schema.zmodel:23 @@allow"],
    );
    check(
        &app,
        &["update", "Note", "3", "--as", "user:1", "--data", r#"{"text": "x"}"#],
        &[
            "refused:",
            "update: refused by schema.zmodel:25",
            "state == 'closed' is true (state is \"closed\")",
            "field text may be set",
        ],
    );
    check(
        &app,
        &["update", "notes", "1", "--as", "user:1", "--data", r#"{"ownerId": 2}"#],
        &[
            "refused:",
            "post-update, on the row as it would be: no rule allows it",
            "(ownerId is 2, before().ownerId is 1)",
        ],
    );
    check(
        &app,
        &["create", "Note", "--as", "user:2", "--data", r#"{"id": 9, "text": "x"}"#],
        &["allowed: create Note as user:2"],
    );
    check(
        &app,
        &["create", "Note", "--data", r#"{"id": 9, "text": "x"}"#],
        &["refused: create Note as anonymous", "auth().id is null"],
    );
    check(&app, &["delete", "Note", "1", "--as", "user:1"], &["delete: no rule is about it, so nobody may"]);
    check(&app, &["delete", "Note", "1", "--as", "admin"], &["allowed:", "whoever asks passes every rule"]);
    check(&app, &["read", "Tag", "1", "--as", "user:1"], &["the model has no rules, so nobody may"]);
    check(
        &app,
        &["read", "User", "1", "--as", "user:2"],
        &["allowed:", "field email is null: no rule allows it"],
    );
}

#[test]
fn explaining_writes_nothing() {
    let app = app();
    let file = || fs::read(app.path.join(".purlin/db.db")).unwrap();
    let before = file();
    check(&app, &["update", "Note", "1", "--as", "user:1", "--data", r#"{"text": "changed"}"#], &["allowed"]);
    check(&app, &["delete", "Note", "1", "--as", "admin"], &["allowed"]);
    assert!(before == file(), "the database is another");
}

#[test]
fn explained_as_json() {
    let app = app();
    let ran = explain(&app, &["read", "Note", "1", "--as", "user:2", "--json"]);
    let answer: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["isAllowed"], false);
    let rule = &answer["rules"][0]["rules"][0];
    assert_eq!(rule["place"], "schema.zmodel:22");
    assert_eq!(rule["reasons"][0]["values"][0][1], "\"draft\"");
}

#[test]
fn wrong_questions_are_refused() {
    let app = app();
    for (arguments, code, expected) in [
        (&["read", "Notes", "1"][..], 2, "there is no model Notes, did you mean Note?"),
        (&["reed", "Note", "1"], 2, "\"reed\" is no operation"),
        (&["read", "Note"], 2, "say which Note to read"),
        (&["read", "Note", "x"], 2, "id of Note"),
        (&["create", "Note", "1"], 2, "a create is about no row"),
        (&["read", "Note", "1", "--as", "2"], 2, "\"2\" is nobody"),
        (&["read", "Note", "77"], 1, "there is no Note with this key"),
        (&["read", "Note", "1", "--as", "user:77"], 1, "there is no active user with the id 77"),
        (&["read", "Note", "1", "--as", "user:3"], 1, "there is no active user with the id 3"),
        (&["read", "Note", "1", "--data", "{}"], 1, "read takes no data"),
        (&["update", "Note", "1", "--data", "{"], 2, "--data is not JSON"),
        (&["update", "Note", "1", "--data", r#"{"txt": 1}"#], 1, "txt"),
    ] {
        let ran = explain(&app, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(expected), "{arguments:?}: {expected} is not in {}", ran.stderr);
    }
}

#[track_caller]
fn test(app: &App, cases: &str) -> Ran {
    app.write("policies.test.json", cases);
    run(&app.path, &["policy", "test"])
}

#[test]
fn cases_that_hold_and_cases_that_do_not() {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", SEED);
    let held = test(
        &app,
        r#"{ "rows": "seed.json", "cases": [
            { "as": ["anonymous", "user:2"], "model": "Note", "row": 1, "deny": ["read", "update"] },
            { "as": "user:1", "model": "Note", "row": [1, 3], "allow": ["read"], "deny": ["delete"] },
            { "as": "user:1", "model": "Note", "allow": [{ "create": { "id": 9, "text": "x" } }],
              "deny": [{ "create": { "id": 9, "text": "x", "ownerId": 2 } }] },
            { "as": "user:2", "model": "User", "row": 1, "shows": ["isStaff"], "hides": ["email", "password"] }
        ] }"#,
    );
    assert_eq!(
        (held.code, held.stdout.trim()),
        (0, "policies.test.json: 13 expectations, 0 failed"),
        "{held:?}"
    );
    assert!(!app.path.join(".purlin/db.db").exists(), "the app's database is not made");

    let failed = test(
        &app,
        r#"{ "rows": "seed.json", "cases": [
            { "name": "drafts are shared", "as": "user:2", "model": "Note", "row": 1, "allow": ["read"] },
            { "as": "anonymous", "model": "User", "row": 1, "shows": ["email"], "deny": ["read"] }
        ] }"#,
    );
    assert_eq!(failed.code, 1, "{failed:?}");
    for expected in [
        "drafts are shared: should be allowed, and is refused\nrefused: read Note 1 as user:2",
        "case 2: should be refused, and is allowed",
        "case 2: email should be shown, and is hidden",
        "policies.test.json: 3 expectations, 3 failed",
    ] {
        assert!(failed.stdout.contains(expected), "{expected} is not in\n{}", failed.stdout);
    }
}

#[test]
fn cases_that_cannot_be_asked_are_named() {
    let app = App::with_schema(SCHEMA);
    let ran = test(
        &app,
        r#"{ "rows": { "User": [{ "id": 1, "email": "a@b.example" }] }, "cases": [
            { "as": "user:1", "model": "Nope", "row": 1, "allow": ["read"] },
            { "as": "me", "model": "User", "row": 1, "allow": ["read"] },
            { "as": "user:1", "model": "User", "allow": ["read"] },
            { "as": "user:1", "model": "User", "row": 9, "allow": ["read"] },
            { "as": "user:1", "model": "User", "row": 1, "shows": ["nope"] },
            { "as": "user:1", "model": "User", "row": 1, "allow": ["read"] }
        ] }"#,
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    for expected in [
        "case 1: there is no model Nope",
        "case 2: \"me\" is nobody",
        "case 3: `row` says which row to read",
        "case 4: read User 9 as user:1: there is no User with this key",
        "case 5: User has no column nope",
        "1 expectation, 0 failed",
    ] {
        assert!(ran.stdout.contains(expected), "{expected} is not in\n{}", ran.stdout);
    }
    for (text, expected) in [
        ("{", "policies.test.json is wrong"),
        ("{\"case\": []}", "unknown field `case`"),
        ("{\"rows\": \"nowhere.json\"}", "cannot read"),
        ("{\"rows\": {\"Usr\": []}}", "Usr"),
    ] {
        let ran = test(&app, text);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(expected), "{expected}: {ran:?}");
    }
}

/// The schema has one hole: whoever is signed in deletes tasks that are done. Nothing else is found.
#[test]
fn holes_between_tenants_are_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tenants");
    let text = fs::read_to_string(folder.join("schema.zmodel")).unwrap();
    let search = |schema: &str, arguments: &[&str]| {
        let app = App::with_schema(schema);
        let all: Vec<&str> =
            ["policy", "test", "--json", "--tenant"].iter().chain(arguments).copied().collect();
        let ran = run(&app.path, &all);
        let answer: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
        let reaches = answer["tenants"][0]["reaches"].as_array().unwrap_or_else(|| panic!("{ran:?}")).clone();
        let told: Vec<String> = reaches
            .iter()
            .map(|reach| {
                format!("{} {} {}", reach["operation"], reach["model"], reach["rule"]["text"])
                    .replace('"', "")
            })
            .collect();
        assert_eq!(ran.code, i32::from(!told.is_empty()), "{ran:?}");
        told
    };
    let hole = "delete Task @@allow('delete', isDone && auth() != null)";
    assert_eq!(search(&text, &["organizationId"]), [hole]);
    assert_eq!(search(&text, &["Organization"]), [hole]);
    assert_eq!(search(&text, &[]), [hole]);
    assert_eq!(search(&text, &["organizationId", "--except", "delete Task"]), [""; 0]);
    let closed = text.replace("isDone && auth() != null", "isDone && check(project, 'read')");
    assert_eq!(search(&closed, &["organizationId"]), [""; 0]);
    // A state that rows are rarely in, a role, and a rule of a related model.
    for (before, after, found) in [
        (
            "@@allow('all', organization.members?[user == auth()])\n}\n\nmodel Task",
            "@@allow('all', organization.members?[user == auth()])\n  @@allow('read', isPublic && name == 'shown')\n}\n\nmodel Task",
            &[
                "read Project @@allow('read', isPublic && name == 'shown')",
                "read Task @@allow('read,update', check(project, 'read'))",
            ][..],
        ),
        (
            "members?[user == auth() && role == OWNER]",
            "auth().memberships?[role == OWNER]",
            &["update Organization @@allow('update,delete', auth().memberships?[role == OWNER])"],
        ),
        (
            "@@allow('read,update', auth() == this)",
            "@@allow('read', true)",
            &["read User @@allow('read', true)"],
        ),
    ] {
        let holed = closed.replace(before, after);
        assert_ne!(holed, closed, "{before} is not in the schema");
        let told = search(&holed, &["organizationId"]);
        for expected in found {
            assert!(told.iter().any(|text| text == expected), "{expected} is not in {told:?}");
        }
    }
}

#[test]
fn tenants_that_are_none_are_refused() {
    let app = App::with_schema(SCHEMA);
    for (tenant, expected) in [
        ("Usr", "Usr is neither a model nor a key of a relation, did you mean User?"),
        ("Tag", "no relation leads from User to Tag"),
    ] {
        let ran = run(&app.path, &["policy", "test", "--tenant", tenant]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(expected), "{expected}: {ran:?}");
    }
    assert_eq!(run(&app.path, &["policy", "test", "--tenant"]).code, 2);
    assert_eq!(run(&app.path, &["policy", "test"]).code, 1);
}

#[test]
fn cases_of_the_examples_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let with_cases: Vec<_> = folders.filter(|path| path.join("policies.test.json").is_file()).collect();
    assert!(!with_cases.is_empty());
    for path in with_cases {
        let app = App::copy_of(&path);
        let ran = run(&app.path, &["policy", "test"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}
