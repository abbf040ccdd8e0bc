//! What a schema demands of an object as a whole: one of several members, two that exclude each other. Only requests
//! can break by them. A condition that all values of before met anyway is no change.

use serde_json::Value;

use super::graph::Direction;
use super::object::required;
use super::report::Severity;
use super::schema::{Change, Comparison, Place};
use super::words::listed;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Condition<'a> {
    word: &'a str,
    rule: &'a Value,
}

const WORDS: [&str; 7] = ["not", "anyOf", "oneOf", "if", "then", "else", "dependentRequired"];

pub(super) fn compare(comparison: &mut Comparison<'_>, place: Place<'_>, before: &Value, after: &Value) {
    if place.direction == Direction::Answer {
        return;
    }
    let (one, other) = (conditions(before), conditions(after));
    let subject = place.at.subject();
    for new in other.iter().filter(|new| !one.contains(new) && !is_met(new, before)) {
        comparison.changed(place, Change::Narrower, format!("{subject}: {} now", new.words()));
    }
    for gone in one.iter().filter(|gone| !other.contains(gone) && !is_met(gone, after)) {
        let text = format!("{subject}: no longer so that {}", gone.words());
        comparison.graph.found(place.node, Severity::Compatible, text);
    }
}

/// Those of the schema, and of the parts of its `allOf` that are no patterns.
fn conditions(schema: &Value) -> Vec<Condition<'_>> {
    // Without a type and members, `anyOf` is the forms of the value, which are compared one by one.
    let is_whole = schema.get("type").is_some() || schema.get("properties").is_some();
    let own = WORDS.iter().filter(|word| is_whole || !matches!(**word, "anyOf" | "oneOf"));
    let own = own.filter_map(|word| Some(Condition { word, rule: schema.get(*word)? }));
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let parts = parts
        .flat_map(|part| WORDS.iter().filter_map(|word| Some(Condition { word, rule: part.get(*word)? })));
    own.chain(parts).collect()
}

/// The lists of `required` that a condition chooses from, where it does nothing else.
fn choices<'a>(condition: &Condition<'a>) -> Option<Vec<Vec<&'a str>>> {
    let names = |part: &'a Value| -> Option<Vec<&'a str>> {
        let members = part.as_object()?;
        (members.len() == 1 && members.contains_key("required")).then(|| required(part).into_iter().collect())
    };
    condition.rule.as_array()?.iter().map(names).collect()
}

/// Members that exclude each other.
fn excluding<'a>(condition: &Condition<'a>) -> Option<Vec<&'a str>> {
    let members = condition.rule.as_object()?;
    (condition.word == "not" && members.len() == 1 && members.contains_key("required"))
        .then(|| required(condition.rule).into_iter().collect())
}

/// Whether all values of a schema meet a condition, as far as its members tell.
fn is_met(condition: &Condition<'_>, schema: &Value) -> bool {
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let can_have = |name: &&str| {
        !is_closed || schema.get("properties").is_some_and(|members| members.get(*name).is_some())
    };
    let always = required(schema);
    if let Some(names) = excluding(condition) {
        return !names.iter().all(can_have);
    }
    let Some(choices) = choices(condition) else { return false };
    let is_there = |names: &&Vec<&str>| names.iter().all(|name| always.contains(name));
    let may_be_there = |names: &&Vec<&str>| names.iter().all(can_have);
    match condition.word {
        "anyOf" => choices.iter().any(|names| is_there(&names)),
        "oneOf" => {
            choices.iter().filter(is_there).count() == 1 && choices.iter().filter(may_be_there).count() == 1
        }
        _ => false,
    }
}

impl Condition<'_> {
    fn words(&self) -> String {
        if let Some(names) = excluding(self) {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            return format!("{} cannot be given together", names.join(" and "));
        }
        let Some(choices) = choices(self) else { return format!("{} {}", self.word, self.rule) };
        let names: Vec<String> = choices.iter().map(|names| names.join(" with ")).collect();
        match self.word {
            "oneOf" => format!("exactly one of {} is needed", listed(&names)),
            _ => format!("one of {} is needed", listed(&names)),
        }
    }
}
