//! Two JSON Schemas of the same place. In a request a narrower one breaks, in an answer a wider one.

use std::collections::BTreeMap;
use std::mem;

use serde_json::Value;

use super::alternatives::{Alternative, Kind, alternatives, matched};
use super::document::Document;
use super::graph::{Direction, Graph, NodeId};
use super::report::Severity;
use super::words::At;
use super::{conditions, keywords, object};

/// Schemas inside schemas of a document that no reader would have let through.
const MOST_DEPTH: usize = 100;

#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) before: Document<'a>,
    pub(super) after: Document<'a>,
    pub(super) graph: Graph,
    depth: usize,
    exchanges: BTreeMap<(&'a str, &'a str, Direction), Severity>,
}

/// Where two schemas stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub(super) node: NodeId,
    pub(super) direction: Direction,
    pub(super) at: &'p At,
}

/// What became of the values that a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Narrower,
    Wider,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(before: Document<'a>, after: Document<'a>) -> Self {
        Self { before, after, graph: Graph::default(), depth: 0, exchanges: BTreeMap::new() }
    }

    /// Two schemas of one place, references and all.
    pub(super) fn schemas(&mut self, place: Place<'_>, before: &'a Value, after: &'a Value) {
        if self.depth >= MOST_DEPTH {
            return;
        }
        self.depth += 1;
        match (self.before.named(before), self.after.named(after)) {
            (Some((one, before)), Some((other, after))) => {
                self.components(place, (one, before), (other, after));
            }
            _ => self.kinds(place, before, after),
        }
        self.depth -= 1;
    }

    fn components(&mut self, place: Place<'_>, before: (&'a str, &'a Value), after: (&'a str, &'a Value)) {
        let is_other =
            before.0 != after.0 && (self.after.has_schema(before.0) || self.before.has_schema(after.0));
        if is_other {
            return self.exchanged(place, before, after);
        }
        let (node, is_new) = self.graph.pair(place.node, before.0, after.0, place.direction);
        if is_new {
            let at = At::new(&format!("`{}`", after.0));
            self.kinds(Place { node, at: &at, ..place }, before.1, after.1);
        }
    }

    /// One component in the place of another that is still there: one change, as bad as the worst difference.
    fn exchanged(&mut self, place: Place<'_>, before: (&'a str, &'a Value), after: (&'a str, &'a Value)) {
        let key = (before.0, after.0, place.direction);
        let severity = if let Some(severity) = self.exchanges.get(&key) {
            *severity
        } else {
            // Where a circle comes back to both, it adds nothing.
            self.exchanges.insert(key, Severity::Compatible);
            let mut inner = Self::new(self.before, self.after);
            inner.depth = self.depth;
            inner.exchanges = mem::take(&mut self.exchanges);
            let node = inner.graph.call(String::new());
            inner.kinds(Place { node, ..place }, before.1, after.1);
            self.exchanges = inner.exchanges;
            let severity = inner.graph.worst();
            self.exchanges.insert(key, severity);
            severity
        };
        let verbs = match place.direction {
            Direction::Request => ("took", "takes"),
            Direction::Answer => ("was", "is"),
        };
        let text = format!("{} {} `{}` and {} `{}`", place.at.subject(), verbs.0, before.0, verbs.1, after.0);
        self.graph.found(place.node, severity, text);
    }

    fn kinds(&mut self, place: Place<'_>, before: &'a Value, after: &'a Value) {
        let (old, new) = (alternatives(self.before, before), alternatives(self.after, after));
        let matched = matched(old.clone(), new.clone());
        for (one, other) in &matched.pairs {
            match (one.component, other.component) {
                (Some(name), Some(named)) if one.is_whole && other.is_whole => {
                    self.components(place, (name, one.schema), (named, other.schema));
                }
                _ => self.same_kind(place, one, other),
            }
        }
        let subject = place.at.subject();
        if let ([gone], [new]) = (&matched.gone[..], &matched.new[..]) {
            let text = format!("{subject} was {} and is {}", gone.words(), new.words());
            if new.kind.holds(gone.kind) {
                self.changed(place, Change::Wider, text);
            } else if gone.kind.holds(new.kind) {
                self.changed(place, Change::Narrower, text);
            } else {
                self.graph.found(place.node, Severity::Breaking, text);
            }
            return;
        }
        let is_held = |all: &[Alternative<'_>], one: &Alternative<'_>| {
            one.is_plain() && all.iter().any(|other| other.kind.holds(one.kind))
        };
        for gone in matched.gone.iter().filter(|gone| !is_held(&new, gone)) {
            let verb = match place.direction {
                Direction::Request => "no longer takes",
                Direction::Answer => "is no longer",
            };
            self.changed(place, Change::Narrower, format!("{subject} {verb} {}", gone.words()));
        }
        for new in matched.new.iter().filter(|new| !is_held(&old, new)) {
            let verb = match place.direction {
                Direction::Request => "also takes",
                Direction::Answer => "may now be",
            };
            self.changed(place, Change::Wider, format!("{subject} {verb} {}", new.words()));
        }
    }

    fn same_kind(&mut self, place: Place<'_>, before: &Alternative<'a>, after: &Alternative<'a>) {
        let (one, other) = (before.schema, after.schema);
        if std::ptr::eq(one, other) || one == other && !one.to_string().contains("$ref") {
            return;
        }
        if before.kind == Kind::Anything {
            return;
        }
        keywords::compare(self, place, before.kind, one, other);
        match before.kind {
            Kind::Object => object::compare(self, place, one, other),
            Kind::List => {
                let anything = &Value::Bool(true);
                let (items, now) =
                    (one.get("items").unwrap_or(anything), other.get("items").unwrap_or(anything));
                self.schemas(Place { at: &place.at.items(), ..place }, items, now);
            }
            _ => {}
        }
        conditions::compare(self, place, one, other);
    }

    /// Narrower breaks requests, wider breaks answers.
    pub(super) fn changed(&mut self, place: Place<'_>, change: Change, text: String) {
        let breaks = match place.direction {
            Direction::Request => change == Change::Narrower,
            Direction::Answer => change == Change::Wider,
        };
        let severity = if breaks { Severity::Breaking } else { Severity::Compatible };
        self.graph.found(place.node, severity, text);
    }
}
