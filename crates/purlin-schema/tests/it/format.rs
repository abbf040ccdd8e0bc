//! The formatter: case files `x.in.zmodel` with `x.out.zmodel`, and the round trip.

use std::fs;

use purlin_schema::lexer::lex;
use purlin_schema::{FileId, format, parser::parse_document};

use crate::case_files::{files, input};

/// The syntax tree without places, and all comments.
fn meaning(text: &str) -> (String, Vec<String>) {
    let (document, _) = parse_document(FileId::default(), text);
    let comments = lex(FileId::default(), text, &mut Vec::new())
        .iter()
        .filter(|token| token.kind.is_comment())
        .map(|token| {
            text[token.span.start as usize..token.span.end as usize]
                .trim_end()
                .replace("\r\n", "\n")
                .replace('\r', "\n")
        })
        .collect();
    (without_places(&format!("{document:#?}")), comments)
}

/// Drops `file:start..end`, as spans print themselves.
fn without_places(debug: &str) -> String {
    debug
        .lines()
        .filter(|line| {
            !line.trim_start().starts_with("span:") && !line.trim_start().starts_with("path_span:")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Formats what can be formatted, and checks that meaning and layout are stable.
#[track_caller]
pub(crate) fn check_round_trip(name: &str, text: &str) -> Option<String> {
    let formatted = format(text).ok()?;
    let (tree, comments) = meaning(text);
    let (tree_after, comments_after) = meaning(&formatted);
    assert_eq!(tree, tree_after, "{name}: another tree after formatting\n{text}\n----\n{formatted}");
    assert_eq!(comments, comments_after, "{name}: other comments\n{text}\n----\n{formatted}");
    let again = format(&formatted).unwrap_or_else(|it| panic!("{name}: {it:#?}\n{text}\n----\n{formatted}"));
    assert_eq!(formatted, again, "{name}: formatting twice differs\n{text}");
    Some(formatted)
}

#[test]
fn case_files() {
    for path in files("format") {
        let name = path.to_string_lossy().into_owned();
        if !name.contains(".in.") {
            continue;
        }
        let formatted = check_round_trip(&name, &fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|| panic!("{name} has errors"));
        let out = name.replace(".in.", ".out.");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&out, &formatted).unwrap();
        }
        assert_eq!(fs::read_to_string(&out).unwrap(), formatted, "{name}");
    }
}

#[test]
fn every_case_survives_formatting() {
    for folder in ["parse", "format", "check"] {
        for path in files(folder) {
            check_round_trip(&path.to_string_lossy(), &input(&path));
        }
    }
}

/// Set `SCHEMA_CORPUS` to a folder of schema files and folders: each must format.
#[test]
#[ignore = "needs a corpus of schema files"]
fn corpus() {
    let root = std::env::var("SCHEMA_CORPUS").expect("SCHEMA_CORPUS names the corpus");
    for entry in fs::read_dir(root).unwrap() {
        for file in purlin_schema::load(&entry.unwrap().path()).unwrap() {
            let formatted = check_round_trip(&file.name, &file.text)
                .unwrap_or_else(|| panic!("{} has errors", file.name));
            let same = formatted.lines().zip(file.text.lines()).filter(|(a, b)| a == b).count();
            println!("{}: {same} of {} lines unchanged", file.name, file.text.lines().count());
        }
    }
}
