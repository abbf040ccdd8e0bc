//! Which calls a change reaches: calls and pairs of components are nodes, references are edges. A pair is compared
//! once however often it is referred to, so that the work grows with the document and not with its paths.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Change, Report, Severity};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Request,
    Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(usize);

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Call(String),
    Schema(String),
}

#[derive(Debug)]
struct Node {
    place: Place,
    found: Vec<(Severity, String)>,
    /// Who refers to it.
    users: BTreeSet<NodeId>,
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    pairs: BTreeMap<(String, String, Direction), NodeId>,
}

impl Graph {
    pub(super) fn call(&mut self, name: String) -> NodeId {
        self.add(Place::Call(name))
    }

    /// The node of two components, and whether it is new.
    pub(super) fn pair(
        &mut self,
        user: NodeId,
        before: &str,
        after: &str,
        direction: Direction,
    ) -> (NodeId, bool) {
        let key = (before.to_owned(), after.to_owned(), direction);
        let known = self.pairs.get(&key).copied();
        let id = known.unwrap_or_else(|| self.add(Place::Schema(after.to_owned())));
        if known.is_none() {
            self.pairs.insert(key, id);
        }
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.users.insert(user);
        }
        (id, known.is_none())
    }

    pub(super) fn found(&mut self, at: NodeId, severity: Severity, text: String) {
        if let Some(node) = self.nodes.get_mut(at.0) {
            node.found.push((severity, text));
        }
    }

    /// What has been found in a place so far.
    pub(super) fn found_in(&self, at: NodeId) -> &[(Severity, String)] {
        self.nodes.get(at.0).map_or(&[], |node| &node.found)
    }

    /// Takes back what came after the first.
    pub(super) fn keep(&mut self, at: NodeId, first: usize) {
        if let Some(node) = self.nodes.get_mut(at.0) {
            node.found.truncate(first);
        }
    }

    pub(super) fn worst(&self) -> Severity {
        let found = self.nodes.iter().flat_map(|node| &node.found);
        found.map(|(severity, _)| *severity).min().unwrap_or(Severity::Compatible)
    }

    fn add(&mut self, place: Place) -> NodeId {
        self.nodes.push(Node { place, found: Vec::new(), users: BTreeSet::new() });
        NodeId(self.nodes.len() - 1)
    }

    /// Changes of the same words are one.
    pub(super) fn into_report(self) -> Report {
        let mut changes: Vec<Change> = Vec::new();
        let mut known: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.found.is_empty()) {
            let calls = self.calls_of(NodeId(index));
            for (severity, text) in &node.found {
                let place = *known.entry((*severity, text)).or_insert_with(|| {
                    changes.push(Change {
                        severity: *severity,
                        text: text.clone(),
                        schemas: Vec::new(),
                        calls: Vec::new(),
                    });
                    changes.len() - 1
                });
                let Some(change) = changes.get_mut(place) else { continue };
                if let Place::Schema(name) = &node.place {
                    add_new(&mut change.schemas, name);
                }
                for call in &calls {
                    add_new(&mut change.calls, call);
                }
            }
        }
        changes.sort_by_key(|change| change.severity);
        Report { changes }
    }

    /// In the order of the document.
    fn calls_of(&self, of: NodeId) -> Vec<&str> {
        let (mut seen, mut open) = (BTreeSet::from([of]), vec![of]);
        while let Some(node) = open.pop().and_then(|id| self.nodes.get(id.0)) {
            open.extend(node.users.iter().copied().filter(|user| seen.insert(*user)));
        }
        let names = seen.iter().filter_map(|id| match &self.nodes.get(id.0)?.place {
            Place::Call(name) => Some(name.as_str()),
            Place::Schema(_) => None,
        });
        names.collect()
    }
}

fn add_new(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|known| known == name) {
        list.push(name.to_owned());
    }
}
