//! Checks of one value: bounds, lengths, patterns, formats, the values of an enum. In answers only what a client
//! reads by can break it: formats, encodings and values.

use std::cmp::Ordering;

use serde_json::Value;

use super::alternatives::Kind;
use super::graph::Direction;
use super::report::Severity;
use super::schema::{Change, Comparison, Place};
use super::words::listed;

/// The least number, or the greatest: whether it counts itself in, and its keywords.
const BOUNDS: [(&str, &str, Side); 2] =
    [("minimum", "exclusiveMinimum", Side::Least), ("maximum", "exclusiveMaximum", Side::Most)];

const TEXT_SIZES: [(&str, Side); 2] = [("minLength", Side::Least), ("maxLength", Side::Most)];
const LIST_SIZES: [(&str, Side); 2] = [("minItems", Side::Least), ("maxItems", Side::Most)];
const OBJECT_SIZES: [(&str, Side); 2] = [("minProperties", Side::Least), ("maxProperties", Side::Most)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Least,
    Most,
}

pub(super) fn compare<'a>(
    comparison: &mut Comparison<'a>,
    place: Place<'_>,
    kind: Kind,
    before: &'a Value,
    after: &'a Value,
) {
    let sizes = match kind {
        Kind::Text => TEXT_SIZES,
        Kind::List => LIST_SIZES,
        Kind::Object => OBJECT_SIZES,
        Kind::Integer | Kind::Number => {
            for (inclusive, exclusive, side) in BOUNDS {
                let (one, other) =
                    (bound(before, inclusive, exclusive, side), bound(after, inclusive, exclusive, side));
                size(comparison, place, inclusive, side, one, other);
            }
            return values(comparison, place, kind, before, after);
        }
        Kind::Null | Kind::Boolean | Kind::Anything => return values(comparison, place, kind, before, after),
    };
    for (keyword, side) in sizes {
        let get = |schema: &'a Value| schema.get(keyword).map(|value| (value, false));
        size(comparison, place, keyword, side, get(before), get(after));
    }
    if kind == Kind::List {
        let is_set = |schema: &Value| schema.get("uniqueItems") == Some(&Value::Bool(true));
        if !is_set(before) && is_set(after) {
            narrower(comparison, place, format!("{} holds no item twice now", place.at.subject()));
        }
    }
    if kind == Kind::Text {
        values(comparison, place, kind, before, after);
        patterns(comparison, place, before, after);
        forms(comparison, place, before, after);
    }
}

/// The stricter of both forms of a bound, and whether it leaves itself out.
fn bound<'a>(schema: &'a Value, inclusive: &str, exclusive: &str, side: Side) -> Option<(&'a Value, bool)> {
    let with = schema.get(inclusive).map(|value| (value, false));
    let without = schema.get(exclusive).map(|value| (value, true));
    match (with, without) {
        (Some(one), Some(other)) => {
            Some(if strictness(Some(one), Some(other), side) == Ordering::Less { other } else { one })
        }
        (one, other) => one.or(other),
    }
}

/// How the second compares with the first: `Less` where the first is less strict.
fn strictness(one: Option<(&Value, bool)>, other: Option<(&Value, bool)>, side: Side) -> Ordering {
    match (one, other) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some((one, leaves_out)), Some((other, also_leaves_out))) => {
            let order = order(one, other);
            let order = if side == Side::Least { order } else { order.reverse() };
            order.then(leaves_out.cmp(&also_leaves_out))
        }
    }
}

/// Whole numbers by all their digits.
fn order(one: &Value, other: &Value) -> Ordering {
    let whole = |value: &Value| value.to_string().parse::<i128>().ok();
    let real = |value: &Value| value.to_string().parse::<f64>().ok();
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => real(one).partial_cmp(&real(other)).unwrap_or(Ordering::Equal),
    }
}

fn size(
    comparison: &mut Comparison<'_>,
    place: Place<'_>,
    keyword: &str,
    side: Side,
    before: Option<(&Value, bool)>,
    after: Option<(&Value, bool)>,
) {
    let words = |bound: Option<(&Value, bool)>| match bound {
        None => "none".to_owned(),
        Some((value, true)) => format!("{value}, itself left out"),
        Some((value, false)) => value.to_string(),
    };
    let subject = place.at.subject();
    let text = format!("{subject}: {keyword} was {} and is {}", words(before), words(after));
    match strictness(before, after, side) {
        Ordering::Equal => {}
        Ordering::Less => narrower(comparison, place, text),
        Ordering::Greater => comparison.graph.found(place.node, Severity::Compatible, text),
    }
}

/// Of answers nothing is sent back that could be refused.
fn narrower(comparison: &mut Comparison<'_>, place: Place<'_>, text: String) {
    comparison.changed(place, Change::Narrower, text);
}

/// `enum` and `const`: the values of this kind, or `None` where all are good.
fn choices(schema: &Value) -> Option<Vec<&Value>> {
    if let Some(only) = schema.get("const") {
        return Some(vec![only]);
    }
    schema.get("enum").and_then(Value::as_array).map(|values| values.iter().collect())
}

fn values(comparison: &mut Comparison<'_>, place: Place<'_>, kind: Kind, before: &Value, after: &Value) {
    let subject = place.at.subject();
    let (one, other) = match (choices(before), choices(after)) {
        (None, None) => return,
        (None, Some(values)) => {
            let text = format!("{subject} was {} and is one of {}", kind.words(), marked(&values));
            return comparison.changed(place, Change::Narrower, text);
        }
        (Some(values), None) => {
            let text = format!("{subject} was one of {} and is {}", marked(&values), kind.words());
            return comparison.changed(place, Change::Wider, text);
        }
        (Some(one), Some(other)) => (one, other),
    };
    let gone: Vec<&Value> = one.iter().filter(|value| !other.contains(value)).copied().collect();
    let new: Vec<&Value> = other.iter().filter(|value| !one.contains(value)).copied().collect();
    if !gone.is_empty() {
        let verb = match place.direction {
            Direction::Request => "no longer takes",
            Direction::Answer => "is no longer",
        };
        comparison.changed(place, Change::Narrower, format!("{subject} {verb} {}", marked(&gone)));
    }
    if new.is_empty() {
        return;
    }
    match place.direction {
        Direction::Request => {
            comparison.changed(place, Change::Wider, format!("{subject} also takes {}", marked(&new)));
        }
        // A client that knows all values may have no way for another one.
        Direction::Answer => {
            let text = format!("{subject} may now be {}", marked(&new));
            comparison.graph.found(place.node, Severity::Warning, text);
        }
    }
}

fn marked(values: &[&Value]) -> String {
    let plain = |value: &&Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    listed(&values.iter().map(plain).collect::<Vec<_>>())
}

/// All that must match: `pattern`, and those of `allOf`.
fn patterns_of(schema: &Value) -> Vec<&str> {
    let further = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    [schema].into_iter().chain(further).filter_map(|part| part.get("pattern")?.as_str()).collect()
}

fn patterns(comparison: &mut Comparison<'_>, place: Place<'_>, before: &Value, after: &Value) {
    let (one, other) = (patterns_of(before), patterns_of(after));
    let subject = place.at.subject();
    for pattern in other.iter().filter(|pattern| !one.contains(pattern)) {
        narrower(comparison, place, format!("{subject} must match `{pattern}` now"));
    }
    for pattern in one.iter().filter(|pattern| !other.contains(pattern)) {
        let text = format!("{subject} need not match `{pattern}` any more");
        comparison.graph.found(place.node, Severity::Compatible, text);
    }
}

/// What the text stands for.
fn forms<'a>(comparison: &mut Comparison<'a>, place: Place<'_>, before: &'a Value, after: &'a Value) {
    let subject = place.at.subject();
    for keyword in ["format", "contentEncoding", "contentMediaType"] {
        let get = |schema: &'a Value| schema.get(keyword).and_then(Value::as_str);
        match (get(before), get(after)) {
            (None, None) => {}
            (None, Some(form)) => {
                comparison.changed(
                    place,
                    Change::Narrower,
                    format!("{subject} has the {keyword} `{form}` now"),
                );
            }
            (Some(form), None) => {
                let text = format!("{subject} has not the {keyword} `{form}` any more");
                comparison.changed(place, Change::Wider, text);
            }
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                let text = format!("{subject}: {keyword} was `{one}` and is `{other}`");
                comparison.graph.found(place.node, Severity::Breaking, text);
            }
        }
    }
    if let (Some(one), Some(other)) = (before.get("contentSchema"), after.get("contentSchema")) {
        comparison.schemas(place, one, other);
    }
}
