//! Changing the row of a key, or making one.

use super::change::Target;
use super::create::Inserting;
use super::planner::{Absence, Planner};
use super::values::KeyValues;
use super::values::slot_key;
use crate::error::Error;
use crate::operation::Key;
use crate::schema::Model;
use crate::statement::CheckFailure;
use crate::validate::{ChangeSet, Draft};

impl<'a> Planner<'a> {
    /// The key of the row, and the step that makes it where it was not there. A row that the actor does not see is in
    /// the way like that of any create.
    pub(crate) fn upsert(
        &mut self,
        model: &'a Model,
        key: &Key,
        draft: &'a Draft,
        set: &'a ChangeSet,
    ) -> Result<(KeyValues, usize), Error> {
        let by = self.guard.client_key(model, key);
        self.find(model, by.clone(), draft);
        let mut made = 0;
        self.either(
            draft.slot,
            |planner| {
                let absence = Absence::Fails(CheckFailure::NotFound);
                planner.update(model, Target { by, key: Some(key), absence }, set).map(|_| ())
            },
            |planner| {
                made = planner.create(model, draft, Inserting::PLAIN)?.step;
                Ok(())
            },
        )?;
        self.wants_rows = true;
        Ok((slot_key(model, draft.slot), made))
    }
}
