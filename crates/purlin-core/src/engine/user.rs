//! The signed-in user's row, for the authenticator.

use super::Engine;
use crate::actor::User;
use crate::error::Error;
use crate::input::value_from_text;
use crate::system::{Table, When};
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
        let users = Table::of_model(&self.schema, &self.store, model.id, "the row of the signed-in user");
        let Some(row) = users.find(&When::equal(key.name.clone(), id)).await? else { return Ok(None) };
        let values = row.into_values();
        let is_on = |value: Option<&Value>| value == Some(&Value::Boolean(true));
        let mut flags = model.columns().filter(|field| field.is_active_flag);
        Ok(flags.all(|flag| is_on(values.get(flag.id.index()))).then(|| User::new(values)))
    }
}
