//! Writes across datasources: what reads elsewhere is done first and handed on as values, then one database
//! writes. A plan that would write in two is refused: nothing could undo the first.

use std::sync::Arc;

use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::schema::{DatasourceId, FieldId, ModelId};
use purlin_core::sink::RowSink;
use purlin_core::statement::{
    Cardinality, Change, Column, Expect, Filter, Guarded, LoadSlot, Operand, ReadShape, ResultPart,
    ResultRows, Step, WriteOutcome, WritePlan, WriteValue,
};
use purlin_core::store::BoxFuture;
use purlin_core::value::Value;

use crate::known::{fold, truth};
use crate::looks::{each_look, is_near, require_near};
use crate::operands::{replace_loaded, slots};
use crate::read::push;
use crate::store::SeveralStores;

const REASON: &str = "the part of a guarded plan that writes";

pub(crate) type Fields = Vec<(FieldId, Value)>;

/// A plan on its way, with the rows that were loaded before it.
pub(crate) struct Work {
    pub params: Vec<Value>,
    /// Loaded elsewhere: the database that writes does not know them.
    far: Vec<(LoadSlot, Fields)>,
    /// Loaded by the database that writes too, when it comes to it.
    near: Vec<(LoadSlot, Fields)>,
}

impl SeveralStores {
    /// The one datasource that a plan concerns, where nothing is to be done about the others.
    pub(crate) fn only_place(&self, plan: &WritePlan) -> Option<DatasourceId> {
        let mut only = None;
        for step in &plan.steps {
            let (model, filter) = match step {
                Step::Load { model, filter, .. } => (Some(*model), Some(filter)),
                Step::Check { filter, .. } => (None, Some(filter)),
                Step::Insert(insert) if self.ties.refers(insert.model) => return None,
                Step::Insert(insert) => (Some(insert.model), None),
                Step::Update(update)
                    if self.ties.refers(update.model) || self.ties.is_referred(update.model) =>
                {
                    return None;
                }
                Step::Update(update) => (Some(update.model), Some(&update.filter)),
                Step::Delete { model, .. } if self.ties.is_referred(*model) => return None,
                Step::Delete { model, filter, .. } => (Some(*model), Some(filter)),
                Step::Link { model, .. } => (Some(*model), None),
                Step::Unlink { model, filter, .. } => (Some(*model), Some(filter)),
                Step::Judge { read, .. } => (Some(read.shape.model), Some(&read.shape.filter)),
                Step::Validate { .. } | Step::Skip { .. } => (None, None),
            };
            let place = model.map(|model| self.place(model));
            let home = *only.get_or_insert(place.or_else(|| filter.and_then(|it| self.first_look(it)))?);
            let is_home = place.is_none_or(|place| place == home);
            if !is_home || !filter.is_none_or(|filter| is_near(&self.schema, filter, home)) {
                return None;
            }
        }
        only
    }

    fn first_look(&self, filter: &Filter) -> Option<DatasourceId> {
        let mut first = None;
        each_look(&self.schema, filter, &mut |look| {
            first.get_or_insert(self.place(look.target));
        });
        first
    }

    pub(crate) async fn write_across(
        &self,
        plan: WritePlan,
        sink: Box<dyn RowSink>,
    ) -> Result<WriteOutcome, Error> {
        let home = self.home(&plan)?;
        let judges = plan.steps.iter().any(|step| matches!(step, Step::Judge { .. }));
        if plan.has_ways() || judges || plan.kept.is_some() {
            return Err(Error::Unsupported(
                "what looks before it writes, or is kept to be answered again, cannot look into another datasource"
                    .to_owned(),
            ));
        }
        let WritePlan { steps, params, mut result, wants_rows, kept: _ } = plan;
        let mut work = Work { params, far: Vec::new(), near: Vec::new() };
        let mut kept = Vec::with_capacity(steps.len());
        let mut places = Vec::with_capacity(steps.len());
        for (place, mut step) in steps.iter().cloned().enumerate() {
            match &mut step {
                Step::Load { slot, model, fields, filter, expect } if self.place(*model) != home => {
                    let row = self.load(&mut work, &steps, *model, fields, filter, expect).await?;
                    work.far.extend(row.map(|row| (*slot, row)));
                    continue;
                }
                Step::Check { filter, failure } => {
                    work.hand_on(filter);
                    if !is_near(&self.schema, filter, home) {
                        self.resolve(&mut work, &steps, filter).await?;
                        if !self.holds(filter, &work.params).await? {
                            return Err(failure.to_error());
                        }
                        continue;
                    }
                    match fold(filter.clone(), &work.params) {
                        Filter::Always => continue,
                        Filter::Never => return Err(failure.to_error()),
                        folded => *filter = folded,
                    }
                }
                Step::Validate { slot, rule } => {
                    if let Some((_, row)) = work.far.iter().find(|(known, _)| known == slot) {
                        rule.check(row)?;
                        continue;
                    }
                }
                Step::Unlink { local, filter, .. } => {
                    work.hand_on_value(local);
                    work.hand_on(filter);
                    require_near(&self.schema, filter, home)?;
                }
                // Such plans were refused.
                Step::Skip { .. } | Step::Judge { .. } => {}
                Step::Load { filter, expect, .. } | Step::Delete { filter, expect, .. } => {
                    work.hand_on(filter);
                    work.hand_on_expected(expect);
                    require_near(&self.schema, filter, home)?;
                }
                Step::Insert(insert) => {
                    insert.values.iter_mut().for_each(|(_, value)| work.hand_on_value(value));
                }
                Step::Update(update) => {
                    for (_, change) in &mut update.changes {
                        match change {
                            Change::Set(value) => work.hand_on_value(value),
                            Change::SetWhere { value, condition } => {
                                work.hand_on_value(value);
                                work.hand_on(condition);
                            }
                            _ => {}
                        }
                    }
                    work.hand_on(&mut update.filter);
                    work.hand_on_expected(&mut update.expect);
                    require_near(&self.schema, &update.filter, home)?;
                }
                Step::Link { local, target, .. } => {
                    work.hand_on_value(local);
                    work.hand_on_value(target);
                }
            }
            kept.push(step);
            places.push(place);
        }
        self.require_targets(&mut work, &kept).await?;
        self.refuse_referred(&mut work, &kept).await?;
        if let Some(ResultRows::Parts(parts)) = result.as_mut().map(|result| &mut result.rows) {
            for part in parts {
                let read = match part {
                    ResultPart::Row(read) => read,
                    ResultPart::Count(steps) => {
                        let place = |step: &usize| places.iter().position(|place| place == step);
                        *steps = steps.iter().filter_map(place).collect();
                        continue;
                    }
                    ResultPart::Null => continue,
                };
                let mut own = Work {
                    params: std::mem::take(&mut read.params),
                    far: work.far.clone(),
                    near: Vec::new(),
                };
                own.hand_on(&mut Arc::make_mut(&mut read.shape).filter);
                read.params = own.params;
            }
        }
        let Work { params, far, .. } = work;
        let plan =
            Guarded::as_system(WritePlan { steps: kept, params, result, wants_rows, kept: None }, REASON);
        let mut outcome = self.at(home)?.write(plan, sink).await?;
        // Of each step as it was numbered before.
        let rows = std::mem::replace(&mut outcome.by_step, vec![0; steps.len()]);
        for (place, rows) in places.into_iter().zip(rows) {
            if let Some(of_step) = outcome.by_step.get_mut(place) {
                *of_step = rows;
            }
        }
        outcome.loaded.extend(far);
        Ok(outcome)
    }

    /// Where a plan writes.
    fn home(&self, plan: &WritePlan) -> Result<DatasourceId, Error> {
        let written = |step: &Step| match step {
            Step::Insert(insert) => Some(insert.model),
            Step::Update(update) => Some(update.model),
            Step::Delete { model, .. } | Step::Link { model, .. } | Step::Unlink { model, .. } => {
                Some(*model)
            }
            Step::Load { .. }
            | Step::Check { .. }
            | Step::Validate { .. }
            | Step::Judge { .. }
            | Step::Skip { .. } => None,
        };
        let mut models = plan.steps.iter().filter_map(written);
        let Some(first) = models.next() else {
            let looked = plan.steps.iter().find_map(|step| match step {
                Step::Load { model, .. } => Some(self.place(*model)),
                Step::Check { filter, .. } => self.first_look(filter),
                _ => None,
            });
            return Ok(looked.unwrap_or(DatasourceId(0)));
        };
        let home = self.place(first);
        match models.find(|model| self.place(*model) != home) {
            None => Ok(home),
            Some(other) => Err(Error::Unsupported(format!(
                "{} and {} stand in different datasources and cannot be written together: write them one after the other",
                self.schema.model(first).name,
                self.schema.model(other).name
            ))),
        }
    }

    /// Loads what the filter needs of rows that the plan itself would load, and puts it in as values.
    pub(crate) async fn resolve(
        &self,
        work: &mut Work,
        steps: &[Step],
        filter: &mut Filter,
    ) -> Result<(), Error> {
        for number in slots(filter) {
            let slot = LoadSlot(number);
            if work.row(slot).is_some() {
                continue;
            }
            let load = steps.iter().find_map(|step| match step {
                Step::Load { slot: known, model, fields, filter, expect } if *known == slot => {
                    Some((*model, fields, filter, expect))
                }
                _ => None,
            });
            let Some((model, fields, condition, expect)) = load else {
                return Err(Error::Unsupported(
                    "a row that is being written cannot be looked at from another datasource".to_owned(),
                ));
            };
            let row = self.load_boxed(work, steps, model, fields, condition, expect).await?;
            work.near.extend(row.map(|row| (slot, row)));
        }
        work.hand_on_all(filter);
        Ok(())
    }

    fn load_boxed<'a>(
        &'a self,
        work: &'a mut Work,
        steps: &'a [Step],
        model: ModelId,
        fields: &'a [FieldId],
        filter: &'a Filter,
        expect: &'a Expect,
    ) -> BoxFuture<'a, Result<Option<Fields>, Error>> {
        Box::pin(self.load(work, steps, model, fields, filter, expect))
    }

    /// What a `Load` step does, as a read before the plan.
    async fn load(
        &self,
        work: &mut Work,
        steps: &[Step],
        model: ModelId,
        fields: &[FieldId],
        filter: &Filter,
        expect: &Expect,
    ) -> Result<Option<Fields>, Error> {
        let mut filter = filter.clone();
        self.resolve(work, steps, &mut filter).await?;
        if let Some(row) = self.first(model, fields, filter, &work.params).await? {
            return Ok(Some(row));
        }
        let Expect::One { readable, denied, absent } = expect else { return Ok(None) };
        let mut readable = readable.clone();
        self.resolve(work, steps, &mut readable).await?;
        let is_seen = self.first(model, &[], readable, &work.params).await?.is_some();
        Err(if is_seen { denied } else { absent }.to_error())
    }

    /// The first row of a filter that its own database judges.
    pub(crate) async fn first(
        &self,
        model: ModelId,
        fields: &[FieldId],
        filter: Filter,
        params: &[Value],
    ) -> Result<Option<Fields>, Error> {
        if filter == Filter::Never {
            return Ok(None);
        }
        require_near(&self.schema, &filter, self.place(model))?;
        let shape = shape_of(model, fields, filter, Cardinality::One);
        let (rows, _) = self.keep(shape, params.to_vec(), Count::None).await?;
        let described = self.schema.model(model);
        let value = |(id, node): (&FieldId, &crate::kept::Node)| {
            (*id, node.value(&self.schema, described.field(*id)))
        };
        Ok(rows.first().map(|row| fields.iter().zip(row.members()).map(value).collect()))
    }

    /// Whether a condition over rows of several databases holds.
    fn holds<'a>(&'a self, filter: &'a Filter, params: &'a [Value]) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            match filter {
                Filter::All(parts) => {
                    for part in parts {
                        if !self.holds(part, params).await? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                Filter::Any(parts) => {
                    for part in parts {
                        if self.holds(part, params).await? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
                Filter::Not(inner) => Ok(!self.holds(inner, params).await?),
                Filter::Residual(inner) => self.holds(inner, params).await,
                Filter::Exists { model, condition } => {
                    Ok(self.first(*model, &[], (**condition).clone(), params).await?.is_some())
                }
                leaf => truth(leaf, params).ok_or_else(|| {
                    Error::Unsupported("a rule would have to look into another datasource".to_owned())
                }),
            }
        })
    }
}

/// A read of these columns.
pub(crate) fn shape_of(
    model: ModelId,
    fields: &[FieldId],
    filter: Filter,
    cardinality: Cardinality,
) -> ReadShape {
    ReadShape {
        model,
        cardinality,
        columns: fields.iter().map(|field| Column { field: *field, guard: None }).collect(),
        includes: Vec::new(),
        counts: Vec::new(),
        filter,
        order: Vec::new(),
        after: None,
        from: None,
        limit: None,
        offset: None,
        is_backward: false,
        distinct: Vec::new(),
        wants_last_keys: false,
        aggregate: None,
    }
}

impl Work {
    fn row(&self, slot: LoadSlot) -> Option<&Fields> {
        self.far.iter().chain(&self.near).find(|(known, _)| *known == slot).map(|(_, row)| row)
    }

    /// Values in place of the rows that were loaded elsewhere.
    fn hand_on(&mut self, filter: &mut Filter) {
        replace(filter, &self.far, &mut self.params);
    }

    /// Values in place of all rows that are known.
    fn hand_on_all(&mut self, filter: &mut Filter) {
        replace(filter, &self.far, &mut self.params);
        replace(filter, &self.near, &mut self.params);
    }

    fn hand_on_expected(&mut self, expect: &mut Expect) {
        if let Expect::One { readable, .. } = expect {
            self.hand_on(readable);
        }
    }

    fn hand_on_value(&mut self, value: &mut WriteValue) {
        if let WriteValue::Loaded { slot, field } = value
            && let Some(found) = value_in(&self.far, *slot, *field)
        {
            *value = WriteValue::Param(push(&mut self.params, found));
        }
    }

    /// A value that is written, as far as it is known before.
    pub(crate) fn value(&self, value: &WriteValue) -> Option<Value> {
        match value {
            WriteValue::Param(param) => self.params.get(usize::try_from(param.0).ok()?).cloned(),
            WriteValue::Loaded { slot, field } => {
                let row = self.row(*slot)?;
                row.iter().find(|(known, _)| known == field).map(|(_, value)| value.clone())
            }
        }
    }
}

fn value_in(rows: &[(LoadSlot, Fields)], slot: LoadSlot, field: FieldId) -> Option<Value> {
    let (_, row) = rows.iter().find(|(known, _)| *known == slot)?;
    Some(row.iter().find(|(known, _)| *known == field).map_or(Value::Null, |(_, value)| value.clone()))
}

fn replace(filter: &mut Filter, rows: &[(LoadSlot, Fields)], params: &mut Vec<Value>) {
    if !rows.is_empty() {
        replace_loaded(filter, &mut |slot, field| {
            value_in(rows, slot, field).map(|value| Operand::Param(push(params, value)))
        });
    }
}
