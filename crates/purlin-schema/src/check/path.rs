//! Where each model is served: the kebab-case plural of its name, or `@@path`.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::outline::Outline;
use super::shape::Shape;
use crate::diagnostic::{Diagnostic, codes};
use crate::naming::plural_path;
use crate::source::Span;

/// Segments below the API's base path that are not models.
const TAKEN: &[&str] = &["auth", "batch"];

pub(super) fn build(checker: &mut Checker, outline: &Outline<'_>) -> Vec<String> {
    let mut seen: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    let mut paths = Vec::new();
    for shape in &outline.models {
        let (path, span) = path_of(checker, shape);
        if !shape.has("ignore") {
            if TAKEN.contains(&path.as_str()) {
                let message = format!("`/{path}` belongs to the API itself");
                checker.report(
                    Diagnostic::error(codes::PATH_CLASH, span, message).help("choose another: @@path(\"…\")"),
                );
            }
            if let Some((other, first)) = seen.get(&path) {
                let message = format!("`{}` and `{other}` would both be served at /{path}", shape.name());
                checker.report(
                    Diagnostic::error(codes::PATH_CLASH, span, message)
                        .help(format!("give one of them a path of its own: @@path(\"other-{path}\")"))
                        .related(*first, "the other model"),
                );
            } else {
                seen.insert(path.clone(), (shape.name(), shape.ast.name.span));
            }
        }
        paths.push(path);
    }
    paths
}

fn path_of(checker: &mut Checker, shape: &Shape<'_>) -> (String, Span) {
    let Some(path) = shape.text_of("path") else {
        return (plural_path(shape.name()), shape.ast.name.span);
    };
    let attribute = shape.attributes.iter().rev().find(|it| it.name.text == "path");
    let span = attribute.map_or(shape.ast.name.span, |it| it.span);
    let is_valid = !path.is_empty()
        && path.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if !is_valid {
        checker.report(
            Diagnostic::error(codes::BAD_PATH, span, format!("`{path}` is not one segment of a URL"))
                .help("use lower-case letters, digits, `-` and `_`"),
        );
    }
    (path.to_owned(), span)
}
