//! Members of objects: which there are, which must be there, and whether there may be others.

use std::collections::BTreeSet;

use serde_json::Value;

use super::graph::Direction;
use super::report::Severity;
use super::schema::{Change, Comparison, Place};

pub(super) fn compare<'a>(
    comparison: &mut Comparison<'a>,
    place: Place<'_>,
    before: &'a Value,
    after: &'a Value,
) {
    let (required, still_required) = (required(before), required(after));
    for (name, schema) in members(before) {
        let at = place.at.member(name);
        let inside = Place { at: &at, ..place };
        let Some(now) = after.get("properties").and_then(|members| members.get(name)) else {
            let verb = match place.direction {
                Direction::Request => "accepted",
                Direction::Answer => "answered",
            };
            let text = format!("{} is no longer {verb}", at.subject());
            comparison.graph.found(place.node, Severity::Breaking, text);
            continue;
        };
        comparison.schemas(inside, schema, now);
        let (change, words) = match (required.contains(name.as_str()), still_required.contains(name.as_str()))
        {
            (false, true) => (Change::Narrower, ["is required now", "is always answered now"]),
            (true, false) => (Change::Wider, ["is no longer required", "may be missing now"]),
            _ => continue,
        };
        comparison.changed(inside, change, format!("{} {}", at.subject(), of(place.direction, words)));
    }
    for (name, _) in members(after).filter(|(name, _)| !has(before, name)) {
        let subject = place.at.member(name).subject();
        if place.direction == Direction::Request && still_required.contains(name.as_str()) {
            let text = format!("{subject} is new, and required");
            comparison.graph.found(place.node, Severity::Breaking, text);
        } else {
            let words = of(place.direction, ["is accepted now", "is answered now"]);
            comparison.graph.found(place.node, Severity::Compatible, format!("{subject} {words}"));
        }
    }
    others(comparison, place, before, after);
}

/// Members without a name in the schema.
fn others<'a>(comparison: &mut Comparison<'a>, place: Place<'_>, before: &'a Value, after: &'a Value) {
    let member = |schema: &'a Value| schema.get("additionalProperties").unwrap_or(&Value::Bool(true));
    let (one, other) = (member(before), member(after));
    let subject = place.at.subject();
    match (*one == Value::Bool(false), *other == Value::Bool(false)) {
        (true, true) => {}
        (true, false) => {
            let text = format!("{subject} may have other members now");
            comparison.graph.found(place.node, Severity::Compatible, text);
        }
        (false, true) => {
            comparison.changed(place, Change::Narrower, format!("{subject} has no other members now"));
        }
        (false, false) => {
            let at = place.at.member("*");
            comparison.schemas(Place { at: &at, ..place }, one, other);
        }
    }
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn has(schema: &Value, name: &str) -> bool {
    schema.get("properties").is_some_and(|members| members.get(name).is_some())
}

pub(super) fn required(schema: &Value) -> BTreeSet<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn of(direction: Direction, [request, answer]: [&'static str; 2]) -> &'static str {
    match direction {
        Direction::Request => request,
        Direction::Answer => answer,
    }
}
