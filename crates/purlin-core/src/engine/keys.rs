//! Keys are read like the values that they name: trimmed, and in the case that the schema says. Otherwise a row that was
//! made by one spelling would be looked for in vain by the same.

use super::Engine;
use crate::actor::Actor;
use crate::operation::{Action, Assignment, Data, Key, Nested, Operation, Page, Pick, Window};
use crate::schema::{Model, ModelId};
use crate::validate::transformed;
use crate::value::Value;

impl Engine {
    /// All keys of an operation as its rows are stored.
    pub(super) fn spell_keys(&self, actor: &Actor, operation: &mut Operation) {
        if let Some(within) = &mut operation.within {
            self.spell(actor, within.model, &mut within.key);
        }
        let id = operation.model;
        let model = self.schema.model(id);
        match &mut operation.action {
            Action::List(query) => {
                if let Page::Window(Window { from: Some(key), .. }) = &mut query.page {
                    self.spell(actor, id, key);
                }
            }
            Action::Get { key, .. } | Action::Delete { key } => self.spell(actor, id, key),
            Action::Update { key, data, .. } => {
                self.spell(actor, id, key);
                self.spell_data(actor, model, data);
            }
            Action::Upsert { key, create, update, .. } => {
                self.spell(actor, id, key);
                self.spell_data(actor, model, create);
                self.spell_data(actor, model, update);
            }
            Action::Create { rows, .. } | Action::CreateMany { rows, .. } => {
                rows.iter_mut().for_each(|data| self.spell_data(actor, model, data));
            }
            Action::UpdateMany { data, .. } => self.spell_data(actor, model, data),
            Action::DeleteMany { .. } | Action::Aggregate(_) => {}
        }
    }

    fn spell_data(&self, actor: &Actor, model: &Model, data: &mut Data) {
        for (field, assignment) in &mut data.fields {
            let Some(relation) = model.field(*field).relation() else { continue };
            match assignment {
                Assignment::Connect(key) => self.spell(actor, relation.target, key),
                Assignment::Nested(writes) => {
                    writes.iter_mut().for_each(|write| self.spell_nested(actor, relation.target, write));
                }
                _ => {}
            }
        }
    }

    fn spell_nested(&self, actor: &Actor, target: ModelId, write: &mut Nested) {
        let mut keys: Vec<&mut Key> = Vec::new();
        let picked = |pick| match pick {
            &mut Pick::Key(ref mut key) => Some(key),
            Pick::Only(_) => None,
        };
        match write {
            Nested::Connect(given) | Nested::Set(given) => keys.extend(given),
            Nested::ConnectOrCreate(rows) => keys.extend(rows.iter_mut().map(|(key, _)| key)),
            Nested::Disconnect(picks) | Nested::Delete(picks) => {
                keys.extend(picks.iter_mut().filter_map(picked));
            }
            Nested::Update(rows) => keys.extend(rows.iter_mut().filter_map(|(pick, _)| picked(pick))),
            Nested::Upsert(rows) => keys.extend(rows.iter_mut().filter_map(|row| picked(&mut row.pick))),
            Nested::Create { .. } | Nested::UpdateMany(_) | Nested::DeleteMany(_) => {}
        }
        keys.into_iter().for_each(|key| self.spell(actor, target, key));
        let model = self.schema.model(target);
        write.data_mut().into_iter().for_each(|(data, _)| self.spell_data(actor, model, data));
    }

    fn spell(&self, actor: &Actor, model: ModelId, key: &mut Key) {
        let described = self.schema.model(model);
        for (field, value) in &mut key.fields {
            if !matches!(value, Value::String(_)) {
                continue;
            }
            *value = transformed(described.field(*field), std::mem::replace(value, Value::Null));
            if let Value::String(text) = value
                && let Some(spelled) = self.hooks.spelled(actor, model, *field, text)
            {
                *text = spelled;
            }
        }
    }
}
