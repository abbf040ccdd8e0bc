//! Writes: validate the final data, guard it into one plan, one round to the store.

use std::sync::Arc;

use super::{Answer, Engine};
use crate::actor::Actor;
use crate::error::{Error, FieldErrors};
use crate::operation::{Action, Assignment, Data, Key, Operation, Selection, UpdateMode, Within};
use crate::policy::{
    Write, guard_create, guard_delete, guard_update, guard_written, known_keys, parent_exists,
};
use crate::schema::{FieldId, Link, Model};
use crate::sink::{NullSink, RowSink, ValueRef};
use crate::statement::{ReadOutcome, RowRule, WriteOutcome};
use crate::validate::{ChangeSet, Making, StoredRow, change_set, draft_row};

impl Engine {
    pub(super) async fn write(
        &self,
        actor: &Actor,
        operation: &mut Operation,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let model = self.schema.model(operation.model);
        let errors = std::mem::take(&mut operation.errors);
        match &mut operation.action {
            Action::Create { rows, many, selection } => {
                let form = CreateForm { many: *many, selection, within: operation.within.as_ref(), errors };
                self.create(actor, model, rows, form, sink).await
            }
            Action::Update { key, data, mode, selection } => {
                self.update(actor, model, key, data, *mode, selection, errors, sink).await
            }
            Action::Delete { key } => {
                let plan = guard_delete(self.guard(actor), model.id, key);
                let outcome = self.store.write(plan, sink).await?;
                Ok(Answer { sink: outcome.sink, outcome: ReadOutcome::default(), keys: vec![key.clone()] })
            }
            Action::List(_) | Action::Aggregate(_) | Action::Get { .. } => {
                Err(Error::internal("a read came to the write pipeline"))
            }
        }
    }

    async fn create(
        &self,
        actor: &Actor,
        model: &Model,
        rows: &mut [Data],
        form: CreateForm<'_>,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let CreateForm { many, selection, within, mut errors } = form;
        let mut linked = None;
        if let Some(within) = within {
            let parent = parent_exists(self.guard(actor), within);
            if self.store.read(&parent, &mut NullSink).await?.rows == 0 {
                return Err(Error::NotFound);
            }
            linked = self.place_under(model, within, rows, many, &mut errors)?;
        }
        let making = self.making(actor);
        let mut slots = 0;
        let mut drafts = Vec::with_capacity(rows.len());
        for (index, data) in rows.iter().enumerate() {
            let prefix = if many { format!("{index}.") } else { String::new() };
            let mut draft = draft_row(&making, model, data, &prefix, &mut slots, &mut errors)?;
            if draft.validates_stored {
                draft.stored_rule = Some(self.stored_rule(actor, model, prefix, Vec::new()));
            }
            drafts.push(draft);
        }
        errors.into_result()?;
        let write = guard_create(self.guard(actor), model, &drafts, selection, many, linked, slots)?;
        let (sink, keys) = self.commit(actor, model, write, selection, many, sink).await?;
        let outcome = ReadOutcome { rows: drafts.len(), ..ReadOutcome::default() };
        Ok(Answer { sink, outcome, keys })
    }

    /// Executes the plan. Related rows that are wanted in the answer are read after the commit: whoever else
    /// writes must not wait for them.
    async fn commit(
        &self,
        actor: &Actor,
        model: &Model,
        write: Write,
        selection: &Selection,
        as_list: bool,
        sink: Box<dyn RowSink>,
    ) -> Result<(Box<dyn RowSink>, Vec<Key>), Error> {
        let Write { plan, keys } = write;
        let WriteOutcome { mut sink, loaded, .. } = self.store.write(plan, sink).await?;
        let keys = known_keys(keys, &loaded);
        if selection.has_relations() {
            if as_list {
                sink.begin_list();
            }
            for key in &keys {
                let read = guard_written(self.guard(actor), model.id, key, selection)?;
                let outcome = self.store.read(&read, sink.as_mut()).await.map_err(but_written)?;
                if outcome.rows == 0 {
                    sink.value(ValueRef::Null);
                }
            }
            if as_list {
                sink.end_list();
            }
        }
        Ok((sink, keys))
    }

    /// Sets the key of new rows to the row of the nested resource. Answers it back where a join table holds
    /// the relation instead, so that the plan links them.
    fn place_under<'w>(
        &self,
        model: &Model,
        within: &'w Within,
        rows: &mut [Data],
        many: bool,
        errors: &mut FieldErrors,
    ) -> Result<Option<&'w Within>, Error> {
        let field = self.schema.model(within.model).field(within.relation);
        let Some(relation) = field.relation() else { return Err(Error::NotFound) };
        match &relation.link {
            Link::Join(_) => return Ok(Some(within)),
            Link::Owning { .. } => {
                return Err(Error::Unsupported(format!(
                    "create the {} at its own path, then set {} of this {}",
                    model.name,
                    field.name,
                    self.schema.model(within.model).name
                )));
            }
            Link::Inverse { .. } => {}
        }
        let opposite = model.field(relation.opposite);
        let keys: Vec<_> = opposite
            .relation()
            .into_iter()
            .flat_map(|relation| relation.pairs().map(|(local, _)| local))
            .collect();
        for (index, data) in rows.iter_mut().enumerate() {
            let prefix = if many { format!("{index}.") } else { String::new() };
            for (given, _) in &data.fields {
                if *given == opposite.id || keys.contains(given) {
                    let name = &model.field(*given).name;
                    errors.add(format!("{prefix}{name}"), "is given by the path");
                }
            }
            data.set(opposite.id, Assignment::Connect(within.key.clone()));
        }
        Ok(None)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one operation, taken apart once")]
    async fn update(
        &self,
        actor: &Actor,
        model: &Model,
        key: &Key,
        data: &Data,
        mode: UpdateMode,
        selection: &Selection,
        mut errors: FieldErrors,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let making = self.making(actor);
        let mut slots = 0;
        let fixed = (mode == UpdateMode::Replace).then(|| self.guard(actor).fixed_fields(model));
        let set = change_set(&making, model, data, fixed.as_deref(), &mut slots, &mut errors)?;
        errors.into_result()?;
        let merged = self.merged_rule(actor, model, &set);
        let write = guard_update(self.guard(actor), model, key, &set, selection, merged, slots)?;
        let (sink, _) = self.commit(actor, model, write, selection, false, sink).await?;
        let outcome = ReadOutcome { rows: 1, ..ReadOutcome::default() };
        Ok(Answer { sink, outcome, keys: vec![key.clone()] })
    }

    /// The rule that looks at the row as the update leaves it: `@@validate`, and the validations of fields
    /// that were changed by arithmetic.
    fn merged_rule(&self, actor: &Actor, model: &Model, set: &ChangeSet) -> Option<Arc<dyn RowRule>> {
        let calculated = set.changes.iter().filter(|(_, change)| change.is_calculated());
        let recheck: Vec<FieldId> = calculated.map(|(field, _)| *field).collect();
        if !set.needs_merge && recheck.is_empty() {
            return None;
        }
        Some(self.stored_rule(actor, model, String::new(), recheck))
    }

    fn stored_rule(
        &self,
        actor: &Actor,
        model: &Model,
        prefix: String,
        recheck: Vec<FieldId>,
    ) -> Arc<dyn RowRule> {
        Arc::new(StoredRow {
            schema: Arc::clone(&self.schema),
            patterns: Arc::clone(&self.patterns),
            model: model.id,
            now: self.clock.now(),
            actor: actor.clone(),
            prefix,
            recheck,
        })
    }

    fn making<'a>(&'a self, actor: &'a Actor) -> Making<'a> {
        Making { schema: &self.schema, actor, now: self.clock.now(), patterns: &self.patterns }
    }
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

/// How a create was asked for.
struct CreateForm<'a> {
    many: bool,
    selection: &'a Selection,
    within: Option<&'a Within>,
    errors: FieldErrors,
}
