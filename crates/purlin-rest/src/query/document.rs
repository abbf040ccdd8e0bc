//! Tests inside Json and composite fields: `settings.theme=dark`, `settings.size[gt]=3`. The
//! text of a value is JSON where it can be, else a string.

use purlin_core::input::Problems;
use purlin_core::operation::{JsonTest, Test};
use purlin_core::value::{Value, canonical};

use super::tree::{Node, Place};

/// Adds the tests of a field's node.
pub(super) fn tests(problems: &mut Problems, node: &Node<'_>, place: &Place<'_>, add: &mut impl FnMut(Test)) {
    walk(problems, node, place, &mut Vec::new(), add);
}

fn walk(
    problems: &mut Problems,
    node: &Node<'_>,
    place: &Place<'_>,
    path: &mut Vec<String>,
    add: &mut impl FnMut(Test),
) {
    if let Some(text) = &node.value {
        match document(text) {
            Ok(value) => add(equals(path, value)),
            Err(message) => problems.add(&place.to_string(), message),
        }
    }
    for (step, child) in &node.children {
        let place = &Place { outer: Some(place), step };
        if !step.is_bracket {
            path.push(step.name.to_string());
            walk(problems, child, place, path, add);
            path.pop();
            continue;
        }
        let Some(text) = child.value.as_ref().filter(|_| child.children.is_empty()) else {
            problems.add(&place.to_string(), "an operator ends a filter: write field.member[operator]=value");
            continue;
        };
        match test(path, &step.name, text) {
            Ok(test) => add(test),
            Err(message) => problems.add(&place.to_string(), message),
        }
    }
}

fn test(path: &[String], written: &str, text: &str) -> Result<Test, &'static str> {
    let (operator, ignore_case) = match written.strip_suffix(":i") {
        Some(operator) => (operator, true),
        None => (written, false),
    };
    let at = |test| Test::Json { path: path.to_vec(), test };
    let owned = || text.to_owned();
    Ok(match (operator, ignore_case) {
        ("equals", false) => equals(path, document(text)?),
        ("not", false) if text == "null" && path.is_empty() => Test::NotEquals(Value::Null),
        ("not", false) => at(JsonTest::NotEquals(document(text)?)),
        ("lt", false) => at(JsonTest::Less(document(text)?)),
        ("lte", false) => at(JsonTest::LessOrEqual(document(text)?)),
        ("gt", false) => at(JsonTest::Greater(document(text)?)),
        ("gte", false) => at(JsonTest::GreaterOrEqual(document(text)?)),
        ("contains", _) => at(JsonTest::StringContains { text: owned(), ignore_case }),
        ("startsWith", _) => at(JsonTest::StringStartsWith { text: owned(), ignore_case }),
        ("endsWith", _) => at(JsonTest::StringEndsWith { text: owned(), ignore_case }),
        ("has", false) => at(JsonTest::ArrayContains(document(text)?)),
        _ => {
            return Err("unknown operator, use one of equals, not, lt, lte, gt, gte, contains, startsWith, \
                        endsWith (and contains:i, startsWith:i, endsWith:i), has");
        }
    })
}

/// A field that is null as a whole is a null of the column.
fn equals(path: &[String], value: Value) -> Test {
    if path.is_empty() && value == Value::Json("null".to_owned()) {
        return Test::Equals(Value::Null);
    }
    Test::Json { path: path.to_vec(), test: JsonTest::Equals(value) }
}

fn document(text: &str) -> Result<Value, &'static str> {
    if text.contains('\0') {
        return Err("must not contain the null character");
    }
    let json =
        crate::body::parse(text.as_bytes()).unwrap_or_else(|_| serde_json::Value::String(text.to_owned()));
    Ok(Value::Json(canonical(&json)))
}
