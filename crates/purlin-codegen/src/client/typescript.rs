//! One JSON Schema as a type. Checks that types cannot say stay with the server.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use super::names::{Names, comment, key, text};

/// What is answered has one form; what is sent may be written in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Answer,
    Input,
}

/// More choices are written as optional members: a union of many is slow to check, and its errors say nothing.
const MOST_CHOICES: usize = 6;

/// Types of one document, and which components they need.
#[derive(Debug)]
pub(super) struct Types<'a> {
    schemas: Option<&'a Map<String, Value>>,
    pub(super) names: Names,
    forms: BTreeMap<(String, Form), String>,
    open: VecDeque<(String, Form)>,
}

impl<'a> Types<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        Self { schemas, names: Names::new(), forms: BTreeMap::new(), open: VecDeque::new() }
    }

    pub(super) fn component(&self, name: &str) -> Option<&'a Value> {
        self.schemas?.get(name)
    }

    /// The next component that is used and not yet written.
    pub(super) fn next(&mut self) -> Option<(String, Form)> {
        self.open.pop_front()
    }

    /// The name of a component that is declared elsewhere.
    pub(super) fn declared(&mut self, component: &str) -> String {
        let name = self.names.of(component);
        self.forms.insert((component.to_owned(), Form::Answer), name.clone());
        name
    }

    /// The type of a component; nothing where the document has none.
    pub(super) fn named(&mut self, component: &str, form: Form) -> String {
        let Some(schema) = self.component(component) else { return "never".to_owned() };
        // Where both forms are the same, so is the type.
        let form = if schema.get("enum").is_some() { Form::Answer } else { form };
        let entry = (component.to_owned(), form);
        if let Some(name) = self.forms.get(&entry) {
            return name.clone();
        }
        let other = if form == Form::Answer { Form::Input } else { Form::Answer };
        let is_second = self.forms.contains_key(&(component.to_owned(), other));
        let wanted = match (is_second, form) {
            (false, _) => component.to_owned(),
            (true, Form::Input) => format!("{component}Input"),
            (true, Form::Answer) => format!("{component}Answer"),
        };
        let name = self.names.of(&wanted);
        self.forms.insert(entry.clone(), name.clone());
        self.open.push_back(entry);
        name
    }

    /// The type of a schema.
    pub(super) fn of(&mut self, schema: &Value, form: Form) -> String {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next().unwrap_or_default().to_owned();
            return self.named(&name, form);
        }
        let members = schema.get("properties").is_some();
        if let Some(choices) = ["anyOf", "oneOf"].iter().find_map(|word| schema.get(*word)?.as_array())
            && !members
            && schema.get("type").is_none()
        {
            return self.union(choices, form);
        }
        if let Some(value) = schema.get("const") {
            return literal(value);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return joined(values.iter().map(literal));
        }
        match schema.get("type") {
            Some(Value::String(word)) => self.of_type(word, schema, form),
            Some(Value::Array(words)) => {
                let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                joined(words.into_iter().map(|word| self.of_type(word, schema, form)))
            }
            _ if members => self.object(schema, form, ""),
            _ => self.anything(schema, form),
        }
    }

    fn anything(&mut self, schema: &Value, form: Form) -> String {
        if schema.get("not").and_then(Value::as_object).is_some_and(Map::is_empty) {
            return "never".to_owned();
        }
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let typed = parts.map(|part| self.of(part, form)).find(|part| part != "JsonValue");
        typed.unwrap_or_else(|| "JsonValue".to_owned())
    }

    fn union(&mut self, choices: &[Value], form: Form) -> String {
        joined(choices.iter().map(|choice| self.of(choice, form)))
    }

    fn of_type(&mut self, word: &str, schema: &Value, form: Form) -> String {
        let is = |keyword: &str, value: &str| schema.get(keyword).and_then(Value::as_str) == Some(value);
        match word {
            "null" => "null".to_owned(),
            "boolean" => "boolean".to_owned(),
            "integer" if form == Form::Input && is("format", "int64") => "number | bigint".to_owned(),
            "integer" | "number" => "number".to_owned(),
            "string" if form == Form::Input && is("format", "date-time") => "string | Date".to_owned(),
            "string" if form == Form::Input && is("contentEncoding", "base64") => {
                "string | Uint8Array".to_owned()
            }
            "string" => "string".to_owned(),
            "array" => {
                let item =
                    schema.get("items").map_or_else(|| "JsonValue".to_owned(), |item| self.of(item, form));
                list(&item)
            }
            "object" => self.object(schema, form, ""),
            _ => "JsonValue".to_owned(),
        }
    }

    /// The members of an object, on lines of their own below `indent` where that is not empty.
    pub(super) fn object(&mut self, schema: &Value, form: Form, indent: &str) -> String {
        let empty = Map::new();
        let members = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        if members.is_empty() {
            return match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => "Record<string, never>".to_owned(),
                Some(others @ Value::Object(_)) => format!("Record<string, {}>", self.of(others, form)),
                _ => "Record<string, JsonValue>".to_owned(),
            };
        }
        let required: BTreeSet<&str> = names_in(schema.get("required")).into_iter().collect();
        if is_one_of_members(schema) && members.len() <= MOST_CHOICES {
            let choices = members
                .iter()
                .map(|(name, member)| format!("{{ {}: {} }}", key(name), self.of(member, form)));
            return joined(choices);
        }
        let exclusive = exclusive(schema);
        let chosen: BTreeSet<&str> = exclusive.iter().flatten().flatten().copied().collect();
        let plain = members.iter().filter(|(name, _)| !chosen.contains(name.as_str()));
        let mut parts = Vec::new();
        let lines: Vec<String> = plain
            .map(|(name, member)| {
                let mark = if required.contains(name.as_str()) { "" } else { "?" };
                let words = member.get("description").and_then(Value::as_str);
                let words = if indent.is_empty() { String::new() } else { comment(words, indent) };
                format!("{words}{indent}{}{mark}: {};", key(name), self.of(member, form))
            })
            .collect();
        if !lines.is_empty() || exclusive.is_empty() {
            parts.push(match indent {
                "" => format!("{{ {} }}", lines.join(" ").trim_end_matches(';')),
                _ => format!("{{\n{}\n}}", lines.join("\n")),
            });
        }
        for choices in exclusive {
            parts.push(format!("({})", self.one_of(members, &choices, form)));
        }
        parts.join(" & ")
    }

    /// Exactly one of several groups of members.
    fn one_of(&mut self, members: &Map<String, Value>, choices: &[Vec<&str>], form: Form) -> String {
        let all: BTreeSet<&str> = choices.iter().flatten().copied().collect();
        let texts: Vec<String> = choices
            .iter()
            .map(|choice| {
                let given = choice.iter().map(|name| {
                    let schema = members.get(*name).unwrap_or(&Value::Null);
                    format!("{}: {}", key(name), self.of(schema, form))
                });
                let given: Vec<String> = given.collect();
                let others = all.iter().filter(|name| !choice.contains(name));
                let others = others.map(|name| format!("{}?: undefined", key(name)));
                format!("{{ {} }}", given.into_iter().chain(others).collect::<Vec<_>>().join("; "))
            })
            .collect();
        texts.join(" | ")
    }
}

/// An object with exactly one member, whichever.
fn is_one_of_members(schema: &Value) -> bool {
    let one = Some(1);
    schema.get("minProperties").and_then(Value::as_u64) == one
        && schema.get("maxProperties").and_then(Value::as_u64) == one
        && schema.get("required").is_none()
}

/// `allOf: [{ oneOf: [{ required: [a] }, { required: [b] }] }]`, where no member stands in two of them.
fn exclusive(schema: &Value) -> Vec<Vec<Vec<&str>>> {
    let members = schema.get("properties").and_then(Value::as_object);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    parts
        .filter_map(|part| {
            let choices = part.get("oneOf")?.as_array()?.iter();
            let choices: Vec<Vec<&str>> = choices.map(|choice| names_in(choice.get("required"))).collect();
            let names: Vec<&str> = choices.iter().flatten().copied().collect();
            let is_known =
                names.iter().all(|name| members.is_some_and(|members| members.contains_key(*name)));
            let is_new = choices.iter().all(|choice| !choice.is_empty())
                && names.iter().all(|name| !seen.contains(name));
            (is_known && is_new).then(|| {
                seen.extend(names);
                choices
            })
        })
        .collect()
}

fn names_in(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(word) => text(word),
        Value::Array(_) | Value::Object(_) => "JsonValue".to_owned(),
        plain => plain.to_string(),
    }
}

/// Each once, with bars between.
pub(super) fn joined(types: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for text in types {
        // A union inside a union is the same as its parts.
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    if seen.is_empty() { "never".to_owned() } else { seen.join(" | ") }
}

pub(super) fn list(item: &str) -> String {
    let is_one = item.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '$');
    if is_one { format!("{item}[]") } else { format!("({item})[]") }
}
