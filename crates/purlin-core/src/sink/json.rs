//! Rows to JSON bytes, with nothing in between.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{RowSink, ValueRef};
use crate::value::DateTime;

/// Writes what it is told at the end of a buffer. The surface may put text before (a prefix) and
/// after the events.
#[derive(Debug, Default)]
pub struct JsonSink {
    buffer: Vec<u8>,
    /// The length of the prefix.
    start: usize,
    /// A value has been written at this level, so the next needs a comma.
    needs_comma: bool,
}

impl JsonSink {
    /// Starts after `prefix`, which leaves the place of one value open, such as `{"data":`.
    pub fn with_prefix(prefix: &str, capacity: usize) -> Self {
        let mut buffer = Vec::with_capacity(capacity);
        buffer.extend_from_slice(prefix.as_bytes());
        Self { buffer, start: prefix.len(), needs_comma: false }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }

    /// Raw text, for what surrounds the rows.
    pub fn push_raw(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn separate(&mut self) {
        if self.needs_comma {
            self.buffer.push(b',');
        }
        self.needs_comma = true;
    }

    fn push_quoted(&mut self, text: &str) {
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.push(b'"');
    }
}

impl RowSink for JsonSink {
    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.buffer.get(self.start..)?).ok()
    }

    fn begin_list(&mut self) {
        self.separate();
        self.buffer.push(b'[');
        self.needs_comma = false;
    }

    fn end_list(&mut self) {
        self.buffer.push(b']');
        self.needs_comma = true;
    }

    fn begin_object(&mut self) {
        self.separate();
        self.buffer.push(b'{');
        self.needs_comma = false;
    }

    fn end_object(&mut self) {
        self.buffer.push(b'}');
        self.needs_comma = true;
    }

    fn key(&mut self, name: &str) {
        // Grown at most once, with room for a short value too.
        self.buffer.reserve(name.len() + 16);
        self.separate();
        self.push_quoted(name);
        self.buffer.push(b':');
        self.needs_comma = false;
    }

    fn value(&mut self, value: ValueRef<'_>) {
        self.separate();
        match value {
            ValueRef::Null => self.buffer.extend_from_slice(b"null"),
            ValueRef::Boolean(true) => self.buffer.extend_from_slice(b"true"),
            ValueRef::Boolean(false) => self.buffer.extend_from_slice(b"false"),
            ValueRef::Int(number) => {
                self.buffer.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            }
            ValueRef::BigInt(number) => self.push_quoted(itoa::Buffer::new().format(number)),
            ValueRef::Float(number) => write_float(&mut self.buffer, number),
            ValueRef::Decimal(text) | ValueRef::DateTimeText(text) => self.push_quoted(text),
            ValueRef::Text(text) => write_string(&mut self.buffer, text),
            ValueRef::DateTime(millis) => match DateTime::from_millis(millis) {
                Ok(time) => self.push_quoted(time.text().as_str()),
                Err(_) => self.buffer.extend_from_slice(b"null"),
            },
            ValueRef::Json(text) => self.buffer.extend_from_slice(text.as_bytes()),
            ValueRef::Bytes(bytes) => self.push_quoted(&STANDARD.encode(bytes)),
        }
    }

    fn restart(&mut self) {
        self.buffer.truncate(self.start);
        self.needs_comma = false;
    }

    fn len(&self) -> usize {
        self.buffer.len()
    }

    fn rewind(&mut self, len: usize) -> bool {
        self.buffer.truncate(len);
        // Where a value is due, it is the first exactly after one of these.
        self.needs_comma = !matches!(self.buffer.last(), None | Some(b'[' | b'{' | b':' | b','));
        true
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}

/// The shortest text that reads back as the same number.
fn write_float(buffer: &mut Vec<u8>, number: f64) {
    match serde_json::Number::from_f64(number) {
        Some(number) => buffer.extend_from_slice(number.to_string().as_bytes()),
        None => buffer.extend_from_slice(b"null"),
    }
}

/// A JSON string with the escapes that RFC 8259 section 7 demands and no others.
fn write_string(buffer: &mut Vec<u8>, text: &str) {
    buffer.reserve(text.len() + 2);
    buffer.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(length) = clean_length(rest) {
        let (clean, from) = rest.split_at(length);
        buffer.extend_from_slice(clean);
        let Some((byte, after)) = from.split_first() else { break };
        match byte {
            b'"' => buffer.extend_from_slice(b"\\\""),
            b'\\' => buffer.extend_from_slice(b"\\\\"),
            b'\n' => buffer.extend_from_slice(b"\\n"),
            b'\r' => buffer.extend_from_slice(b"\\r"),
            b'\t' => buffer.extend_from_slice(b"\\t"),
            control => buffer.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        }
        rest = after;
    }
    buffer.extend_from_slice(rest);
    buffer.push(b'"');
}

/// How many bytes come before the first that must be escaped; `None` when there is none. Most text has
/// none, so whole chunks are asked at once, which compiles to a few vector instructions.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch for each byte would keep it from vector instructions"
)]
fn clean_length(bytes: &[u8]) -> Option<usize> {
    const CHUNK: usize = 32;
    let is_escaped = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    let mut start = 0;
    for chunk in bytes.chunks(CHUNK) {
        if chunk.iter().fold(false, |found, byte| found | is_escaped(*byte)) {
            return chunk.iter().position(|byte| is_escaped(*byte)).map(|position| start + position);
        }
        start += CHUNK;
    }
    None
}
