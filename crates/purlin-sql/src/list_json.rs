//! Lists as one JSON array, so that a statement's text does not depend on their length.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purlin_core::value::Value;

use crate::binding::Form;

/// The JSON array of a list. `Form::ColumnList` writes numbers as numbers and bytes as
/// hexadecimal digits, because that is what a column is compared with; the other forms write what
/// list columns hold.
pub fn list_json(values: &[Value], form: Form) -> String {
    let mut text = String::with_capacity(2 + values.len() * 8);
    text.push('[');
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        push_element(&mut text, value, form);
    }
    text.push(']');
    text
}

/// One value in the form that an element of a list column has outside of it, where it is text.
pub fn element_text(value: &Value) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::DateTime(time) => Some(time.to_string()),
        Value::Bytes(bytes) => Some(STANDARD.encode(bytes)),
        _ => None,
    }
}

fn push_element(text: &mut String, value: &Value, form: Form) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Boolean(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) if form == (Form::ListColumn { is_big_int: true }) => {
            push_string(text, &number.to_string());
        }
        Value::Int(number) => text.push_str(&number.to_string()),
        Value::Float(number) => {
            let number = serde_json::Number::from_f64(*number);
            text.push_str(&number.map_or_else(|| "null".to_owned(), |number| number.to_string()));
        }
        Value::Decimal(number) => push_string(text, &number.to_string()),
        Value::String(content) => push_string(text, content),
        Value::DateTime(time) => push_string(text, &time.to_string()),
        Value::Json(document) if form == Form::ColumnList => push_string(text, document),
        Value::Json(document) => text.push_str(document),
        Value::Bytes(bytes) if form == Form::ColumnList => {
            text.push('"');
            push_hex(text, bytes);
            text.push('"');
        }
        Value::Bytes(bytes) => push_string(text, &STANDARD.encode(bytes)),
        Value::List(values) => text.push_str(&list_json(values, form)),
    }
}

fn push_string(text: &mut String, content: &str) {
    text.push_str(&serde_json::Value::from(content).to_string());
}

/// Two digits for each byte.
pub fn push_hex(text: &mut String, bytes: &[u8]) {
    for digit in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
    }
}
