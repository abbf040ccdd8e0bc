//! JSON from outside: strict, and unambiguous. A member given twice is refused, because
//! whoever looked at the text before us may have believed the other one.

use std::fmt;

use purlin_http::{Error, Request};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// What the parser calls a number that it keeps as text.
const NUMBER: &str = "$serde_json::private::Number";

/// The body of a request, which must be JSON.
pub(crate) async fn read(request: &mut Request) -> Result<Value, Error> {
    let bytes = request.json_body().await?;
    parse(&bytes)
        .map_err(|message| Error::bad_request(format!("the body is not well-formed JSON: {message}")))
}

/// The value, or where and why the text is no JSON. Nesting is bounded by the parser.
pub(crate) fn parse(text: &[u8]) -> Result<Value, String> {
    match serde_json::from_slice::<Strict>(text) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(error.to_string()),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Bool(boolean))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && object.is_empty() {
                let text: String = members.next_value()?;
                return text.parse().map(Value::Number).map_err(A::Error::custom);
            }
            let Strict(value) = members.next_value()?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member {name:?} is given twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: impl AsRef<[u8]>, expected: Result<&str, &str>) {
        let found = parse(text.as_ref()).map(|value| value.to_string());
        let matches = match (&found, expected) {
            (Ok(found), Ok(expected)) => found == expected,
            (Err(found), Err(expected)) => found.contains(expected),
            _ => false,
        };
        assert!(matches, "{}: {found:?}", String::from_utf8_lossy(text.as_ref()));
    }

    #[test]
    fn keeps_what_is_written() {
        check(
            r#" {"b":1,"a":[true,null,"x\u0041\n"],"n":{"x":-0.10}} "#,
            Ok(r#"{"b":1,"a":[true,null,"xA\n"],"n":{"x":-0.10}}"#),
        );
        check("12345678901234567890123.450", Ok("12345678901234567890123.450"));
        check("1e400", Ok("1e+400"));
    }

    #[test]
    fn refuses_what_is_doubtful() {
        check(r#"{"a":1,"a":2}"#, Err("the member \"a\" is given twice at line 1"));
        check(r#"{"x":{"a":1,"\u0061":2}}"#, Err("given twice"));
        check("{\"a\":1,}", Err("trailing comma at line 1 column 8"));
        check("{'a':1}", Err("line 1 column 2"));
        check("{} {}", Err("trailing characters"));
        check("", Err("EOF"));
        check("NaN", Err("line 1"));
        check("01", Err("line 1"));
        check(b"\"\xff\"", Err("unicode"));
        check("\u{feff}{}", Err("line 1 column 1"));
        check("\"a\u{1}\"", Err("control character"));
        check("\"\\ud800\"", Err("line 1"));
        check("[".repeat(100_000), Err("recursion limit"));
        check("{\"a\":".repeat(100_000), Err("recursion limit"));
    }
}
