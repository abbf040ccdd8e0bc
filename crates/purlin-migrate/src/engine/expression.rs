//! Whether two SQL expressions say the same. Catalogues give expressions back in their own words: with casts and
//! parentheses, constants in another form. What is not recognised counts as different.

use serde_json::Value;

use crate::script::token::{Token, TokenKind, meaningful};
use purlin_core::{DateTime, Decimal};

/// The spellings of the present time, as [`words`] leaves them, without the digits of a second.
const NOW: [&str; 10] = [
    "now",
    "current_timestamp",
    "localtimestamp",
    "utc_timestamp",
    "now at time zone 'utc'",
    "current_timestamp at time zone 'utc'",
    "timezone 'utc' , now",
    "timezone 'utc' , current_timestamp",
    "datetime 'now'",
    "strftime '%y-%m-%dt%h:%m:%fz' , 'now'",
];

pub(super) fn is_same(left: &str, right: &str) -> bool {
    let (of_left, of_right) = (words(left), words(right));
    of_left == of_right || is_same_constant(&of_left, &of_right) || (is_now(left) && is_now(right))
}

/// The value of an expression that is a single constant: the truth as 1 and 0, no elements as `{}`.
pub(crate) fn constant_of(sql: &str) -> Option<String> {
    constant(&words(sql))
}

/// Whether the whole expression is the present time, in the spelling of any engine.
pub(crate) fn is_now(sql: &str) -> bool {
    let mut words = words(sql);
    // `CURRENT_TIMESTAMP(3)`: a number beside an operator would leave the operator.
    words.retain(|word| !word.chars().all(|letter| letter.is_ascii_digit()));
    NOW.contains(&words.join(" ").to_ascii_lowercase().as_str())
}

fn is_same_constant(left: &[String], right: &[String]) -> bool {
    let (Some(left), Some(right)) = (constant(left), constant(right)) else { return false };
    if left == right {
        return true;
    }
    if let (Ok(left), Ok(right)) = (Decimal::parse(&left), Decimal::parse(&right)) {
        return left == right;
    }
    if let (Ok(left), Ok(right)) = (left.parse::<f64>(), right.parse::<f64>()) {
        return left.total_cmp(&right).is_eq();
    }
    if let (Some(left), Some(right)) = (time(&left), time(&right)) {
        return left == right;
    }
    match (serde_json::from_str::<Value>(&left), serde_json::from_str::<Value>(&right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

fn time(text: &str) -> Option<DateTime> {
    let text = text.replacen(' ', "T", 1);
    DateTime::parse(&text).or_else(|_| DateTime::parse(&format!("{text}Z"))).ok()
}

/// The value of a single constant.
fn constant(words: &[String]) -> Option<String> {
    let joined = words.concat();
    let text = match words {
        [word] => word.clone(),
        // A sign, a point and an exponent are words of their own.
        _ if joined.parse::<f64>().is_ok() => joined,
        _ => return None,
    };
    if let Some(quoted) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Some(quoted.to_owned());
    }
    match text.as_str() {
        // An empty array, and the truth as numbers.
        "array" => Some("{}".to_owned()),
        "true" => Some("1".to_owned()),
        "false" => Some("0".to_owned()),
        _ => text.parse::<f64>().is_ok().then_some(text),
    }
}

/// Without casts and parentheses; words in lower case, quoted names as they are, texts in simple quotes.
fn words(sql: &str) -> Vec<String> {
    let tokens = meaningful(sql);
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let next = tokens.get(at);
        match token.kind {
            TokenKind::Blank => {}
            TokenKind::Symbol if token.text == ":" && next.is_some_and(|next| next.is_symbol(":")) => {
                at = behind_type(&tokens, at + 1);
            }
            TokenKind::Symbol if matches!(token.text, "(" | ")") => {}
            TokenKind::Symbol if token.text == "!" => found.extend(["<".to_owned()]),
            TokenKind::Symbol
                if token.text == "="
                    && next.is_some()
                    && tokens.get(at.wrapping_sub(2)).is_some_and(|it| it.is_symbol("!")) =>
            {
                found.push(">".to_owned());
            }
            TokenKind::Symbol => found.push(token.text.to_owned()),
            TokenKind::Text => {
                let text = text_of(token.text);
                // A negative number that was cast is a text.
                match text.strip_prefix('-').filter(|digits| digits.parse::<f64>().is_ok()) {
                    Some(digits) => found.extend(["-".to_owned(), digits.to_owned()]),
                    None => found.push(format!("'{text}'")),
                }
            }
            TokenKind::Quoted => match token.text.strip_prefix('[') {
                // The elements behind `ARRAY`, or nothing behind a type.
                Some(inner) => found.extend(words(inner.strip_suffix(']').unwrap_or(inner))),
                None => found.push(token.name()),
            },
            TokenKind::Word => {
                let lower = token.text.to_ascii_lowercase();
                match lower.as_str() {
                    // `E'…'`: backslashes are doubled. `_utf8mb4'…'`: the character set goes without saying.
                    "e" if next.is_some_and(|next| next.kind == TokenKind::Text) => {
                        let text = next.map(|next| text_of(next.text)).unwrap_or_default();
                        found.push(format!("'{}'", text.replace("\\\\", "\\")));
                        at += 1;
                    }
                    _ if lower.starts_with('_') && next.is_some_and(|next| next.kind == TokenKind::Text) => {}
                    "in" => found.extend(["=", "any", "array"].map(str::to_owned)),
                    _ => found.push(lower),
                }
            }
        }
    }
    found
}

fn text_of(token: &str) -> String {
    if let Some(hex) = token.strip_prefix(['x', 'X']) {
        let digits = hex.trim_matches('\'').as_bytes();
        let pairs = digits.chunks(2).map(|pair| {
            std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0)
        });
        let bytes: Vec<u8> = pairs.collect();
        return String::from_utf8(bytes).unwrap_or_else(|_| hex.to_ascii_lowercase());
    }
    let inner = token.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(token);
    inner.replace("''", "'").replace("\\'", "'")
}

/// Where the name of a type ends that starts at `at`.
fn behind_type(tokens: &[Token<'_>], mut at: usize) -> usize {
    let word = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    at += 1;
    while tokens.get(at).is_some_and(|token| token.is_symbol(".")) {
        at += 2;
    }
    if word(at, &["varying", "precision"]) {
        at += 1;
    }
    if tokens.get(at).is_some_and(|token| token.is_symbol("(")) {
        let length = tokens.iter().skip(at).position(|token| token.is_symbol(")"));
        at += length.map_or(0, |length| length + 1);
    }
    if word(at, &["with", "without"]) && word(at + 1, &["time"]) {
        at += 3;
    }
    while tokens.get(at).is_some_and(|token| token.kind == TokenKind::Quoted && token.text == "[]") {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{is_now, is_same};

    #[test]
    fn knows_the_present_time_in_each_spelling() {
        for sql in [
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP(6)",
            "current_timestamp()",
            "now()",
            "utc_timestamp(3)",
            "(now() AT TIME ZONE 'UTC'::text)",
            "(CURRENT_TIMESTAMP(3) AT TIME ZONE 'utc'::text)",
            "timezone('utc'::text, now())",
            "timezone('utc'::text, CURRENT_TIMESTAMP)",
            "(datetime('now'))",
            "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))",
        ] {
            assert!(is_now(sql), "{sql}");
        }
        for sql in [
            "'now'",
            "'now_or_never'",
            "(date('now'))",
            "datetime('now', '+1 day')",
            "nowhere()",
            "now() + interval '1 day'",
            "now() + 3",
            "((now() AT TIME ZONE 'utc'::text) + '7 days'::interval)",
            "timezone('utc'::text, now() + '7 days'::interval)",
            "timezone('utc'::text, (now() + '7 days'::interval))",
        ] {
            assert!(!is_now(sql), "{sql}");
        }
    }

    #[test]
    fn knows_what_catalogues_make_of_expressions() {
        for (written, given_back) in [
            ("'it''s \\ x'", "'it''s \\ x'::text"),
            ("E'a\\\\b'", "'a\\b'::text"),
            ("'{}'", "'{}'::text[]"),
            ("ARRAY[]::text[]", "'{}'::text[]"),
            ("ARRAY['a', 'b']::text[]", "ARRAY['a'::text, 'b'::text]"),
            ("ARRAY[1, -2]::integer[]", "ARRAY[1, '-2'::integer]"),
            ("'{\"b\":1,\"a\":[1]}'", "'{\"a\": [1], \"b\": 1}'::jsonb"),
            ("(now() AT TIME ZONE 'UTC')", "(now() AT TIME ZONE 'UTC'::text)"),
            ("(now() AT TIME ZONE 'UTC')", "CURRENT_TIMESTAMP"),
            ("CURRENT_TIMESTAMP(3)", "current_timestamp(3)"),
            ("'2026-01-31 09:30:00.000'", "'2026-01-31 09:30:00'::timestamp without time zone"),
            ("-1.5", "'-1.5'::numeric"),
            ("2e-3", "0.002"),
            ("1.5", "1.500000000000000000000000000000"),
            ("'x'", "'x'::character varying(20)"),
            ("'-1'", "-1"),
            ("true", "1"),
            (
                "\"a\" IS NOT NULL AND \"k\" <> 1 AND \"l\" = 'x' AND k in (1,2)",
                "((a IS NOT NULL) AND (k <> 1) AND ((l)::text = 'x'::text) AND (k = ANY (ARRAY[1, 2])))",
            ),
            ("(\"d\" #>> '{x,y}')", "(d #>> '{x,y}'::text[])"),
        ] {
            assert!(is_same(written, given_back), "{written} and {given_back}");
        }
        for (left, right) in [
            ("'a'", "'b'"),
            ("1", "2"),
            ("'A'", "'a'"),
            ("\"A\" = 1", "a = 1"),
            ("now()", "'now'"),
            ("'1'", "'x'"),
        ] {
            assert!(!is_same(left, right), "{left} and {right}");
        }
    }
}
