//! Rows that refer to a row, or that a join table leads to, written with it.

use super::change::Target;
use super::create::Inserting;
use super::planner::{Absence, Planner, one};
use super::values::KeyValues;
use super::values::slot_key;
use crate::error::Error;
use crate::operation::{Key, Pick};
use crate::schema::{JoinTable, Link, Model, PolicyOperation, Relation};
use crate::statement::{CheckFailure, Filter, Step};
use crate::validate::{Draft, Related, RelatedWrite};

/// One relation of one row.
struct Around<'a> {
    model: &'a Model,
    relation: &'a Relation,
    target: &'a Model,
    related: &'a Related,
    /// The row was just made: nothing belongs to it yet.
    is_new: bool,
    /// At most one row belongs to it.
    is_single: bool,
}

impl Around<'_> {
    fn join(&self) -> Option<&JoinTable> {
        match &self.relation.link {
            Link::Join(table) => Some(table),
            _ => None,
        }
    }

    fn absence(&self) -> Absence {
        Absence::Fails(CheckFailure::Invalid {
            path: self.related.path.clone(),
            message: format!("names no {} that you may see here", self.target.name),
        })
    }
}

impl<'a> Planner<'a> {
    pub(super) fn related(
        &mut self,
        model: &'a Model,
        related: &'a Related,
        is_new: bool,
    ) -> Result<(), Error> {
        let field = model.field(related.relation);
        let Some(relation) = field.relation() else { return Ok(()) };
        let target = self.model(relation.target);
        let around = Around { model, relation, target, related, is_new, is_single: !field.is_list() };
        related.writes.iter().try_for_each(|write| self.related_write(&around, write))
    }

    fn related_write(&mut self, around: &Around<'a>, write: &'a RelatedWrite) -> Result<(), Error> {
        let target = around.target;
        match write {
            RelatedWrite::Create { drafts, skip_duplicates } => {
                self.make_room(around, None)?;
                for draft in drafts {
                    self.create_related(around, draft, *skip_duplicates)?;
                }
            }
            RelatedWrite::Connect(keys) => {
                for key in keys {
                    self.make_room(around, Some(key))?;
                    self.connect(around, key)?;
                }
            }
            RelatedWrite::ConnectOrCreate(rows) => {
                for (key, draft) in rows {
                    self.make_room(around, Some(key))?;
                    let by = self.guard.client_key(target, key);
                    self.find(target, by, draft);
                    self.either(
                        draft.slot,
                        |planner| planner.connect(around, key),
                        |planner| planner.create_related(around, draft, false),
                    )?;
                }
            }
            RelatedWrite::Disconnect(picks) => {
                for pick in picks {
                    let by = self.picked(around, pick);
                    self.let_go(around, by, false)?;
                }
            }
            RelatedWrite::Set(keys) => {
                let others = self.guard.none_of(target, keys);
                let belongs = self.owned_rows(around);
                if !around.is_new {
                    self.let_go(around, Filter::all([belongs, others]), true)?;
                }
                for key in keys {
                    self.connect(around, key)?;
                }
            }
            RelatedWrite::Update(rows) => {
                for (pick, set) in rows {
                    let by = self.picked(around, pick);
                    self.update(target, Target { by, key: None, absence: around.absence() }, set)?;
                }
            }
            RelatedWrite::UpdateMany(rows) => {
                for (filter, set) in rows {
                    let belongs = self.owned_rows(around);
                    self.update_many(target, belongs, filter, set)?;
                }
            }
            RelatedWrite::Upsert(rows) => {
                for (pick, draft, set) in rows {
                    let by = self.picked(around, pick);
                    self.find(target, by.clone(), draft);
                    self.either(
                        draft.slot,
                        |planner| {
                            let absence = around.absence();
                            planner.update(target, Target { by, key: None, absence }, set).map(|_| ())
                        },
                        |planner| planner.create_related(around, draft, false),
                    )?;
                }
            }
            RelatedWrite::Delete(picks) => {
                for pick in picks {
                    let by = self.picked(around, pick);
                    self.delete(target, by, &around.absence());
                }
            }
            RelatedWrite::DeleteMany(filters) => {
                for filter in filters {
                    let belongs = self.owned_rows(around);
                    self.delete_many(target, belongs, filter);
                }
            }
        }
        Ok(())
    }

    fn owned_rows(&mut self, around: &Around<'a>) -> Filter {
        self.belongs(around.relation, &around.related.parent)
    }

    /// A row of the relation (scope 0).
    fn picked(&mut self, around: &Around<'a>, pick: &Pick) -> Filter {
        let named = match pick {
            Pick::Key(key) => self.guard.client_key(around.target, key),
            Pick::Only(filter) => self.guard.client_filter(around.target, filter),
        };
        let readable = self.guard.rules_of_row(around.target.id, PolicyOperation::Read);
        Filter::all([named, self.owned_rows(around), readable])
    }

    fn create_related(
        &mut self,
        around: &Around<'a>,
        draft: &'a Draft,
        skips_duplicates: bool,
    ) -> Result<(), Error> {
        let Some(join) = around.join() else {
            let how = Inserting { skips_duplicates, ..Inserting::PLAIN };
            return self.create(around.target, draft, how).map(|_| ());
        };
        let target_key = join.target_key;
        if skips_duplicates {
            return Err(Error::Unsupported(format!(
                "duplicates of {} cannot be skipped here: use connectOrCreate",
                around.target.name
            )));
        }
        let key = self.create(around.target, draft, Inserting::PLAIN)?.key;
        self.link_related(around, &key, target_key)
    }

    fn link_related(
        &mut self,
        around: &Around<'a>,
        key: &KeyValues,
        target_key: crate::schema::FieldId,
    ) -> Result<(), Error> {
        let Some((_, local)) = around.related.parent.first() else { return Ok(()) };
        self.link((around.model.id, around.related.relation), local, key, target_key)
    }

    /// Gives a row to the one around: an update of it where it holds the key, else of both.
    fn connect(&mut self, around: &Around<'a>, key: &Key) -> Result<(), Error> {
        let (target, set) = (around.target, &around.related.link);
        let by = self.guard.client_key(target, key);
        let Some(join) = around.join() else {
            let readable = self.guard.rules_of_row(target.id, PolicyOperation::Read);
            let by = Filter::all([by, readable]);
            let target_row = Target { by, key: Some(key), absence: around.absence() };
            return self.update(target, target_row, set).map(|_| ());
        };
        let target_key = join.target_key;
        let slot = self.slot();
        let readable = self.guard.rules_of_row(target.id, PolicyOperation::Read);
        let readable = Filter::all([by, readable]);
        let rules = self.guard.rules_of_row(target.id, PolicyOperation::Update);
        let refusal = self.guard.refusal(target.id, PolicyOperation::Update);
        let expect = one(readable.clone(), refusal, &around.absence());
        let filter = Filter::all([readable, rules]);
        self.steps.push(Step::Load { slot, model: target.id, fields: vec![target_key], filter, expect });
        let key = slot_key(target, slot);
        self.link_related(around, &key, target_key)
    }

    /// The rows of `by` (scope 0) no longer belong to the row around. Those that the actor sees and may not change
    /// stop the plan; those that it does not see stay.
    fn let_go(&mut self, around: &Around<'a>, by: Filter, are_many: bool) -> Result<(), Error> {
        let (target, set) = (around.target, &around.related.gone);
        let readable = self.guard.rules_of_row(target.id, PolicyOperation::Read);
        let seen = Filter::all([by.clone(), readable]);
        if around.join().is_none() {
            let changeable = self.changeable(target, Filter::Always, set);
            self.refuse_unchangeable(target, by, changeable);
            if are_many {
                return self.update_all(target, seen, set);
            }
            let row = Target { by: seen, key: None, absence: Absence::Passes };
            return self.update(target, row, set).map(|_| ());
        }
        let rules = self.guard.rules_of_row(target.id, PolicyOperation::Update);
        self.refuse_unchangeable(target, by, rules.clone());
        let Some((_, local)) = around.related.parent.first() else { return Ok(()) };
        let Some(local) = self.guard.write_value(local) else {
            return Err(Error::internal("a row that lets go has no key"));
        };
        let filter = Filter::all([seen, rules]);
        self.steps.push(Step::Unlink {
            model: around.model.id,
            relation: around.related.relation,
            local,
            filter,
        });
        Ok(())
    }

    /// Before a row comes where there is only one: another that is there is let go, where it can be.
    fn make_room(&mut self, around: &Around<'a>, key: Option<&Key>) -> Result<(), Error> {
        if around.is_new || !around.is_single {
            return Ok(());
        }
        let opposite = around.target.field(around.relation.opposite);
        if opposite.is_required() {
            return Ok(());
        }
        let belongs = self.owned_rows(around);
        let others = self.guard.none_of(around.target, key.map_or(&[], std::slice::from_ref));
        self.let_go(around, Filter::all([belongs, others]), false)
    }
}
