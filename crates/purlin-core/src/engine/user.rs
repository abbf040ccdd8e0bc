//! The signed-in user's row, for the authenticator.

use std::sync::Arc;

use super::Engine;
use crate::actor::User;
use crate::error::Error;
use crate::input::{value_from_json, value_from_text};
use crate::operation::Count;
use crate::schema::{CompareOp, FieldKind, Model};
use crate::sink::{JsonSink, RowSink as _};
use crate::statement::{Cardinality, Column, Filter, Guarded, Operand, Origin, ParamId, Read, ReadShape};
use crate::value::Value;

impl Engine {
    /// The row of the auth model whose single id is `subject`; `None` when there is none, or when its
    /// active flag is off.
    pub async fn load_user(&self, subject: &str) -> Result<Option<User>, Error> {
        let Some(model) = self.schema.auth_model.map(|id| self.schema.model(id)) else { return Ok(None) };
        let mut keys = model.key_fields();
        let (Some(key), None) = (keys.next(), keys.next()) else { return Ok(None) };
        let Ok(id) = value_from_text(&self.schema, key, subject) else { return Ok(None) };
        if id.is_null() {
            return Ok(None);
        }
        let filter = Filter::Compare {
            op: CompareOp::Equal,
            left: Operand::Column {
                origin: Origin::ROW,
                model: model.id,
                relations: Vec::new(),
                field: key.id,
            },
            right: Operand::Param(ParamId(0)),
        };
        let shape = ReadShape {
            model: model.id,
            cardinality: Cardinality::One,
            columns: model
                .columns()
                .filter(|field| !matches!(field.kind, FieldKind::Unsupported(_)))
                .map(|field| Column { field: field.id, guard: None })
                .collect(),
            includes: Vec::new(),
            counts: Vec::new(),
            filter,
            order: Vec::new(),
            after: None,
            limit: None,
            offset: None,
            distinct: Vec::new(),
            wants_last_keys: false,
        };
        let read = Read { shape: Arc::new(shape), params: vec![id], count: Count::None };
        let statement = Guarded::as_system(read, "the row of the signed-in user");
        let mut sink = JsonSink::default();
        self.store.read(&statement, &mut sink).await?;
        if sink.is_empty() {
            return Ok(None);
        }
        let row: serde_json::Value = serde_json::from_slice(&sink.into_bytes()).map_err(Error::internal)?;
        self.user_of(model, &row)
    }

    fn user_of(&self, model: &Model, row: &serde_json::Value) -> Result<Option<User>, Error> {
        let mut values = vec![Value::Null; model.fields.len()];
        for field in model.columns() {
            let Some(json) = row.get(&field.name) else { continue };
            let value = value_from_json(&self.schema, field, json)
                .map_err(|message| Error::internal(format!("{}.{}: {message}", model.name, field.name)))?;
            if field.is_active_flag && value != Value::Boolean(true) {
                return Ok(None);
            }
            if let Some(place) = values.get_mut(field.id.index()) {
                *place = value;
            }
        }
        Ok(Some(User { values }))
    }
}
