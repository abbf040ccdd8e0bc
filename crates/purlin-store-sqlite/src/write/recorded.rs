//! A sink that remembers what it is told. A plan may have to run a second time because a
//! neighbour spoiled the transaction, so its answer reaches the real sink only after the commit.

use purlin_core::sink::{RowSink, ValueRef};

#[derive(Debug, Default)]
pub(crate) struct Recorded {
    events: Vec<Event>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    BeginList,
    EndList,
    BeginObject,
    EndObject,
    Key(Span),
    Null,
    Boolean(bool),
    Int(i64),
    BigInt(i64),
    Float(f64),
    Decimal(Span),
    Text(Span),
    DateTimeText(Span),
    DateTime(i64),
    Json(Span),
    Bytes(Span),
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
}

impl Recorded {
    pub(crate) fn replay(&self, sink: &mut dyn RowSink) {
        for event in &self.events {
            match *event {
                Event::BeginList => sink.begin_list(),
                Event::EndList => sink.end_list(),
                Event::BeginObject => sink.begin_object(),
                Event::EndObject => sink.end_object(),
                Event::Key(span) => sink.key(self.text(span)),
                Event::Null => sink.value(ValueRef::Null),
                Event::Boolean(truth) => sink.value(ValueRef::Boolean(truth)),
                Event::Int(number) => sink.value(ValueRef::Int(number)),
                Event::BigInt(number) => sink.value(ValueRef::BigInt(number)),
                Event::Float(number) => sink.value(ValueRef::Float(number)),
                Event::Decimal(span) => sink.value(ValueRef::Decimal(self.text(span))),
                Event::Text(span) => sink.value(ValueRef::Text(self.text(span))),
                Event::DateTimeText(span) => sink.value(ValueRef::DateTimeText(self.text(span))),
                Event::DateTime(millis) => sink.value(ValueRef::DateTime(millis)),
                Event::Json(span) => sink.value(ValueRef::Json(self.text(span))),
                Event::Bytes(span) => sink.value(ValueRef::Bytes(self.slice(span))),
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Span {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Span { start, end: self.bytes.len() }
    }

    fn slice(&self, span: Span) -> &[u8] {
        self.bytes.get(span.start..span.end).unwrap_or_default()
    }

    fn text(&self, span: Span) -> &str {
        // Only whole texts were kept.
        std::str::from_utf8(self.slice(span)).unwrap_or_default()
    }
}

impl RowSink for Recorded {
    fn begin_list(&mut self) {
        self.events.push(Event::BeginList);
    }

    fn end_list(&mut self) {
        self.events.push(Event::EndList);
    }

    fn begin_object(&mut self) {
        self.events.push(Event::BeginObject);
    }

    fn end_object(&mut self) {
        self.events.push(Event::EndObject);
    }

    fn key(&mut self, name: &str) {
        let span = self.keep(name.as_bytes());
        self.events.push(Event::Key(span));
    }

    fn value(&mut self, value: ValueRef<'_>) {
        let event = match value {
            ValueRef::Null => Event::Null,
            ValueRef::Boolean(truth) => Event::Boolean(truth),
            ValueRef::Int(number) => Event::Int(number),
            ValueRef::BigInt(number) => Event::BigInt(number),
            ValueRef::Float(number) => Event::Float(number),
            ValueRef::Decimal(text) => Event::Decimal(self.keep(text.as_bytes())),
            ValueRef::Text(text) => Event::Text(self.keep(text.as_bytes())),
            ValueRef::DateTimeText(text) => Event::DateTimeText(self.keep(text.as_bytes())),
            ValueRef::DateTime(millis) => Event::DateTime(millis),
            ValueRef::Json(text) => Event::Json(self.keep(text.as_bytes())),
            ValueRef::Bytes(bytes) => Event::Bytes(self.keep(bytes)),
        };
        self.events.push(event);
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}
