//! Where rows go. A store writes events; the JSON sink turns them into the answer's bytes
//! at once, the value sink into trees. Events come in the order of a JSON text.

mod json;
mod null;

pub use json::JsonSink;
pub use null::NullSink;

/// One value on its way out, borrowed from the row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    Null,
    Boolean(bool),
    Int(i64),
    /// Written as a JSON string.
    BigInt(i64),
    /// Always finite.
    Float(f64),
    /// Canonical text; written as a JSON string without escaping.
    Decimal(&'a str),
    Text(&'a str),
    /// `2026-01-31T09:30:00.000Z`; written as a JSON string without escaping.
    DateTimeText(&'a str),
    /// Milliseconds since 1970.
    DateTime(i64),
    /// A JSON text, written as it is.
    Json(&'a str),
    /// Written as base64.
    Bytes(&'a [u8]),
}

pub trait RowSink: Send {
    fn begin_list(&mut self);
    fn end_list(&mut self);
    fn begin_object(&mut self);
    fn end_object(&mut self);
    /// A field's name: letters, digits and `_` only, so it needs no escaping.
    fn key(&mut self, name: &str);
    fn value(&mut self, value: ValueRef<'_>);
    /// Forgets all values: whatever wrote them starts anew.
    fn restart(&mut self);
    /// The JSON text of all that was told, for a sink that has one.
    fn text(&self) -> Option<&str> {
        None
    }
    /// How many bytes are held, so that a store can stop an answer that grows without bound.
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Forgets everything since it held `len` bytes and a value was due there, so that a store can start a
    /// read over. Whether it could: a sink of writes never has to.
    fn rewind(&mut self, _len: usize) -> bool {
        false
    }
    /// Takes back the sink's concrete type after a write returned it.
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send>;
}
