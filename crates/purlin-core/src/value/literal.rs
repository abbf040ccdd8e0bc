//! Constants of a schema to values.

use serde_json::Value as Json;

use super::{Decimal, Value, canonical};
use crate::input::value_from_json;
use crate::schema::{Arity, Field, FieldKind, Literal, Schema};

/// A literal of a schema as a value of `field`'s type; without a field, by its own form. A literal
/// that does not fit the type (the checker refuses those) is null, which compares as false.
pub fn literal_value(schema: &Schema, literal: &Literal, field: Option<&Field>) -> Value {
    match (literal, field) {
        (Literal::Null, _) => Value::Null,
        (Literal::List(items), _) => {
            Value::List(items.iter().map(|item| literal_value(schema, item, field)).collect())
        }
        (literal, Some(field)) if !matches!(field.kind, FieldKind::Relation(_)) => {
            // A list field's elements are compared one by one, so type as a single value.
            let mut element = field.clone();
            if element.arity == Arity::List {
                element.arity = Arity::Required;
            }
            value_from_json(schema, &element, &literal_json(literal)).unwrap_or(Value::Null)
        }
        (Literal::Boolean(boolean), _) => Value::Boolean(*boolean),
        (Literal::String(text), _) => Value::String(text.clone()),
        (Literal::Number(text), _) => match text.parse::<i64>() {
            Ok(number) => Value::Int(number),
            Err(_) => Decimal::parse(text).map_or(Value::Null, Value::Decimal),
        },
        (Literal::Object(_), _) => Value::Json(canonical(&literal_json(literal))),
    }
}

/// A literal as JSON; numbers keep their digits.
pub fn literal_json(literal: &Literal) -> Json {
    match literal {
        Literal::Null => Json::Null,
        Literal::Boolean(boolean) => Json::Bool(*boolean),
        Literal::Number(text) => serde_json::from_str(text).unwrap_or(Json::Null),
        Literal::String(text) => Json::String(text.clone()),
        Literal::List(items) => Json::Array(items.iter().map(literal_json).collect()),
        Literal::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.clone(), literal_json(value))).collect())
        }
    }
}
