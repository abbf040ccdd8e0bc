//! The text of a query string: names and values, decoded, and nothing guessed.

use std::borrow::Cow;

use purlin_core::input::Problems;

/// More parameters than any honest list needs.
const MAX_PARAMETERS: usize = 200;
/// How much of a bad name or value is repeated in a message.
const QUOTED: usize = 40;

/// `name=value` pairs in their order. What cannot be decoded is a problem and left out.
pub(crate) fn pairs<'q>(query: &'q str, problems: &mut Problems) -> Vec<(Cow<'q, str>, Cow<'q, str>)> {
    let mut pairs = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        if pairs.len() == MAX_PARAMETERS {
            problems.add("", format!("a request has at most {MAX_PARAMETERS} parameters"));
            break;
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match (decode(name), decode(value)) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            _ => problems.add(
                &excerpt(part),
                "is not well-formed: percent escapes have two hex digits and spell UTF-8 without null",
            ),
        }
    }
    pairs
}

/// Percent escapes and `+` for a space.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                match u8::try_from(high * 16 + low).ok()? {
                    0 => return None,
                    byte => bytes.push(byte),
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// The beginning of a text, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
