//! A JSON Schema as the kinds of value that it takes: `anyOf` and lists of types become a flat list, and the lists of
//! two documents are matched. Each kind is then compared by itself.

use serde_json::Value;

use super::document::Document;
use super::words::listed;

/// Schemas nest; a document that nests deeper is not compared below.
const MOST_DEPTH: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    Text,
    List,
    Object,
    Anything,
}

impl Kind {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Anything => "any value",
        }
    }

    fn of_type(word: &str) -> Self {
        match word {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::Text,
            "array" => Self::List,
            "object" => Self::Object,
            _ => Self::Anything,
        }
    }

    fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_i64() || number.is_u64() => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }

    /// Whether every value of the other kind is of this one too.
    pub(super) fn holds(self, other: Self) -> bool {
        self == other || self == Self::Anything || (self == Self::Number && other == Self::Integer)
    }
}

impl Alternative<'_> {
    /// Whether the kind alone says what it is: objects and lists of one schema differ from each other.
    pub(super) fn is_plain(&self) -> bool {
        !matches!(self.kind, Kind::Object | Kind::List)
    }

    pub(super) fn words(&self) -> String {
        match (self.component, self.kind) {
            (Some(name), Kind::Object | Kind::List) => format!("`{name}`"),
            (Some(name), kind) => format!("{} (`{name}`)", kind.words()),
            (None, Kind::Object) => match self.schema.get("properties").and_then(Value::as_object) {
                Some(members) if !members.is_empty() => {
                    format!("an object of {}", listed(&members.keys().cloned().collect::<Vec<_>>()))
                }
                _ => "an object".to_owned(),
            },
            (None, kind) => kind.words().to_owned(),
        }
    }
}

/// One kind of value of a schema. `schema` may allow other kinds too, whose keywords do not concern this one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alternative<'a> {
    pub(super) kind: Kind,
    pub(super) schema: &'a Value,
    /// The component that it is of.
    pub(super) component: Option<&'a str>,
    /// Whether the schema is all of that component.
    pub(super) is_whole: bool,
}

/// All kinds, references among them resolved.
pub(super) fn alternatives<'a>(document: Document<'a>, schema: &'a Value) -> Vec<Alternative<'a>> {
    let mut found = Vec::new();
    add(document, schema, None, MOST_DEPTH, &mut found);
    found
}

fn add<'a>(
    document: Document<'a>,
    schema: &'a Value,
    component: Option<(&'a str, &'a Value)>,
    depth: usize,
    found: &mut Vec<Alternative<'a>>,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some((name, target)) = document.named(schema) {
        return add(document, target, Some((name, target)), depth, found);
    }
    if takes_nothing(schema) {
        return;
    }
    let member = |name: &str| schema.get(name);
    if let (Some(choices), None) = (choices(schema), member("type")) {
        for choice in choices {
            add(document, choice, component, depth, found);
        }
        return;
    }
    let mut push = |kind| {
        if !found
            .iter()
            .any(|known: &Alternative<'_>| known.kind == kind && std::ptr::eq(known.schema, schema))
        {
            let is_whole = component.is_some_and(|(_, target)| std::ptr::eq(target, schema));
            found.push(Alternative { kind, schema, component: component.map(|(name, _)| name), is_whole });
        }
    };
    match (member("type"), member("const"), member("enum").and_then(Value::as_array)) {
        (Some(Value::Array(words)), _, _) => {
            words.iter().filter_map(Value::as_str).for_each(|word| push(Kind::of_type(word)));
        }
        (Some(Value::String(word)), _, _) => push(Kind::of_type(word)),
        (_, Some(value), _) => push(Kind::of_value(value)),
        (_, _, Some(values)) => values.iter().for_each(|value| push(Kind::of_value(value))),
        _ if member("properties").is_some() => push(Kind::Object),
        _ => match member("allOf").and_then(Value::as_array) {
            // One thing with more said about it.
            Some(parts) => parts.iter().take(1).for_each(|part| add(document, part, component, depth, found)),
            None => push(Kind::Anything),
        },
    }
}

fn takes_nothing(schema: &Value) -> bool {
    *schema == Value::Bool(false)
        || schema.get("not").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
}

/// Other forms of the whole. Where a type stands beside them they are conditions on it.
fn choices(schema: &Value) -> Option<&Vec<Value>> {
    let has_members = schema.get("properties").is_some();
    ["anyOf", "oneOf"].iter().find_map(|word| schema.get(word)?.as_array()).filter(|_| !has_members)
}

/// Those that belong together, and those of either side that are left over.
#[derive(Debug, Default)]
pub(super) struct Matched<'a> {
    pub(super) pairs: Vec<(Alternative<'a>, Alternative<'a>)>,
    pub(super) gone: Vec<Alternative<'a>>,
    pub(super) new: Vec<Alternative<'a>>,
}

/// By component first, then by kind, in order.
pub(super) fn matched<'a>(before: Vec<Alternative<'a>>, after: Vec<Alternative<'a>>) -> Matched<'a> {
    let mut matched = Matched { new: after, ..Matched::default() };
    let mut rest = Vec::new();
    let same_component = |one: &Alternative<'_>, other: &Alternative<'_>| {
        one.kind == other.kind && one.component.is_some() && one.component == other.component
    };
    let same_kind = |one: &Alternative<'_>, other: &Alternative<'_>| one.kind == other.kind;
    matched.take(before, same_component, &mut rest);
    let mut gone = Vec::new();
    matched.take(rest, same_kind, &mut gone);
    matched.gone = gone;
    matched
}

impl<'a> Matched<'a> {
    fn take(
        &mut self,
        before: Vec<Alternative<'a>>,
        belongs: impl Fn(&Alternative<'a>, &Alternative<'a>) -> bool,
        rest: &mut Vec<Alternative<'a>>,
    ) {
        for one in before {
            match self.new.iter().position(|other| belongs(&one, other)) {
                Some(at) => self.pairs.push((one, self.new.remove(at))),
                None => rest.push(one),
            }
        }
    }
}
