//! The checker: case files with the diagnostics, or the resolved schema, they lead to.

use std::fs;

use purlin_schema::{SourceFile, compile, load};

use crate::case_files::check_folder;
use crate::describe::schema_text;

fn outcome(name: &str, text: &str) -> String {
    let compiled = compile(vec![SourceFile::new(name, text)]);
    let mut out: String = compiled.diagnostics.iter().map(|it| it.render(&compiled.sources)).collect();
    let has_errors = compiled.diagnostics.iter().any(purlin_schema::Diagnostic::is_error);
    assert_eq!(
        compiled.schema.is_none(),
        has_errors,
        "{name}: a schema exists exactly if nothing is an error"
    );
    if let Some(schema) = &compiled.schema {
        out.push_str(&schema_text(schema));
    }
    out
}

#[test]
fn case_files() {
    check_folder("check", outcome);
}

#[test]
fn codes_are_in_order_and_unique() {
    let ids: Vec<&str> = purlin_schema::diagnostic::codes::ALL.iter().map(|code| code.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
}

/// Set `SCHEMA_CORPUS` to a folder of schema files and folders: each must check.
#[test]
#[ignore = "needs a corpus of schema files"]
fn corpus() {
    let root = std::env::var("SCHEMA_CORPUS").expect("SCHEMA_CORPUS names the corpus");
    let mut failed = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let compiled = compile(load(&path).unwrap());
        let errors = compiled.diagnostics.iter().filter(|it| it.is_error()).count();
        println!(
            "{}: {} models, {errors} errors, {} warnings",
            path.display(),
            compiled.schema.map_or(0, |schema| schema.models.len()),
            compiled.diagnostics.len() - errors
        );
        for diagnostic in compiled.diagnostics.iter().take(8) {
            println!("{}", diagnostic.render(&compiled.sources));
        }
        if errors > 0 {
            failed.push(path);
        }
    }
    assert!(failed.is_empty(), "with errors: {failed:#?}");
}

/// 2,000 models in a ring, each with relations and rules, and as many mistakes in another.
#[test]
fn a_huge_schema_is_checked_in_reasonable_time() {
    for (name, ok) in [("id == auth().id", true), ("idd == auth().id", false)] {
        let mut text = String::from("model User {\n  id Int @id\n}\n");
        for n in 0..2000 {
            let next = (n + 1) % 2000;
            let before = (n + 1999) % 2000;
            text.extend([format!(
                "model M{n} {{\n  id Int @id\n  nextId Int\n  next M{next} @relation(\"r{n}\", fields: [nextId], references: [id])\n  befores M{before}[] @relation(\"r{before}\")\n  @@allow('read', {name})\n}}\n"
            )]);
        }
        let compiled = compile(vec![SourceFile::new("huge.zmodel", text)]);
        assert_eq!(compiled.schema.is_some(), ok, "{:?}", compiled.diagnostics.first());
    }
}
