//! The characters and forms that EIP-4361 takes over from RFC 3986 and RFC 3339.

use jiff::Timestamp;

/// `scheme`.
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// `authority`, never empty and without user information, which only serves to deceive.
pub(super) fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text, "0"),
    };
    let is_host = match host.strip_prefix('[') {
        Some(literal) => literal.strip_suffix(']').is_some_and(|inner| {
            !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
        }),
        None => !host.is_empty() && is_made_of(host, |byte| is_unreserved(byte) || is_sub_delimiter(byte)),
    };
    is_host && !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// `URI`: with a scheme. The parts after it are checked for their characters only.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut parts = rest.splitn(2, '#');
    is_scheme(scheme)
        && parts.all(|part| {
            is_made_of(part, |byte| is_path_character(byte) || matches!(byte, b'/' | b'?' | b'[' | b']'))
        })
}

/// `scheme://authority` of a URI, in the case it was written in; `None` for one without an authority.
pub(super) fn origin(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    uri.get(..scheme.len() + 3 + end)
}

/// `*( reserved / unreserved / " " )`: printable ASCII without quotes, angles and a few others.
pub(super) fn is_statement(text: &str) -> bool {
    text.bytes().all(|byte| {
        byte == b' '
            || is_unreserved(byte)
            || is_sub_delimiter(byte)
            || matches!(byte, b':' | b'/' | b'?' | b'#' | b'[' | b']' | b'@')
    })
}

/// `*pchar`.
pub(super) fn is_request_id(text: &str) -> bool {
    is_made_of(text, is_path_character)
}

/// `8*( ALPHA / DIGIT )`, bounded.
pub(super) fn is_nonce(text: &str) -> bool {
    (8..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `1*DIGIT`; no leading zero, so that one chain has one form.
pub(super) fn chain_id(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}

/// `date-time` of RFC 3339: jiff alone would take more forms of ISO 8601.
pub(super) fn date_time(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix(['T', 't'])?.split_at_checked(8)?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
            let digits = fraction.len() - zone.len();
            (1..=9).contains(&digits).then_some(zone)?
        }
        None => rest,
    };
    let is_zone = matches!(zone, "Z" | "z")
        || zone.strip_prefix(['+', '-']).is_some_and(|offset| has_form(offset, "00:00"));
    let is_formed = has_form(date, "0000-00-00") && has_form(time, "00:00:00") && is_zone;
    if is_formed { text.parse().ok() } else { None }
}

/// Digits where the form has digits, and the same characters elsewhere.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, expected)| match expected {
            b'0' => byte.is_ascii_digit(),
            _ => byte == expected,
        })
}

/// Allowed bytes and percent-encoded ones.
fn is_made_of(text: &str, is_allowed: impl Fn(u8) -> bool) -> bool {
    let mut parts = text.split('%');
    let is_first_good = parts.next().is_none_or(|first| first.bytes().all(&is_allowed));
    is_first_good
        && parts.all(|part| match part.as_bytes() {
            [high, low, rest @ ..] => {
                high.is_ascii_hexdigit()
                    && low.is_ascii_hexdigit()
                    && rest.iter().all(|byte| is_allowed(*byte))
            }
            _ => false,
        })
}

/// `pchar`.
fn is_path_character(byte: u8) -> bool {
    is_unreserved(byte) || is_sub_delimiter(byte) || matches!(byte, b':' | b'@')
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_sub_delimiter(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}
