//! What a schema asks for and not every engine gives: case files with all that is said of each engine, and the
//! table of the documentation.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use purlin_schema::diagnostic::codes;
use purlin_schema::portability::{Engine, State, constructs, differences, refusals, table};
use purlin_schema::{Diagnostic, SourceFile, compile};

use crate::case_files::check_folder;

fn outcome(name: &str, text: &str) -> String {
    let compiled = compile(vec![SourceFile::new(name, text)]);
    let mut out: String = compiled
        .diagnostics
        .iter()
        .filter(|it| it.is_error())
        .map(|it| it.render(&compiled.sources))
        .collect();
    let Some(schema) = &compiled.schema else { return out };
    for engine in Engine::ALL {
        let found = differences(schema, engine);
        for it in &found {
            let at = compiled.sources.position(it.span.file, it.span.start);
            let kind = it.severity.as_str();
            writeln!(out, "{kind}[{}] {}:{} {}", it.code, at.line, at.column, it.message).unwrap();
        }
        let refused: Vec<Diagnostic> = schema
            .datasources
            .iter()
            .flat_map(|datasource| refusals(schema, datasource.id, engine))
            .collect();
        let errors: Vec<Diagnostic> = found.into_iter().filter(Diagnostic::is_error).collect();
        assert_eq!(refused, errors, "{name}");
    }
    out
}

#[test]
fn case_files() {
    check_folder("portability", outcome);
}

#[test]
fn codes_are_in_order_and_in_no_other_list() {
    let ids: Vec<&str> = constructs().map(|construct| construct.code.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    assert!(codes::ALL.iter().all(|code| !ids.contains(&code.id)));
}

/// A case shows each difference on each engine, so that no row says what nobody looks for.
#[test]
fn every_difference_has_a_case() {
    let mut said = String::new();
    for path in crate::case_files::files("portability") {
        said.push_str(&fs::read_to_string(path).unwrap());
    }
    let mut missing = Vec::new();
    for construct in constructs() {
        // Only requests show it.
        if construct.code.id == "P0604" {
            continue;
        }
        for engine in Engine::ALL {
            let kind = match construct.state(engine) {
                State::Same | State::Otherwise(_) => continue,
                State::Differs { .. } => "warning",
                State::Refused { .. } => "error",
            };
            let title = format!("on {}, ", engine.title());
            let code = format!("// {kind}[{}] ", construct.code);
            if !said.lines().any(|line| line.starts_with(&code) && line.contains(&title)) {
                missing.push(format!("{} on {}", construct.code, engine.title()));
            }
        }
    }
    assert!(missing.is_empty(), "without a case: {}", missing.join(", "));
}

const MARK: &str =
    "<!-- From here on made by `UPDATE_EXPECT=1 cargo nextest run -p purlin-schema portability`. -->";

#[test]
fn the_documentation_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/engines.md");
    let text = fs::read_to_string(&path).unwrap();
    let (introduction, _) = text.split_once(MARK).expect("docs/engines.md has the mark before its tables");
    let wanted = format!("{introduction}{MARK}\n\n{}", table());
    if text != wanted && env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &wanted).unwrap();
    } else {
        assert_eq!(text, wanted, "docs/engines.md is not what the list says: run again with UPDATE_EXPECT=1");
    }
}
