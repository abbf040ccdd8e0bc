//! Binding: each placeholder gets its value, in the form that the statement wants.

use purlin_core::value::Value;
use purlin_sql::{Binding, Form, Source, Sources, element_text, list_json};
use rusqlite::Statement;
use rusqlite::types::Null;

pub(crate) fn bind_all(
    statement: &mut Statement<'_>,
    bindings: &[Binding],
    sources: Sources<'_>,
) -> rusqlite::Result<()> {
    for (position, binding) in bindings.iter().enumerate() {
        let number = position + 1;
        match &binding.source {
            Source::Constant(text) => statement.raw_bind_parameter(number, &**text)?,
            Source::ParentKeys => statement.raw_bind_parameter(number, sources.parent_keys)?,
            Source::CapPlusOne => statement.raw_bind_parameter(number, i64::from(sources.cap) + 1)?,
            Source::Param(_) | Source::Loaded(..) => match sources.value(&binding.source) {
                Some(value) => bind(statement, number, value, binding.form)?,
                None => statement.raw_bind_parameter(number, Null)?,
            },
        }
    }
    Ok(())
}

fn bind(statement: &mut Statement<'_>, number: usize, value: &Value, form: Form) -> rusqlite::Result<()> {
    match (value, form) {
        (Value::Null, _) => statement.raw_bind_parameter(number, Null),
        (Value::List(values), Form::Plain | Form::Element { .. }) => {
            statement.raw_bind_parameter(number, list_json(values, Form::ListColumn { is_big_int: false }))
        }
        (Value::List(values), form) => statement.raw_bind_parameter(number, list_json(values, form)),
        (Value::Int(_), Form::Element { is_big_int: true }) | (Value::Bytes(_), Form::Element { .. }) => {
            statement.raw_bind_parameter(number, element_text(value))
        }
        (Value::Json(text), Form::Element { .. }) => statement.raw_bind_parameter(number, json_scalar(text)),
        (Value::Boolean(truth), _) => statement.raw_bind_parameter(number, *truth),
        (Value::Int(integer), _) => statement.raw_bind_parameter(number, *integer),
        (Value::Float(float), _) => statement.raw_bind_parameter(number, *float),
        (Value::Decimal(decimal), _) => statement.raw_bind_parameter(number, decimal.to_string()),
        (Value::String(text) | Value::Json(text), _) => statement.raw_bind_parameter(number, text.as_str()),
        (Value::DateTime(time), _) => statement.raw_bind_parameter(number, time.text().as_str()),
        (Value::Bytes(bytes), _) => statement.raw_bind_parameter(number, bytes.as_slice()),
    }
}

/// What `json_each` shows for an element that is this document.
fn json_scalar(text: &str) -> rusqlite::types::Value {
    use rusqlite::types::Value as Stored;
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Null) => Stored::Null,
        Ok(serde_json::Value::Bool(truth)) => Stored::Integer(i64::from(truth)),
        Ok(serde_json::Value::String(content)) => Stored::Text(content),
        Ok(serde_json::Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Stored::Integer(integer),
            (None, Some(float)) => Stored::Real(float),
            (None, None) => Stored::Text(text.to_owned()),
        },
        Ok(document) => Stored::Text(document.to_string()),
        Err(_) => Stored::Text(text.to_owned()),
    }
}
