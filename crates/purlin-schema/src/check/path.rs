//! Where each model is served: the kebab-case plural of its name, or `@@path`.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::outline::Outline;
use super::shape::Shape;
use crate::diagnostic::{Diagnostic, codes};
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

/// `OrderItem` to `order-items`.
fn plural_path(name: &str) -> String {
    let mut words = words(name);
    if let Some(last) = words.pop() {
        words.push(plural(&last));
    }
    words.join("-")
}

/// Lower-case words: a new one begins at a capital after a small letter, at the last
/// capital of a run (`APIKey`), and at underscores.
fn words(name: &str) -> Vec<String> {
    // The one common word that mixes its capitals.
    let chars: Vec<char> = name.replace("OAuth", "Oauth").chars().collect();
    let mut words = vec![String::new()];
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| chars.get(at)).copied().unwrap_or('_');
        let after = chars.get(index + 1).copied().unwrap_or('_');
        let starts = c.is_uppercase() && (!before.is_uppercase() || after.is_lowercase());
        if (c == '_' || starts) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("mouse", "mice"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("knife", "knives"),
    ("wife", "wives"),
    ("half", "halves"),
    ("shelf", "shelves"),
    ("datum", "data"),
    ("criterion", "criteria"),
    ("analysis", "analyses"),
    ("index", "indexes"),
    ("quiz", "quizzes"),
    ("hero", "heroes"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("echo", "echoes"),
];

/// Words that are their own plural.
const UNCHANGED: &[&str] = &[
    "data",
    "metadata",
    "media",
    "series",
    "species",
    "news",
    "information",
    "equipment",
    "sheep",
    "fish",
    "people",
    "children",
    "analytics",
    "settings",
    "criteria",
    "software",
    "hardware",
    "feedback",
    "staff",
];

fn plural(word: &str) -> String {
    if UNCHANGED.contains(&word) {
        return word.to_owned();
    }
    if let Some((_, plural)) = IRREGULAR.iter().find(|(singular, _)| *singular == word) {
        return (*plural).to_owned();
    }
    // Already a plural: `users`, `details`, `categories`; but not `status`, `address`, `basis`.
    let is_plural = word.len() > 3
        && word.ends_with('s')
        && !["ss", "us", "is", "as", "os"].iter().any(|end| word.ends_with(end));
    if is_plural {
        return word.to_owned();
    }
    let ends_in_sound = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    if let Some(stem) = word.strip_suffix("sis") {
        return format!("{stem}ses");
    }
    if ends_in_sound {
        return format!("{word}es");
    }
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    format!("{word}s")
}

#[cfg(test)]
mod tests {
    use super::plural_path;

    #[test]
    fn english_plurals() {
        let rows = [
            ("OrderItem", "order-items"),
            ("User", "users"),
            ("Users", "users"),
            ("Category", "categories"),
            ("Day", "days"),
            ("Status", "statuses"),
            ("Address", "addresses"),
            ("Box", "boxes"),
            ("Branch", "branches"),
            ("APIKey", "api-keys"),
            ("OAuth2Token", "oauth2-tokens"),
            ("App_RoutingForms_Form", "app-routing-forms-forms"),
            ("Person", "people"),
            ("SalesPerson", "sales-people"),
            ("Analysis", "analyses"),
            ("Thesis", "theses"),
            ("Bus", "buses"),
            ("EventData", "event-data"),
            ("UserSettings", "user-settings"),
            ("session_v2", "session-v2s"),
            ("HTTPServer", "http-servers"),
        ];
        for (name, path) in rows {
            assert_eq!(plural_path(name), path, "{name}");
        }
    }
}
