//! One plan, start to finish.

use purlin_core::error::Error;
use purlin_core::schema::FieldId;
use purlin_core::sink::{RowSink, ValueRef};
use purlin_core::statement::{LoadSlot, ResultPart, ResultRows, WritePlan};
use purlin_core::value::Value;

use super::steps::run_head;
use super::update;
use crate::error::Failure;
use crate::read::execute;
use crate::render::Sources;
use crate::work::Work;

#[derive(Debug)]
pub(super) struct PlanContext<'w> {
    pub work: Work<'w>,
    pub plan: &'w WritePlan,
    pub progress: Progress,
    /// It runs in a transaction.
    pub is_atomic: bool,
    pub inserts: Inserts,
}

/// How inserts of one model are written that stand behind each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inserts {
    Together,
    /// To find the one that is refused.
    OneByOne,
}

/// A plan on its way, and at its end what it did.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Touched by the last step that wrote.
    pub rows: u64,
    /// Touched by each step, where that is wanted.
    pub by_step: Vec<u64>,
    /// Rows that steps have read or written.
    pub slots: Vec<(LoadSlot, Vec<(FieldId, Value)>)>,
}

impl Progress {
    pub(super) fn put(&mut self, slot: LoadSlot, row: Vec<(FieldId, Value)>) {
        match self.slots.iter_mut().find(|(known, _)| *known == slot) {
            Some(entry) => entry.1 = row,
            None => self.slots.push((slot, row)),
        }
    }
}

impl PlanContext<'_> {
    /// What the steps before have left.
    pub(super) fn sources(&self) -> Sources<'_> {
        Sources::new(&self.plan.params, &self.progress.slots)
    }
}

/// The answer goes into the sink, which is empty.
pub(super) async fn run_plan(context: &mut PlanContext<'_>, sink: &mut dyn RowSink) -> Result<(), Failure> {
    let plan = context.plan;
    let is_list = plan.result.as_ref().is_some_and(|result| result.as_list);
    if is_list {
        sink.begin_list();
    }
    let keeps_rows = plan.keeps_rows();
    if keeps_rows {
        context.progress.by_step = vec![0; plan.steps.len()];
    }
    let mut next = 0;
    while let Some(steps) = plan.steps.get(next..).filter(|steps| !steps.is_empty()) {
        // Many short steps take long too, and none of them alone would be stopped.
        context.work.left()?;
        if keeps_rows {
            context.progress.rows = 0;
        }
        let done = run_head(context, steps, sink).await?;
        // Steps that are one command are of one row each.
        let rows = if done.together > 1 { 1 } else { context.progress.rows };
        let counted = context.progress.by_step.iter_mut().skip(next).take(done.together);
        counted.for_each(|place| *place = rows);
        next = next.saturating_add(done.together).saturating_add(done.passed);
    }
    if let Some(ResultRows::Parts(parts)) = plan.result.as_ref().map(|result| &result.rows) {
        for part in parts {
            let read = match part {
                ResultPart::Row(read) => read,
                ResultPart::Count(steps) => {
                    ResultPart::write_count(steps, &context.progress.by_step, sink);
                    continue;
                }
                ResultPart::Null => {
                    sink.value(ValueRef::Null);
                    continue;
                }
            };
            let sources = Sources::new(&read.params, &context.progress.slots);
            let outcome = execute(&mut context.work, read, sources, sink).await?;
            // Written, but the actor may not see it.
            if outcome.rows == 0 {
                sink.value(ValueRef::Null);
            }
        }
    }
    if is_list {
        sink.end_list();
    }
    if let Some(kept) = &plan.kept {
        let text = sink.text().unwrap_or_default().to_owned();
        context.progress.put(kept.slot, vec![(kept.field, Value::String(text))]);
        update::run(context, &kept.update).await?;
    }
    if sink.len() > context.work.max_bytes() {
        return Err(Error::TooLarge("the answer is too long; ask for fewer rows or fields".to_owned()).into());
    }
    Ok(())
}
