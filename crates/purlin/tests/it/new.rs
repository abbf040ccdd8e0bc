//! `purlin new` writes a folder that is whole, and never over what is there.

use std::fs;

use crate::program::run;

const FILES: &[&str] =
    &["schema.zmodel", "seed.json", "purlin.toml", ".env.example", ".gitignore", "README.md"];

#[test]
fn writes_an_app_folder() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["new", "demo"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("cd demo && purlin dev"), "{ran:?}");
    for name in FILES {
        assert!(folder.path().join("demo").join(name).is_file(), "{name}");
    }
    let readme = fs::read_to_string(folder.path().join("demo/README.md")).unwrap();
    assert!(readme.starts_with("# demo\n"), "{readme}");
    let seed = fs::read_to_string(folder.path().join("demo/seed.json")).unwrap();
    let seed: serde_json::Value = serde_json::from_str(&seed).unwrap();
    assert_eq!(seed["User"].as_array().map(Vec::len), Some(2));
}

#[test]
fn answers_in_json() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let ran = run(folder.path(), &["new", "empty", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["folder"], "empty");
    assert_eq!(answer["files"].as_array().map(Vec::len), Some(FILES.len()));
}

#[test]
fn leaves_what_is_there_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/notes.txt"), "mine").unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    for (name, message) in [("full", "is not empty"), ("file", "cannot write")] {
        let ran = run(folder.path(), &["new", name]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(message), "{ran:?}");
    }
    let names = fs::read_dir(folder.path().join("full")).unwrap().count();
    assert_eq!(names, 1);
}

#[test]
fn the_new_schema_has_no_problem_and_is_formatted() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "demo"]);
    for command in [&["check", "--app", "demo"][..], &["fmt", "--check", "--app", "demo"]] {
        let ran = run(folder.path(), command);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}
