//! `purlin check --against`: what of the API breaks clients of before.

use std::fs;
use std::path::Path;

use crate::program::run;

const BEFORE: &str = "model Note {\n  id Int @id @default(autoincrement())\n  text String\n  extra String?\n  \
    @@allow('all', true)\n}\n";

/// An app in `app`, with the document of `before` in `main.json`, and then another schema.
fn app(before: &str, after: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app/schema.zmodel");
    fs::create_dir(folder.path().join("app")).unwrap();
    fs::write(&file, before).unwrap();
    let ran = run(folder.path(), &["generate", "openapi", "--app", "app", "--output", "main.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    fs::write(&file, after).unwrap();
    folder
}

#[track_caller]
fn check(after: &str, code: i32, expected: &[&str]) {
    let folder = app(BEFORE, after);
    let ran = run(folder.path(), &["check", "--app", "app", "--against", "main.json"]);
    assert_eq!(ran.code, code, "{ran:?}");
    for text in expected {
        assert!(ran.stdout.contains(text), "{text} is not in {}", ran.stdout);
    }
}

#[test]
fn breaking_changes_are_a_problem() {
    check(BEFORE, 0, &["no problems", "API: no breaking changes, no warnings, no compatible changes"]);
    check(
        &BEFORE.replace("  extra String?\n", ""),
        1,
        &[
            "breaking: `extra` is no longer answered\n  schemas: Note, NotePartial, NoteAggregate\n  calls: GET /api/notes,",
            "breaking: the parameters `extra`, ",
        ],
    );
    check(&BEFORE.replace("extra String?", "extra String?\n  more Int?"), 0, &["API: no breaking changes"]);
    // The schema comes first.
    check(&BEFORE.replace("String?", "Strin?"), 1, &["1 error"]);
}

#[test]
fn json_names_each_change() {
    let folder = app(BEFORE, &BEFORE.replace("text String", "text String @length(1, 9)\n  more Int?"));
    let ran = run(folder.path(), &["check", "--app", "app", "--against", "main.json", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let first = &answer["api"]["breaking"][0];
    assert_eq!(first["change"], "`text`: minLength was none and is 1");
    assert_eq!(first["schemas"][0], "NoteCreate");
    assert_eq!(first["calls"][0], "POST /api/notes");
    assert!(answer["api"]["compatible"].as_array().unwrap().len() > 2, "{answer}");
    assert_eq!(answer["errors"], 0);
}

#[test]
fn other_files_are_wrong_use() {
    let folder = app(BEFORE, BEFORE);
    let file = folder.path().join("other.json");
    for (text, expected) in [
        ("model Note {}", "other.json is not JSON"),
        ("{\"a\": 1}", "it is not an OpenAPI document"),
        ("{\"openapi\": \"3.2.0\", \"paths\": {}}", "newer than the 3.1"),
        ("{\"openapi\": \"3.0.1\", \"paths\": {}}", "older than 3.1"),
    ] {
        fs::write(&file, text).unwrap();
        refused(folder.path(), "other.json", expected);
    }
    refused(folder.path(), "nowhere.json", "cannot read nowhere.json");
    refused(folder.path(), "app", "cannot read app");
}

#[track_caller]
fn refused(folder: &Path, file: &str, expected: &str) {
    let ran = run(folder, &["check", "--app", "app", "--against", file]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains(expected) && ran.stderr.contains("purlin generate openapi"), "{ran:?}");
}
