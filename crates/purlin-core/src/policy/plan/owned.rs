//! The row that another refers to, written with it.

use super::change::Target;
use super::create::Inserting;
use super::planner::{Absence, Planner};
use crate::error::Error;
use crate::operation::Where;
use crate::policy::NewValue;
use crate::schema::{FieldId, Model, PolicyOperation, Relation};
use crate::statement::{CheckFailure, Expect, Filter, LoadSlot, Loaded, Step};
use crate::validate::{Draft, Owned, OwnedWrite};

impl<'a> Planner<'a> {
    /// Before the row around it. `stored` is where that is read to, if it is there already.
    pub(super) fn owned_before(
        &mut self,
        model: &'a Model,
        owned: &'a Owned,
        stored: Option<LoadSlot>,
    ) -> Result<(), Error> {
        let Some(relation) = model.field(owned.relation).relation() else { return Ok(()) };
        let target = self.model(relation.target);
        match &owned.write {
            OwnedWrite::Create(draft) => {
                self.create(target, draft, Inserting::PLAIN)?;
            }
            OwnedWrite::ConnectOrCreate(key, draft) => {
                let by = self.guard.client_key(target, key);
                self.find(target, by, draft);
                self.only_if(draft.slot, false, |planner| planner.create(target, draft, Inserting::PLAIN))?;
            }
            OwnedWrite::Update(filter, set) => {
                let by = self.owned_row(model, relation, filter, stored)?;
                let absence = Absence::Fails(nowhere(target, owned));
                self.update(target, Target { by, key: None, absence }, set)?;
            }
            OwnedWrite::Upsert(filter, draft, set) => {
                let by = self.owned_row(model, relation, filter, stored)?;
                self.find(target, by.clone(), draft);
                let absence = Absence::Fails(nowhere(target, owned));
                self.either(
                    draft.slot,
                    |planner| {
                        planner.update(target, Target { by, key: None, absence }, set)?;
                        Ok(())
                    },
                    |planner| planner.create(target, draft, Inserting::PLAIN).map(|_| ()),
                )?;
            }
            OwnedWrite::Delete(_) => {}
        }
        Ok(())
    }

    /// After it: what nothing refers to any more may go.
    pub(super) fn owned_after(
        &mut self,
        model: &'a Model,
        owned: &'a Owned,
        stored: Option<LoadSlot>,
    ) -> Result<(), Error> {
        let Some(relation) = model.field(owned.relation).relation() else { return Ok(()) };
        let OwnedWrite::Delete(filter) = &owned.write else { return Ok(()) };
        let target = self.model(relation.target);
        let by = self.owned_row(model, relation, filter, stored)?;
        self.delete(target, by, &Absence::Fails(nowhere(target, owned)));
        Ok(())
    }

    /// The row that the stored one refers to.
    fn owned_row(
        &mut self,
        model: &'a Model,
        relation: &'a Relation,
        filter: &Where,
        stored: Option<LoadSlot>,
    ) -> Result<Filter, Error> {
        let Some(slot) = stored else { return Err(Error::internal("a row that is not there is followed")) };
        let key: Vec<(FieldId, NewValue)> = relation
            .pairs()
            .map(|(local, there)| (there, NewValue::Loaded(Loaded { slot, model: model.id, field: local })))
            .collect();
        let target = self.model(relation.target);
        let by_key = self.guard.stored_key_filter(target.id, &key);
        let wanted = self.guard.client_filter(target, filter);
        let readable = self.guard.rules_of_row(target.id, PolicyOperation::Read);
        Ok(Filter::all([by_key, wanted, readable]))
    }

    /// Reads the row that the actor sees, if it is there, to where the draft would put it.
    pub(super) fn find(&mut self, target: &'a Model, by: Filter, draft: &Draft) {
        let readable = self.guard.rules_of_row(target.id, PolicyOperation::Read);
        let mut fields: Vec<FieldId> = target.key_fields().map(|field| field.id).collect();
        fields.extend(draft.wants.iter().filter(|id| !target.key_fields().any(|key| key.id == **id)));
        let filter = Filter::all([by, readable]);
        self.steps.push(Step::Load {
            slot: draft.slot,
            model: target.id,
            fields,
            filter,
            expect: Expect::Any,
        });
    }
}

fn nowhere(target: &Model, owned: &Owned) -> CheckFailure {
    CheckFailure::Invalid {
        path: owned.path.clone(),
        message: format!("leads to no {} that you may see", target.name),
    }
}
