//! Names in the client. The schema's own names stay, unless TypeScript or the runtime needs them.

use std::collections::{BTreeMap, BTreeSet};

use super::runtime;

/// Types and values of the language that the client uses, and words that cannot be names of types.
const GLOBAL: [&str; 61] = [
    "AbortController",
    "AbortSignal",
    "Array",
    "AsyncGenerator",
    "Date",
    "Error",
    "Exclude",
    "Extract",
    "JSON",
    "Math",
    "Number",
    "NonNullable",
    "Object",
    "Omit",
    "Partial",
    "Pick",
    "Promise",
    "PromiseLike",
    "PropertyKey",
    "Readonly",
    "ReadonlyArray",
    "Record",
    "RequestInit",
    "Response",
    "ReturnType",
    "Storage",
    "String",
    "Uint8Array",
    "URLSearchParams",
    "WeakMap",
    "any",
    "bigint",
    "boolean",
    "never",
    "null",
    "number",
    "object",
    "string",
    "symbol",
    "undefined",
    "unknown",
    "void",
    "class",
    "enum",
    "interface",
    "type",
    "default",
    "Models",
    "Auth",
    "Client",
    "createClient",
    "server",
    "fetch",
    "crypto",
    "btoa",
    "atob",
    "Boolean",
    "Symbol",
    "Map",
    "Set",
    "globalThis",
];

/// Members that every client has.
const MEMBERS: [&str; 8] =
    ["auth", "batch", "request", "then", "constructor", "toString", "valueOf", "toJSON"];

#[derive(Debug)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    given: BTreeMap<String, String>,
}

impl Names {
    /// The schema's own names come first.
    pub(super) fn new() -> Self {
        let mut taken: BTreeSet<String> = GLOBAL.iter().map(|name| (*name).to_owned()).collect();
        taken.extend(declared(&runtime::joined()));
        Self { taken, given: BTreeMap::new() }
    }

    /// The name of a component, the same for each use.
    pub(super) fn of(&mut self, component: &str) -> String {
        if let Some(name) = self.given.get(component) {
            return name.clone();
        }
        let plain = plain(component);
        let mut name = plain.clone();
        let mut number = 1;
        while !self.taken.insert(name.clone()) {
            name = if number == 1 { format!("{plain}Type") } else { format!("{plain}Type{number}") };
            number += 1;
        }
        self.given.insert(component.to_owned(), name.clone());
        name
    }
}

/// What the runtime declares at its outermost level.
fn declared(text: &str) -> BTreeSet<String> {
    const WORDS: [&str; 9] =
        ["export", "async", "abstract", "const", "let", "function", "class", "interface", "type"];
    let names = text.lines().filter(|line| line.starts_with(char::is_alphabetic)).filter_map(|line| {
        let mut words = line.split(|character: char| !is_part(character)).filter(|word| !word.is_empty());
        words.find(|word| !WORDS.contains(word)).map(str::to_owned)
    });
    names.collect()
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

fn plain(name: &str) -> String {
    let text: String = name.chars().map(|one| if is_part(one) { one } else { '_' }).collect();
    if text.starts_with(|one: char| one.is_ascii_digit()) { format!("_{text}") } else { text }
}

/// `order-items` as `orderItems`: what a model is called in the client.
pub(super) fn member(resource: &str) -> String {
    let mut text = String::new();
    let mut is_first_of_word = false;
    for one in resource.chars() {
        if !is_part(one) {
            is_first_of_word = !text.is_empty();
        } else if is_first_of_word {
            text.extend(one.to_uppercase());
            is_first_of_word = false;
        } else {
            text.push(one);
        }
    }
    let text = plain(&text);
    if MEMBERS.contains(&text.as_str()) { format!("{text}_") } else { text }
}

/// The name of a member of an object, in quotes where it must be.
pub(super) fn key(name: &str) -> String {
    let is_plain = name.chars().all(is_part) && !name.starts_with(|one: char| one.is_ascii_digit());
    if is_plain && !name.is_empty() { name.to_owned() } else { text(name) }
}

/// A string of TypeScript.
pub(super) fn text(value: &str) -> String {
    json(&serde_json::Value::from(value))
}

/// A value of TypeScript: JSON's, without the two separators that end lines in old engines.
pub(super) fn json(value: &serde_json::Value) -> String {
    value.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// A comment; empty without words. Nothing in it can end it.
pub(super) fn comment(words: Option<&str>, indent: &str) -> String {
    let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) else { return String::new() };
    let words = words.replace("*/", "*\u{200b}/");
    let lines: Vec<&str> = words.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(str::trim_end).collect();
    match lines.as_slice() {
        [one] => format!("{indent}/** {one} */\n"),
        several => {
            let body: String =
                several
                    .iter()
                    .map(|line| {
                        if line.is_empty() { format!("{indent} *\n") } else { format!("{indent} * {line}\n") }
                    })
                    .collect();
            format!("{indent}/**\n{body}{indent} */\n")
        }
    }
}
