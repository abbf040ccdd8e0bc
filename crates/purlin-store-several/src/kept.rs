//! Rows that wait to be put together: a sink that keeps what a store writes, by position.

use purlin_core::Decimal;
use purlin_core::schema::{Field, FieldKind, Schema};
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::value::{DateTime, Value};

/// What stands at one place of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Value(Kept),
    List(Vec<Node>),
    /// The members of an object in their order; their names follow from what was asked for.
    Row(Vec<Node>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    Null,
    Boolean(bool),
    Int(i64),
    BigInt(i64),
    Float(f64),
    Decimal(Box<str>),
    Text(Box<str>),
    DateTimeText(Box<str>),
    DateTime(i64),
    Json(Box<str>),
    Bytes(Box<[u8]>),
}

impl Kept {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Boolean(truth) => Self::Boolean(truth),
            ValueRef::Int(number) => Self::Int(number),
            ValueRef::BigInt(number) => Self::BigInt(number),
            ValueRef::Float(number) => Self::Float(number),
            ValueRef::Decimal(text) => Self::Decimal(text.into()),
            ValueRef::Text(text) => Self::Text(text.into()),
            ValueRef::DateTimeText(text) => Self::DateTimeText(text.into()),
            ValueRef::DateTime(millis) => Self::DateTime(millis),
            ValueRef::Json(text) => Self::Json(text.into()),
            ValueRef::Bytes(bytes) => Self::Bytes(bytes.into()),
        }
    }

    fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Boolean(truth) => ValueRef::Boolean(*truth),
            Self::Int(number) => ValueRef::Int(*number),
            Self::BigInt(number) => ValueRef::BigInt(*number),
            Self::Float(number) => ValueRef::Float(*number),
            Self::Decimal(text) => ValueRef::Decimal(text),
            Self::Text(text) => ValueRef::Text(text),
            Self::DateTimeText(text) => ValueRef::DateTimeText(text),
            Self::DateTime(millis) => ValueRef::DateTime(*millis),
            Self::Json(text) => ValueRef::Json(text),
            Self::Bytes(bytes) => ValueRef::Bytes(bytes),
        }
    }

    /// The value of a field, as parameters hold it: an enum's member by its stored name.
    fn value(&self, schema: &Schema, field: &Field) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(truth) => Value::Boolean(*truth),
            Self::Int(number) | Self::BigInt(number) => Value::Int(*number),
            Self::Float(number) => Value::Float(*number),
            Self::Decimal(text) => Decimal::parse(text).map_or(Value::Null, Value::Decimal),
            Self::Text(text) => match &field.kind {
                FieldKind::Enum(id) => {
                    let member = schema.enumeration(*id).values.iter().find(|member| member.name == **text);
                    Value::String(
                        member.map_or_else(|| text.to_string(), |member| member.database_name.clone()),
                    )
                }
                _ => Value::String(text.to_string()),
            },
            Self::DateTimeText(text) => DateTime::parse(text).map_or(Value::Null, Value::DateTime),
            Self::DateTime(millis) => DateTime::from_millis(*millis).map_or(Value::Null, Value::DateTime),
            Self::Json(text) => Value::Json(text.to_string()),
            Self::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        }
    }

    fn size(&self) -> usize {
        let text = match self {
            Self::Decimal(text) | Self::Text(text) | Self::DateTimeText(text) | Self::Json(text) => {
                text.len()
            }
            Self::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        size_of::<Node>() + text
    }
}

impl Node {
    /// The value of a field that is no list.
    pub(crate) fn value(&self, schema: &Schema, field: &Field) -> Value {
        match self {
            Self::Value(kept) => kept.value(schema, field),
            Self::List(items) => Value::List(items.iter().map(|item| item.value(schema, field)).collect()),
            Self::Row(_) => Value::Null,
        }
    }

    /// As it came.
    pub(crate) fn write(&self, sink: &mut dyn RowSink) {
        match self {
            Self::Value(kept) => sink.value(kept.as_ref()),
            Self::List(items) => {
                sink.begin_list();
                items.iter().for_each(|item| item.write(sink));
                sink.end_list();
            }
            // Rows have names, which whoever asked for them knows.
            Self::Row(_) => sink.value(ValueRef::Null),
        }
    }

    pub(crate) fn members(&self) -> &[Node] {
        match self {
            Self::Row(members) => members,
            Self::Value(_) | Self::List(_) => &[],
        }
    }
}

/// Keeps what it is told.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    done: Vec<Node>,
    /// What is begun, the innermost last.
    open: Vec<Vec<Node>>,
    size: usize,
}

impl Keeper {
    /// The rows of a read, whether it wrote a list or one.
    pub(crate) fn into_rows(self) -> Vec<Node> {
        let mut rows = Vec::new();
        for node in self.done {
            match node {
                Node::List(items) => rows.extend(items),
                row => rows.push(row),
            }
        }
        rows
    }

    fn push(&mut self, node: Node) {
        self.open.last_mut().unwrap_or(&mut self.done).push(node);
    }

    fn end(&mut self, make: fn(Vec<Node>) -> Node) {
        let parts = self.open.pop().unwrap_or_default();
        self.size += size_of::<Node>();
        self.push(make(parts));
    }
}

impl RowSink for Keeper {
    fn begin_list(&mut self) {
        self.open.push(Vec::new());
    }

    fn end_list(&mut self) {
        self.end(Node::List);
    }

    fn begin_object(&mut self) {
        self.open.push(Vec::new());
    }

    fn end_object(&mut self) {
        self.end(Node::Row);
    }

    fn key(&mut self, _name: &str) {}

    fn value(&mut self, value: ValueRef<'_>) {
        let kept = Kept::of(value);
        self.size += kept.size();
        self.push(Node::Value(kept));
    }

    fn restart(&mut self) {
        *self = Self::default();
    }

    fn len(&self) -> usize {
        self.size
    }

    /// A read is all that it holds, so that it can only start from nothing.
    fn rewind(&mut self, len: usize) -> bool {
        if len == 0 {
            *self = Self::default();
        }
        len == 0
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}
