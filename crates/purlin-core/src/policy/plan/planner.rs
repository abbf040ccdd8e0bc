//! A plan that grows step by step.

use super::values::KeyValues;
use crate::error::Error;
use crate::operation::{Data, Key, Selection};
use crate::policy::NewValue;
use crate::policy::scope::Guard;
use crate::policy::written::Part;
use crate::schema::{FieldId, Model, ModelId};
use crate::statement::{
    CheckFailure, Expect, Filter, Guarded, Kept, LoadSlot, ResultRows, Step, WritePlan, WriteResult,
};
use crate::validate::Draft;

/// One plan in the making.
pub(crate) struct Planner<'a> {
    pub(super) guard: Guard<'a>,
    pub(super) steps: Vec<Step>,
    /// The first free one.
    slots: u32,
    /// Rows of whose writes hooks are to be told.
    heard: Vec<Heard>,
    /// Who asks wants to know which way the plan went.
    pub(super) wants_rows: bool,
    /// What is done with the answer.
    pub(super) kept: Option<Kept>,
    /// The steps may be passed over: what is refused is refused when they are taken.
    pub(super) is_optional: bool,
}

/// A row that was written, if the step was not passed over.
#[derive(Debug)]
pub(crate) struct Heard {
    pub model: ModelId,
    pub kind: HeardKind,
    pub data: Data,
    pub key: KeyValues,
    pub step: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeardKind {
    Created,
    Updated,
    Deleted,
}

/// A plan, and what is to be done once it is committed.
#[derive(Debug)]
pub(crate) struct Write<'a> {
    pub plan: Guarded<WritePlan>,
    /// What is answered, in order.
    pub parts: Vec<Part<'a>>,
    /// By the plan itself.
    pub is_answered: bool,
    pub heard: Vec<Heard>,
}

/// What is done where the row that a write is about is not there.
#[derive(Clone, Debug)]
pub(crate) enum Absence {
    Fails(CheckFailure),
    /// Nothing is done for it.
    Passes,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(guard: Guard<'a>, slots: u32) -> Self {
        Self {
            guard,
            steps: Vec::new(),
            slots,
            heard: Vec::new(),
            wants_rows: false,
            kept: None,
            is_optional: false,
        }
    }

    pub(super) fn slot(&mut self) -> LoadSlot {
        let slot = LoadSlot(self.slots);
        self.slots += 1;
        slot
    }

    /// What the steps so far are, for a count of what the next ones touch.
    pub(crate) fn position(&self) -> usize {
        self.steps.len()
    }

    /// The step that was added last.
    pub(crate) fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// Steps that are taken only where the slot holds a row (`loaded`), or holds none.
    pub(super) fn only_if<T>(
        &mut self,
        slot: LoadSlot,
        loaded: bool,
        plan: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let place = self.steps.len();
        self.steps.push(Step::Skip { slot, if_loaded: !loaded, steps: 0 });
        let outer = std::mem::replace(&mut self.is_optional, true);
        let planned = plan(self)?;
        self.is_optional = outer;
        let behind = self.steps.len() - place - 1;
        if let Some(Step::Skip { steps, .. }) = self.steps.get_mut(place) {
            *steps = u32::try_from(behind).unwrap_or(u32::MAX);
        }
        Ok(planned)
    }

    /// One of two ways, by whether the slot holds a row now; both may fill it.
    pub(super) fn either(
        &mut self,
        slot: LoadSlot,
        found: impl FnOnce(&mut Self) -> Result<(), Error>,
        absent: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let ways = self.only_if(slot, true, |planner| {
            found(planner)?;
            planner.steps.push(Step::Skip { slot, if_loaded: true, steps: 0 });
            Ok(planner.last())
        })?;
        let outer = std::mem::replace(&mut self.is_optional, true);
        absent(self)?;
        self.is_optional = outer;
        let behind = self.steps.len() - ways - 1;
        if let Some(Step::Skip { steps, .. }) = self.steps.get_mut(ways) {
            *steps = u32::try_from(behind).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    pub(super) fn tell(&mut self, heard: Heard) {
        self.wants_rows = true;
        self.heard.push(heard);
    }

    pub(super) fn model(&self, id: ModelId) -> &'a Model {
        self.guard.schema.model(id)
    }

    /// The steps since one that change or delete rows of the model.
    pub(crate) fn writes_since(&self, first: usize, model: ModelId) -> Vec<usize> {
        let is_write = |step: &Step| match step {
            Step::Update(update) => update.model == model,
            Step::Delete { model: deleted, .. } => *deleted == model,
            _ => false,
        };
        (first..self.steps.len()).filter(|at| self.steps.get(*at).is_some_and(is_write)).collect()
    }

    pub(crate) fn client_key(&mut self, model: &'a Model, key: &Key) -> Filter {
        self.guard.client_key(model, key)
    }

    /// The columns that inserts of these rows may answer themselves.
    pub(crate) fn shown_at_once(
        &self,
        model: &'a Model,
        drafts: &'a [Draft],
        selection: &Selection,
    ) -> Option<Vec<FieldId>> {
        self.guard.shown_at_once(model, drafts.iter().map(|draft| &draft.row), selection)
    }

    /// With `in_plan` the plan itself answers, whatever it costs those who wait.
    pub(crate) fn finish(
        mut self,
        answering: Answering<'a>,
        as_list: bool,
        in_plan: bool,
    ) -> Result<Write<'a>, Error> {
        let (rows, parts) = match answering {
            Answering::Inserts(parts) => (Some(ResultRows::Inserted), parts),
            Answering::Nothing(parts) => (None, parts),
            Answering::Parts(parts) => {
                // What may not be asked for is refused now, before anything is written.
                let lowered = self.guard.result_parts(&parts)?;
                let is_late = !in_plan && parts.iter().any(Part::has_relations);
                self.wants_rows |= is_late && parts.iter().any(|part| matches!(part, Part::Count(_)));
                ((!is_late).then_some(ResultRows::Parts(lowered)), parts)
            }
        };
        let is_answered = rows.is_some() || parts.iter().all(|part| matches!(part, Part::Null));
        let result = rows.map(|rows| WriteResult { rows, as_list });
        let Self { guard, steps, heard, wants_rows, kept, .. } = self;
        let plan = Guarded::new(WritePlan { steps, params: guard.params, result, wants_rows, kept });
        Ok(Write { plan, parts, is_answered, heard })
    }
}

/// Where the answer of a plan comes from.
pub(crate) enum Answering<'a> {
    Nothing(Vec<Part<'a>>),
    /// The inserts, all of which show their rows.
    Inserts(Vec<Part<'a>>),
    Parts(Vec<Part<'a>>),
}

/// The row that an operation names by a key.
pub(super) fn one(readable: Filter, denied: String, absence: &Absence) -> Expect {
    match absence {
        Absence::Fails(absent) => {
            Expect::One { readable, denied: CheckFailure::Denied(denied), absent: absent.clone() }
        }
        Absence::Passes => Expect::Any,
    }
}

/// A row that an operation answers.
pub(crate) fn row_part<'a>(model: &'a Model, key: KeyValues, selection: &'a Selection) -> Part<'a> {
    Part::Row { model, key, selection }
}

/// A key as far as it is known: all of it.
pub(super) fn known_key(key: &Key) -> KeyValues {
    key.fields.iter().map(|(field, value)| (*field, NewValue::Value(value.clone()))).collect()
}
