//! Binding: what has no type of its own in the driver's protocol is text, which the server reads as its place demands.

use mysql_async::Value as Bound;
use purlin_core::value::{DateTime, Value};
use purlin_sql::{Binding, Form, Source, Sources, list_json};

pub(crate) fn bound(bindings: &[Binding], sources: Sources<'_>) -> Vec<Bound> {
    bindings
        .iter()
        .map(|binding| match &binding.source {
            Source::Constant(text) => Bound::from(text.as_bytes()),
            Source::ParentKeys => Bound::from(sources.parent_keys),
            Source::CapPlusOne => Bound::Int(i64::from(sources.cap) + 1),
            Source::Param(_) | Source::Loaded(..) => match sources.value(&binding.source) {
                None | Some(Value::Null) => Bound::NULL,
                Some(value) => of_value(value, binding.form),
            },
        })
        .collect()
}

fn of_value(value: &Value, form: Form) -> Bound {
    // An element is looked for as an array of one.
    if let Form::Element { is_big_int } = form {
        return list_json(std::slice::from_ref(value), Form::ListColumn { is_big_int }).into();
    }
    match value {
        Value::Null => Bound::NULL,
        Value::Boolean(truth) => Bound::Int(i64::from(*truth)),
        Value::Int(number) => Bound::Int(*number),
        Value::Float(number) => Bound::Double(*number),
        Value::Decimal(number) => number.to_string().into(),
        Value::String(text) | Value::Json(text) => text.as_bytes().into(),
        Value::DateTime(time) => of_time(*time),
        Value::Bytes(bytes) => bytes.as_slice().into(),
        Value::List(values) => list_json(values, form).into(),
    }
}

fn of_time(time: DateTime) -> Bound {
    // `2026-01-31T09:30:00.000Z`
    let text = time.text();
    let text = text.as_str();
    let part = |start: usize, end: usize| text.get(start..end).and_then(|digits| digits.parse::<u32>().ok());
    let small = |start: usize| part(start, start + 2).and_then(|number| u8::try_from(number).ok());
    let parts = || {
        Some(Bound::Date(
            u16::try_from(part(0, 4)?).ok()?,
            small(5)?,
            small(8)?,
            small(11)?,
            small(14)?,
            small(17)?,
            part(20, 23)? * 1000,
        ))
    };
    parts().unwrap_or(Bound::NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let time = DateTime::parse("2026-01-31T09:30:05.007Z").unwrap();
        assert_eq!(of_time(time), Bound::Date(2026, 1, 31, 9, 30, 5, 7000));
    }
}
