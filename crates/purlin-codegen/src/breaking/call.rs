//! One call of both documents: its parameters, its body, its answers, and whether it needs a token.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::calls::Call;
use super::document::Document;
use super::graph::{Direction, NodeId};
use super::report::Severity;
use super::schema::{Comparison, Place};
use super::words::{At, listed};

pub(super) fn compare<'a>(
    comparison: &mut Comparison<'a>,
    node: NodeId,
    before: &Call<'a>,
    after: &Call<'a>,
) {
    parameters(comparison, node, before, after);
    body(comparison, node, before.operation, after.operation);
    answers(comparison, node, before.operation, after.operation);
    security(comparison, node, before, after);
    let id = |call: &Call<'a>| call.operation.get("operationId").and_then(Value::as_str);
    if let (Some(one), Some(other)) = (id(before), id(after))
        && one != other
    {
        let text = format!("programs made from the document know it as `{other}`, no longer as `{one}`");
        comparison.graph.found(node, Severity::Warning, text);
    }
}

/// Those of a path by their place in it, all others by name.
fn parameters_of<'a>(document: Document<'a>, call: &Call<'a>) -> Vec<((String, String), &'a Value)> {
    let named = |name: &str| format!("{{{name}}}");
    let place = |name: &str| call.path.split('/').position(|part| part == named(name)).unwrap_or_default();
    let lists = [call.item.get("parameters"), call.operation.get("parameters")];
    let all = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
    let keyed = all.map(|parameter| {
        let parameter = document.resolve(parameter);
        let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = if text("in") == "path" { place(&text("name")).to_string() } else { text("name") };
        ((text("in"), name), parameter)
    });
    keyed.collect()
}

fn parameters<'a>(comparison: &mut Comparison<'a>, node: NodeId, before: &Call<'a>, after: &Call<'a>) {
    let old = parameters_of(comparison.before, before);
    let new: BTreeMap<_, _> = parameters_of(comparison.after, after).into_iter().collect();
    let is_required = |parameter: &Value| parameter.get("required") == Some(&Value::Bool(true));
    let mut gone = Vec::new();
    // `title[gt]` changes with `title`: one of a field's filters stands for all.
    let mut told: BTreeMap<&str, Severity> = BTreeMap::new();
    for (key, one) in &old {
        let Some(other) = new.get(key) else {
            gone.push(key.1.clone());
            continue;
        };
        let name = one.get("name").and_then(Value::as_str).unwrap_or_default();
        let at = At::new(&format!("the parameter `{name}`"));
        let place = Place { node, direction: Direction::Request, at: &at };
        let anything = &Value::Bool(true);
        let before = comparison.graph.found_in(node).len();
        comparison.schemas(
            place,
            one.get("schema").unwrap_or(anything),
            other.get("schema").unwrap_or(anything),
        );
        let found = comparison.graph.found_in(node).get(before..).unwrap_or_default();
        if let Some(worst) = found.iter().map(|(severity, _)| *severity).min() {
            let field = name.split('[').next().unwrap_or(name);
            if told.get(field).is_some_and(|known| *known <= worst) {
                comparison.graph.keep(node, before);
            } else {
                told.insert(field, worst);
            }
        }
        match (is_required(one), is_required(other)) {
            (false, true) => {
                let text = format!("{} is required now", at.subject());
                comparison.graph.found(node, Severity::Breaking, text);
            }
            (true, false) => {
                let text = format!("{} is no longer required", at.subject());
                comparison.graph.found(node, Severity::Compatible, text);
            }
            _ => {}
        }
        if ["style", "explode"].iter().any(|word| one.get(*word) != other.get(*word)) {
            let text = format!("{} is written in another way", at.subject());
            comparison.graph.found(node, Severity::Breaking, text);
        }
    }
    let known = |key: &(String, String)| old.iter().any(|(other, _)| other == key);
    let added = new.iter().filter(|(key, _)| !known(key));
    let (required, optional): (Vec<_>, Vec<_>) = added.partition(|(_, parameter)| is_required(parameter));
    let names = |list: Vec<(&(String, String), &&Value)>| -> Vec<String> {
        list.into_iter().map(|((_, name), _)| name.clone()).collect()
    };
    for (names, severity, is, are) in [
        (gone, Severity::Breaking, "is gone", "are gone"),
        (names(required), Severity::Breaking, "is new, and required", "are new, and required"),
        (names(optional), Severity::Compatible, "is new", "are new"),
    ] {
        let text = match names.len() {
            0 => continue,
            1 => format!("the parameter {} {is}", listed(&names)),
            _ => format!("the parameters {} {are}", listed(&names)),
        };
        comparison.graph.found(node, severity, text);
    }
}

fn contents(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.get("content").and_then(Value::as_object).into_iter().flatten()
}

fn schema_of(content: &Value) -> &Value {
    content.get("schema").unwrap_or(&Value::Bool(true))
}

fn body<'a>(comparison: &mut Comparison<'a>, node: NodeId, before: &'a Value, after: &'a Value) {
    let at = &At::new("the body");
    let one = before.get("requestBody").map(|body| comparison.before.resolve(body));
    let other = after.get("requestBody").map(|body| comparison.after.resolve(body));
    let is_required =
        |body: Option<&Value>| body.is_some_and(|body| body.get("required") == Some(&Value::Bool(true)));
    match (is_required(one), is_required(other)) {
        (false, true) => {
            comparison.graph.found(node, Severity::Breaking, "a body is required now".to_owned());
        }
        (true, false) if other.is_some() => {
            comparison.graph.found(node, Severity::Compatible, "a body is no longer required".to_owned());
        }
        _ => {}
    }
    match (one, other) {
        (Some(one), Some(other)) => {
            media(comparison, Place { node, direction: Direction::Request, at }, one, other);
        }
        (Some(_), None) => {
            comparison.graph.found(node, Severity::Breaking, "no body is taken any more".to_owned());
        }
        (None, Some(_)) if !is_required(other) => {
            comparison.graph.found(node, Severity::Compatible, "a body is taken now".to_owned());
        }
        _ => {}
    }
}

/// The same thing in each of its media types.
fn media<'a>(comparison: &mut Comparison<'a>, place: Place<'_>, before: &'a Value, after: &'a Value) {
    let verb = match place.direction {
        Direction::Request => "taken",
        Direction::Answer => "answered",
    };
    for (name, content) in contents(before) {
        let Some((_, other)) = contents(after).find(|(other, _)| *other == name) else {
            let text = format!("`{name}` is no longer {verb}");
            comparison.graph.found(place.node, Severity::Breaking, text);
            continue;
        };
        comparison.schemas(place, schema_of(content), schema_of(other));
    }
    for (name, _) in contents(after).filter(|(name, _)| !contents(before).any(|(other, _)| other == *name)) {
        let text = format!("`{name}` is {verb} now");
        comparison.graph.found(place.node, Severity::Compatible, text);
    }
}

fn is_success(status: &str) -> bool {
    status.starts_with('2') || status.starts_with('3')
}

fn answers<'a>(comparison: &mut Comparison<'a>, node: NodeId, before: &'a Value, after: &'a Value) {
    let get = |operation: &'a Value| operation.get("responses").and_then(Value::as_object);
    let empty = Map::new();
    let (Some(old), new) = (get(before), get(after)) else { return };
    for (status, one) in old {
        let Some(other) = new.and_then(|new| new.get(status)) else {
            let severity = if is_success(status) { Severity::Breaking } else { Severity::Compatible };
            comparison.graph.found(node, severity, format!("it no longer answers {status}"));
            continue;
        };
        let (one, other) = (comparison.before.resolve(one), comparison.after.resolve(other));
        let at = At::new(&format!("the answer of {status}"));
        media(comparison, Place { node, direction: Direction::Answer, at: &at }, one, other);
        let headers =
            |answer: &'a Value| answer.get("headers").and_then(Value::as_object).into_iter().flatten();
        for (name, _) in headers(one).filter(|(name, _)| !headers(other).any(|(kept, _)| kept == *name)) {
            let text = format!("the answer of {status} has no header `{name}` any more");
            comparison.graph.found(node, Severity::Warning, text);
        }
    }
    for status in new.unwrap_or(&empty).keys().filter(|status| !old.contains_key(*status)) {
        let severity = if is_success(status) { Severity::Warning } else { Severity::Compatible };
        comparison.graph.found(node, severity, format!("it may answer {status} now"));
    }
}

/// Whether a call works for nobody in particular: there is no requirement, or an empty one.
fn is_open(call: &Call<'_>) -> bool {
    match call.operation.get("security").and_then(Value::as_array) {
        None => true,
        Some(list) => list.is_empty() || list.iter().any(|one| one.as_object().is_some_and(Map::is_empty)),
    }
}

fn security(comparison: &mut Comparison<'_>, node: NodeId, before: &Call<'_>, after: &Call<'_>) {
    match (is_open(before), is_open(after)) {
        (true, false) => {
            comparison.graph.found(node, Severity::Breaking, "it needs a token now".to_owned());
        }
        (false, true) => {
            comparison.graph.found(node, Severity::Compatible, "it works without a token now".to_owned());
        }
        _ => {}
    }
}
