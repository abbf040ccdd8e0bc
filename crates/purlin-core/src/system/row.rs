//! One row, read by field name into the types of the program.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::error::Error;
use crate::input::value_from_json;
use crate::schema::{FieldId, Model, ModelId, Schema};
use crate::value::{DateTime, Decimal, Value};

#[derive(Clone)]
pub struct Row {
    schema: Arc<Schema>,
    model: ModelId,
    values: Vec<Value>,
}

impl Row {
    pub(super) fn new(schema: &Arc<Schema>, model: ModelId, values: Vec<Value>) -> Self {
        Self { schema: Arc::clone(schema), model, values }
    }

    pub(super) fn from_json(schema: &Arc<Schema>, model: &Model, json: &Json) -> Result<Self, Error> {
        let mut values = vec![Value::Null; model.fields.len()];
        for field in model.columns() {
            let Some(json) = json.get(&field.name) else { continue };
            let value = value_from_json(schema, field, json)
                .map_err(|message| Error::internal(format!("{}.{}: {message}", model.name, field.name)))?;
            if let Some(place) = values.get_mut(field.id.index()) {
                *place = value;
            }
        }
        Ok(Self::new(schema, model.id, values))
    }

    /// Fails where the table has no such field, or one of another type: both are faults of the program.
    pub fn get<T: FromValue>(&self, field: &str) -> Result<T, Error> {
        let model = self.schema.model(self.model);
        let found = model.field_named(field).and_then(|field| self.values.get(field.id.index()));
        let Some(value) = found else {
            return Err(Error::internal(format!("{} has no field {field}", model.name)));
        };
        T::from_value(value)
            .ok_or_else(|| Error::internal(format!("{}.{field} has another type or is null", model.name)))
    }

    pub(super) fn put(&mut self, field: FieldId, value: Value) {
        if let Some(place) = self.values.get_mut(field.index()) {
            *place = value;
        }
    }

    /// By position of the fields, as the evaluator has them; relations are null.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// Its values may be hashes of secrets, so they are not shown.
impl fmt::Debug for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Row of {}", self.schema.model(self.model).name)
    }
}

/// What a column can be read as; `Option` where it may be null.
pub trait FromValue: Sized {
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_variant {
    ($($type:ty: $variant:ident;)*) => {
        $(impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => Some(inner.clone()),
                    _ => None,
                }
            }
        })*
    };
}

from_variant! {
    bool: Boolean;
    i64: Int;
    f64: Float;
    Decimal: Decimal;
    String: String;
    DateTime: DateTime;
    Vec<u8>: Bytes;
}

impl FromValue for Json {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Json(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl FromValue for Vec<String> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) => items.iter().map(String::from_value).collect(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_value(value).map(Some) }
    }
}
