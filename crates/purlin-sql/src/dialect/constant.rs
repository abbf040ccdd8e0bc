//! Constants of a schema in the forms that several engines store: what stands after `DEFAULT`.

use purlin_core::schema::{Field, FieldKind, Literal, Scalar, Schema};
use purlin_core::value::{DateTime, Decimal, canonical};

/// The member as it is stored.
pub(super) fn member_name<'a>(schema: &'a Schema, field: &Field, name: &'a str) -> &'a str {
    let FieldKind::Enum(id) = &field.kind else { return name };
    let members = &schema.enumeration(*id).values;
    members.iter().find(|member| member.name == name).map_or(name, |member| &member.database_name)
}

/// A list column's constant as the JSON array that engines without arrays store.
pub(super) fn list_json(schema: &Schema, field: &Field, elements: &[Literal]) -> String {
    let elements: Vec<_> = elements.iter().map(|element| element_json(schema, field, element)).collect();
    serde_json::Value::Array(elements).to_string()
}

/// An element of a list column, in the form it has inside the JSON array.
fn element_json(schema: &Schema, field: &Field, literal: &Literal) -> serde_json::Value {
    match (&field.kind, literal) {
        (FieldKind::Enum(_), Literal::String(name)) => member_name(schema, field, name).into(),
        (FieldKind::Scalar(Scalar::BigInt), Literal::Number(text)) => text.as_str().into(),
        (FieldKind::Scalar(Scalar::Decimal), Literal::Number(text) | Literal::String(text)) => {
            Decimal::parse(text).map_or_else(|_| text.clone(), |number| number.to_string()).into()
        }
        (FieldKind::Scalar(Scalar::DateTime), Literal::String(text)) => {
            DateTime::parse(text).map_or_else(|_| text.clone(), |time| time.to_string()).into()
        }
        _ => to_json(literal),
    }
}

/// A Json default is usually written as a string that holds the document.
pub(super) fn document(literal: &Literal) -> String {
    if let Literal::String(text) = literal
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
    {
        return canonical(&value);
    }
    canonical(&to_json(literal))
}

fn to_json(literal: &Literal) -> serde_json::Value {
    match literal {
        Literal::Null => serde_json::Value::Null,
        Literal::Boolean(truth) => (*truth).into(),
        Literal::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Literal::String(text) => text.as_str().into(),
        Literal::List(elements) => elements.iter().map(to_json).collect(),
        Literal::Object(members) => serde_json::Value::Object(
            members.iter().map(|(key, value)| (key.clone(), to_json(value))).collect(),
        ),
    }
}

/// `2026-01-31 09:30:00.000`: UTC, as engines with a type for times write them.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let text = DateTime::parse(text).ok()?.to_string();
    Some(text.replacen('T', " ", 1).trim_end_matches('Z').to_owned())
}
