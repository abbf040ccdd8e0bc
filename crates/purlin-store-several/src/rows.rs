//! Rows of several databases put together, and written as one database would have answered.

use std::collections::HashMap;

use purlin_core::schema::{FieldId, Schema};
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::value::Value;

use crate::kept::{Kept, Node};
use crate::split::{KeyPart, Level, Member};

/// Rows with what was read elsewhere for them.
#[derive(Debug)]
pub(crate) struct Rows {
    pub level: Level,
    pub nodes: Vec<Node>,
    /// One of each include that left, by number.
    pub branches: Vec<Branch>,
}

#[derive(Debug)]
pub(crate) struct Branch {
    pub keys: Vec<KeyPart>,
    /// Else at most one row.
    pub is_list: bool,
    /// Nothing where no parent has a key.
    pub rows: Option<Rows>,
    /// Positions in the rows, by key.
    pub groups: HashMap<String, Vec<usize>>,
}

impl Rows {
    pub(crate) fn write(&self, schema: &Schema, row: &Node, sink: &mut dyn RowSink) {
        self.write_at(schema, &self.level, row, sink);
    }

    fn write_at(&self, schema: &Schema, level: &Level, row: &Node, sink: &mut dyn RowSink) {
        let model = schema.model(level.model);
        let members = row.members();
        let name = |field: FieldId| model.field(field).name.as_str();
        sink.begin_object();
        for (field, node) in level.shown.iter().zip(members) {
            sink.key(name(*field));
            node.write(sink);
        }
        let mut rest = members.iter().skip(level.width);
        for member in &level.members {
            match member {
                Member::Near { relation, level } => {
                    sink.key(name(*relation));
                    match rest.next() {
                        Some(Node::List(rows)) => {
                            sink.begin_list();
                            rows.iter().for_each(|row| self.write_at(schema, level, row, sink));
                            sink.end_list();
                        }
                        Some(row @ Node::Row(_)) => self.write_at(schema, level, row, sink),
                        Some(Node::Value(_)) | None => sink.value(ValueRef::Null),
                    }
                }
                Member::Far { relation, number } => {
                    sink.key(name(*relation));
                    match self.branches.get(*number) {
                        Some(branch) => branch.write(schema, level, row, sink),
                        None => sink.value(ValueRef::Null),
                    }
                }
            }
        }
        if !level.counts.is_empty() {
            sink.key("_count");
            sink.begin_object();
            for (relation, node) in level.counts.iter().zip(rest.next().map_or(&[][..], Node::members)) {
                sink.key(name(*relation));
                node.write(sink);
            }
            sink.end_object();
        }
        sink.end_object();
    }

    /// Calls back with the members of each parent of each include that left: its number, and the parent's row.
    pub(crate) fn each_parent<'r>(
        level: &'r Level,
        rows: &'r [Node],
        found: &mut dyn FnMut(usize, &'r Node),
    ) {
        for row in rows {
            let mut rest = row.members().iter().skip(level.width);
            for member in &level.members {
                match member {
                    Member::Far { number, .. } => found(*number, row),
                    Member::Near { level, .. } => match rest.next() {
                        Some(Node::List(below)) => Self::each_parent(level, below, found),
                        Some(below @ Node::Row(_)) => {
                            Self::each_parent(level, std::slice::from_ref(below), found);
                        }
                        Some(Node::Value(_)) | None => {}
                    },
                }
            }
        }
    }
}

impl Branch {
    fn write(&self, schema: &Schema, parent: &Level, row: &Node, sink: &mut dyn RowSink) {
        let model = schema.model(parent.model);
        let fields = self.keys.iter().map(|part| (part.position, model.field(part.local)));
        let key = key_of(schema, fields, row).map(|values| key_text(&values));
        let found = key.and_then(|key| self.groups.get(&key)).map_or(&[][..], Vec::as_slice);
        let related =
            |position: &usize| self.rows.as_ref().and_then(|it| Some((it, it.nodes.get(*position)?)));
        let mut rows = found.iter().filter_map(related);
        if self.is_list {
            sink.begin_list();
            rows.for_each(|(rows, row)| rows.write(schema, row, sink));
            sink.end_list();
        } else {
            match rows.next() {
                Some((rows, row)) => rows.write(schema, row, sink),
                None => sink.value(ValueRef::Null),
            }
        }
    }
}

/// The values of a key, unless one is null: then it leads nowhere.
pub(crate) fn key_of<'f>(
    schema: &Schema,
    parts: impl Iterator<Item = (usize, &'f purlin_core::schema::Field)>,
    row: &Node,
) -> Option<Vec<Value>> {
    let value = |(position, field)| match row.members().get(position)? {
        Node::Value(Kept::Null) => None,
        node => Some(node.value(schema, field)).filter(|value| !value.is_null()),
    };
    parts.map(value).collect()
}

/// The same for equal keys, and for no others.
pub(crate) fn key_text(values: &[Value]) -> String {
    let mut text = String::new();
    for value in values {
        let part = match value {
            Value::String(part) => part.clone(),
            Value::Int(number) => number.to_string(),
            Value::Decimal(number) => number.to_string(),
            other => format!("{other:?}"),
        };
        text.push_str(&part.len().to_string());
        text.push(':');
        text.push_str(&part);
    }
    text
}
