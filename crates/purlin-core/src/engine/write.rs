//! Writes: validate the final data, guard all of it into one plan, one round to the store.

use super::draft::{Drafted, draft};
use super::{Answer, Conditions, Engine, Mode};
use crate::actor::Actor;
use crate::error::{Error, FieldErrors};
use crate::operation::{Action, Data, Key, Operation, Selection, UpdateMode};
use crate::policy::{
    Absence, Answering, Heard, HeardKind, Inserting, Part, Planner, Target, Write, guard_written, known_key,
    parent_exists, row_part,
};
use crate::schema::{FieldId, ModelId};
use crate::sink::{NullSink, RowSink, ValueRef};
use crate::statement::{CheckFailure, Filter, LoadSlot, ReadOutcome, ResultPart, WriteOutcome};
use crate::validate::{Drafting, Making};
use crate::value::Value;

type Loaded = [(LoadSlot, Vec<(FieldId, Value)>)];

impl Engine {
    /// All operations in one transaction, or none of them.
    pub(super) async fn write(
        &self,
        actor: &Actor,
        operations: &mut [Operation],
        mode: Mode,
        conditions: &Conditions,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let mut looked_at = 0;
        for operation in operations.iter_mut() {
            self.prepare(actor, operation, mode.is_batch, &mut looked_at).await?;
        }
        let making = Making { schema: &self.schema, actor, now: self.clock.now(), patterns: &self.patterns };
        let mut drafting = Drafting::new(making, mode.is_batch);
        for operation in operations.iter_mut() {
            drafting.take_errors(std::mem::take(&mut operation.errors));
        }
        let mut drafted = Vec::with_capacity(operations.len());
        for operation in operations.iter() {
            let fixed = match &operation.action {
                Action::Update { mode: UpdateMode::Replace, .. } => {
                    Some(self.guard(actor).fixed_fields(self.schema.model(operation.model)))
                }
                _ => None,
            };
            let row = draft(&mut drafting, operation, fixed.as_deref())?;
            drafted.push(row);
        }
        let slots = drafting.finish()?;
        let write = self.plan(actor, operations, &drafted, mode, conditions, slots)?;
        let made = write.made;
        let (answer, heard) = self.commit(actor, write.write, mode, sink, made).await?;
        for told in Told::of(heard) {
            self.tell(told).await?;
        }
        Ok(answer)
    }

    /// What has to be looked at before the plan: the row of a nested resource, and what hooks say of rows inside.
    async fn prepare(
        &self,
        actor: &Actor,
        operation: &mut Operation,
        is_batch: bool,
        looked_at: &mut usize,
    ) -> Result<(), Error> {
        if let Action::Create { rows, many: true, .. } | Action::CreateMany { rows, .. } =
            &mut operation.action
        {
            // Rows that came from elsewhere than a body are told apart too.
            for (index, data) in rows.iter_mut().enumerate().filter(|(_, data)| data.prefix.is_empty()) {
                data.prefix = format!("{index}.");
            }
        }
        if let Some(within) = &operation.within {
            let parent = parent_exists(self.guard(actor), within);
            if self.store.read(&parent.read, &mut NullSink).await?.rows == 0 {
                return Err(Error::NotFound);
            }
            self.place_under(operation)?;
        }
        self.hear(actor, operation, is_batch).await?;
        self.take_apart(actor, operation, looked_at).await
    }

    fn plan<'a>(
        &'a self,
        actor: &'a Actor,
        operations: &'a [Operation],
        drafted: &'a [Drafted],
        mode: Mode,
        conditions: &Conditions,
        slots: u32,
    ) -> Result<Planned<'a>, Error> {
        let mut planner = Planner::new(self.guard(actor), slots);
        if let Some(once) = &conditions.once {
            planner.keep_answer(once)?;
        }
        let mut parts = Vec::with_capacity(operations.len());
        let mut made = None;
        let mut at_once = None;
        for (operation, drafted) in operations.iter().zip(drafted) {
            let model = self.schema.model(operation.model);
            match (&operation.action, drafted) {
                (Action::Create { selection, .. }, Drafted::Rows(drafts)) => {
                    // An answer that is kept is inserted too, and is no row of it.
                    let is_plain = !mode.is_batch && !mode.in_plan && !selection.has_relations();
                    let has_none =
                        |draft: &crate::validate::Draft| draft.owned.is_empty() && draft.related.is_empty();
                    if is_plain && drafts.iter().all(has_none) {
                        at_once = planner.shown_at_once(model, drafts, selection);
                    }
                    let shown = at_once.as_deref().unwrap_or_default();
                    let parent = operation.within.as_ref().filter(|_| is_joined(&self.schema, operation));
                    let parent = parent.map(|within| (within, planner.load_parent(within)));
                    for draft in drafts {
                        let how = Inserting { shown, skips_duplicates: false };
                        let key = planner.create(model, draft, how)?.key;
                        if let Some((within, slot)) = parent {
                            planner.link_to_parent(within, slot, &key)?;
                        }
                        parts.push(row_part(model, key, selection));
                    }
                }
                (Action::CreateMany { skip_duplicates, .. }, Drafted::Rows(drafts)) => {
                    if is_joined(&self.schema, operation) {
                        return Err(Error::Unsupported(
                            "which rows are left out is not known, so that they cannot be linked: use connectOrCreate"
                                .to_owned(),
                        ));
                    }
                    let how = Inserting { skips_duplicates: *skip_duplicates, ..Inserting::PLAIN };
                    let steps = drafts.iter().map(|draft| Ok(planner.create(model, draft, how)?.step));
                    parts.push(Part::Count(steps.collect::<Result<_, Error>>()?));
                }
                (Action::Update { key, selection, .. }, Drafted::Changes(set)) => {
                    if let Some(rule) = &conditions.judge {
                        planner.judge(model, key, rule)?;
                    }
                    let by = planner.client_key(model, key);
                    let absence = Absence::Fails(CheckFailure::NotFound);
                    let key = planner.update(model, Target { by, key: Some(key), absence }, set)?;
                    parts.push(row_part(model, key, selection));
                }
                (Action::UpdateMany { filter, .. }, Drafted::Changes(set)) => {
                    let from = planner.position();
                    planner.update_many(model, Filter::Always, filter, set)?;
                    parts.push(Part::Count(planner.writes_since(from, model.id)));
                }
                (Action::UpdateMany { filter, .. }, Drafted::EachChanged(keys, set)) => {
                    let from = planner.position();
                    for key in keys {
                        planner.update_seen(model, key, filter, set)?;
                    }
                    parts.push(Part::Count(planner.writes_since(from, model.id)));
                }
                (Action::Delete { key }, Drafted::Nothing) => {
                    if let Some(rule) = &conditions.judge {
                        planner.judge(model, key, rule)?;
                    }
                    let by = planner.client_key(model, key);
                    let is_told = self.hears_deletes(model.id);
                    let told = is_told.then(|| planner.key_of_row(model, by.clone()));
                    planner.delete(model, by, &Absence::Fails(CheckFailure::NotFound));
                    if let Some(key) = told {
                        planner.tell_deleted(model, key);
                    }
                    parts.push(Part::Null);
                }
                (Action::DeleteMany { filter, .. }, Drafted::Nothing) => {
                    let from = planner.position();
                    planner.delete_many(model, Filter::Always, filter);
                    parts.push(Part::Count(planner.writes_since(from, model.id)));
                }
                (Action::DeleteMany { filter, .. }, Drafted::EachDeleted(keys)) => {
                    let from = planner.position();
                    for key in keys {
                        planner.delete_seen(model, key, filter);
                    }
                    parts.push(Part::Count(planner.writes_since(from, model.id)));
                }
                (Action::Upsert { key, selection, .. }, Drafted::Upsert(draft, set)) => {
                    let (key, step) = planner.upsert(model, key, draft, set)?;
                    made = Some(step);
                    parts.push(row_part(model, key, selection));
                }
                _ => return Err(Error::internal("an operation came to the write pipeline in another form")),
            }
        }
        let is_delete = |operation: &Operation| matches!(operation.action, Action::Delete { .. });
        let answering = if at_once.is_some() {
            Answering::Inserts(parts)
        } else if !mode.is_batch && operations.iter().all(is_delete) {
            Answering::Nothing(parts)
        } else {
            Answering::Parts(parts)
        };
        let write = planner.finish(answering, mode.as_list, mode.in_plan)?;
        Ok(Planned { write, made })
    }

    /// Executes the plan. Related rows that are wanted in the answer are read after the commit: whoever else
    /// writes must not wait for them.
    async fn commit(
        &self,
        actor: &Actor,
        write: Write<'_>,
        mode: Mode,
        sink: Box<dyn RowSink>,
        made: Option<usize>,
    ) -> Result<(Answer, Vec<(Heard, Key)>), Error> {
        let Write { plan, parts, is_answered, heard } = write;
        let WriteOutcome { mut sink, loaded, by_step, .. } = self.store.write(plan, sink).await?;
        if !is_answered {
            if mode.as_list {
                sink.begin_list();
            }
            for part in &parts {
                self.answer_part(actor, part, &loaded, &by_step, sink.as_mut()).await?;
            }
            if mode.as_list {
                sink.end_list();
            }
        }
        let key = |part: &Part<'_>| match part {
            Part::Row { key, .. } => Some(known_key(key, &loaded)),
            Part::Count(_) | Part::Null => None,
        };
        let keys: Vec<Key> = parts.iter().filter_map(key).collect();
        let was_run = |step: usize| by_step.get(step).is_some_and(|rows| *rows > 0);
        let heard = heard
            .into_iter()
            .filter(|heard| was_run(heard.step))
            .map(|heard| {
                let key = known_key(&heard.key, &loaded);
                (heard, key)
            })
            .collect();
        let outcome = ReadOutcome { rows: keys.len(), ..ReadOutcome::default() };
        let is_made = made.is_some_and(was_run);
        Ok((Answer { sink, outcome, keys, is_made, cache: None }, heard))
    }

    async fn answer_part(
        &self,
        actor: &Actor,
        part: &Part<'_>,
        loaded: &Loaded,
        by_step: &[u64],
        sink: &mut dyn RowSink,
    ) -> Result<(), Error> {
        match part {
            Part::Row { model, key, selection } => {
                let key = known_key(key, loaded);
                let read = guard_written(self.guard(actor), model.id, &key, selection)?;
                let outcome = self.store.read(&read, sink).await.map_err(but_written)?;
                if outcome.rows == 0 {
                    sink.value(ValueRef::Null);
                }
            }
            Part::Count(steps) => ResultPart::write_count(steps, by_step, sink),
            Part::Null => sink.value(ValueRef::Null),
        }
        Ok(())
    }

    /// Tells hooks of rows that were written inside of another, or with many.
    async fn tell(&self, told: Told) -> Result<(), Error> {
        let Told { model, kind, mut rows, keys } = told;
        let selection = Selection::default();
        let first = keys.first().cloned();
        let action = match (kind, first) {
            (HeardKind::Created, _) => Action::Create { many: rows.len() > 1, rows, selection },
            (HeardKind::Updated, Some(key)) => {
                let data = rows.pop().unwrap_or_default();
                Action::Update { key, data, mode: UpdateMode::Partial, selection }
            }
            (HeardKind::Deleted, Some(key)) => Action::Delete { key },
            (_, None) => return Ok(()),
        };
        let operation = Operation { model, action, within: None, errors: FieldErrors::default() };
        self.hooks.after(&operation, &keys).await
    }
}

/// Rows of which hooks are told at once.
struct Told {
    model: ModelId,
    kind: HeardKind,
    rows: Vec<Data>,
    keys: Vec<Key>,
}

impl Told {
    /// Made rows, and rows that are gone, come together; what becomes of others may differ.
    fn of(heard: Vec<(Heard, Key)>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (Heard { model, kind, data, .. }, key) in heard {
            match all.last_mut() {
                Some(last) if (last.model, last.kind) == (model, kind) && kind != HeardKind::Updated => {
                    last.rows.push(data);
                    last.keys.push(key);
                }
                _ => all.push(Self { model, kind, rows: vec![data], keys: vec![key] }),
            }
        }
        all
    }
}

/// A plan and, of an upsert, the step that makes the row.
struct Planned<'a> {
    write: Write<'a>,
    made: Option<usize>,
}

/// Whether the row of a nested resource is linked by a join table.
fn is_joined(schema: &crate::schema::Schema, operation: &Operation) -> bool {
    operation.within.as_ref().is_some_and(|within| {
        let field = schema.model(within.model).field(within.relation);
        field.relation().is_some_and(|relation| matches!(relation.link, crate::schema::Link::Join(_)))
    })
}

/// Why the answer of a write is missing, so that nobody writes again who need not.
fn but_written(error: Error) -> Error {
    let note = |text: String| format!("it is written, but not answered: {text}");
    match error {
        Error::TooLarge(text) => Error::TooLarge(note(text)),
        Error::Unavailable(text) => Error::Unavailable(note(text)),
        other => other,
    }
}
