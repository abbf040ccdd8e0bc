//! The one form that JSON documents are stored and answered in, whichever engine keeps them: members sorted by name,
//! whole numbers of 64 bits as they are, other numbers as the shortest text of their double.

use serde_json::{Number, Value as Json};

/// Minified. A document that holds U+0000 in a text has no form that every engine can store.
pub fn canonical(document: &Json) -> String {
    let mut text = String::new();
    push(&mut text, document);
    text
}

/// Of a text that another program may have written.
pub fn canonical_document(text: &str) -> Option<String> {
    serde_json::from_str(text).ok().map(|document| canonical(&document))
}

fn push(text: &mut String, value: &Json) {
    match value {
        Json::Number(number) => push_number(text, number),
        Json::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                push(text, item);
            }
            text.push(']');
        }
        Json::Object(members) => {
            let mut sorted: Vec<(&String, &Json)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (position, (name, member)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&Json::String(name.clone()).to_string());
                text.push(':');
                push(text, member);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

fn push_number(text: &mut String, number: &Number) {
    // Zero has no sign, and a fraction of nothing but zeros is none: engines keep neither.
    let whole = number.as_i64().or_else(|| {
        let real = number.as_f64()?;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
        (real.fract() == 0.0 && real.abs() < 1e15).then_some(real as i64)
    });
    match (whole, number.as_f64()) {
        (Some(whole), _) => text.push_str(&whole.to_string()),
        (None, Some(real)) => match Number::from_f64(real) {
            Some(real) => text.push_str(&real.to_string()),
            None => text.push_str("null"),
        },
        (None, None) => text.push_str(&number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical_document;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(canonical_document(text).as_deref(), Some(expected));
    }

    #[test]
    fn one_form() {
        check(r#"{ "b": 1, "a": [true, null, "x\u00e9"] }"#, r#"{"a":[true,null,"xé"],"b":1}"#);
        check("[1.0, -0.0, 1e2, 0.10, 9007199254740993]", "[1,0,100,0.1,9007199254740993]");
        check("[1e300, 123456789012345678901234567890]", "[1e+300,1.2345678901234568e+29]");
    }
}
