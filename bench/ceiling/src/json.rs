//! JSON bytes written straight into the answer's buffer.

/// Bytes looked at together; the compiler turns a whole chunk into few vector instructions.
const CHUNK: usize = 32;

/// Writes a quoted, escaped JSON string.
pub(crate) fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let (chunks, tail) = text.as_chunks::<CHUNK>();
    for chunk in chunks {
        // Not `any`, which would stop early and so be done byte by byte.
        if chunk.iter().fold(false, |found, &byte| found | needs_escape(byte)) {
            escape(out, chunk);
        } else {
            out.extend_from_slice(chunk);
        }
    }
    escape(out, tail);
    out.push(b'"');
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn escape(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}

/// Writes text that is known to need no escape: ids, enum members, times.
pub(crate) fn plain(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

pub(crate) fn integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
