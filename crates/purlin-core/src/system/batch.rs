//! Several writes of the system in one transaction: all of them, or none.

use std::fmt;
use std::sync::Arc;

use super::Table;
use super::row::Row;
use super::when::{When, field_id, param};
use crate::error::Error;
use crate::ids;
use crate::schema::{Arity, DefaultFunction, DefaultValue, Field, FieldKind, Scalar};
use crate::sink::NullSink;
use crate::statement::{
    Change, CheckFailure, Expect, Filter, Guarded, Insert, LoadSlot, Step, Update, WritePlan, WriteValue,
};
use crate::store::Store;
use crate::value::{DateTime, Value, literal_value};

/// What an update does to a column.
#[derive(Clone)]
pub enum Set {
    To(Value),
    /// Added to what the database holds then, so that nothing is lost between two who count.
    Add(i64),
}

impl<T: Into<Value>> From<T> for Set {
    fn from(value: T) -> Self {
        Self::To(value.into())
    }
}

/// How many rows a write of a batch must touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    Any,
    /// Exactly one, by a condition on a unique key; where there is none, nothing of the batch is done and
    /// it fails with `Error::NotFound`.
    One,
}

/// Made by [`Table::batch`]. All tables of a batch stand in the same store.
#[must_use = "a batch does nothing until it is committed"]
pub struct Batch {
    store: Arc<dyn Store>,
    reason: &'static str,
    plan: WritePlan,
    /// What each insert is known to write, by its slot.
    inserted: Vec<Row>,
}

impl Batch {
    pub(super) fn new(store: &Arc<dyn Store>, reason: &'static str) -> Self {
        Self { store: Arc::clone(store), reason, plan: WritePlan::default(), inserted: Vec::new() }
    }

    /// Fields that are not given take their defaults.
    pub fn insert<'v>(
        mut self,
        table: &Table,
        values: impl IntoIterator<Item = (&'v str, Value)>,
    ) -> Result<Self, Error> {
        let model = table.model();
        let mut row = vec![None; model.fields.len()];
        for (name, value) in values {
            let field = field_id(model, name)?;
            if let Some(place) = row.get_mut(field.index()) {
                *place = Some(readable(model.field(field), value)?);
            }
        }
        let now = table.now();
        let mut written = Vec::with_capacity(row.len());
        let mut known = Vec::with_capacity(row.len());
        for (field, given) in model.fields.iter().zip(row) {
            let value = if field.is_column() && !field.is_computed {
                given.map_or_else(|| absent(table, field, now), |value| Ok(Some(value)))?
            } else {
                None
            };
            known.push(value.clone().unwrap_or(Value::Null));
            if let Some(value) = value {
                let value = WriteValue::Param(param(&mut self.plan.params, value));
                written.push((field.id, value));
            }
        }
        let slot = LoadSlot(u32::try_from(self.inserted.len()).unwrap_or(u32::MAX));
        self.inserted.push(Row::new(table.schema(), model.id, known));
        self.plan.steps.push(Step::Insert(Insert {
            model: model.id,
            values: written,
            slot: Some(slot),
            returning: Vec::new(),
            shown: Vec::new(),
            skips_duplicates: false,
        }));
        Ok(self)
    }

    /// `@updatedAt` fields are set too.
    pub fn update<'v, S: Into<Set>>(
        mut self,
        table: &Table,
        when: &When,
        changes: impl IntoIterator<Item = (&'v str, S)>,
        rows: Rows,
    ) -> Result<Self, Error> {
        let model = table.model();
        let params = &mut self.plan.params;
        let mut lowered = Vec::new();
        for (name, set) in changes {
            let field = field_id(model, name)?;
            let change = match set.into() {
                Set::To(value) => {
                    let value = readable(model.field(field), value)?;
                    Change::Set(WriteValue::Param(param(params, value)))
                }
                Set::Add(number) => Change::Increment(param(params, Value::Int(number))),
            };
            lowered.push((field, change));
        }
        for field in model.columns().filter(|field| field.is_updated_at) {
            if lowered.iter().all(|(changed, _)| *changed != field.id) {
                let now = param(params, Value::DateTime(table.now()));
                lowered.push((field.id, Change::Set(WriteValue::Param(now))));
            }
        }
        let filter = when.lower(model, params)?;
        let update = Update { model: model.id, changes: lowered, filter, expect: rows.expectation() };
        self.plan.steps.push(Step::Update(update));
        Ok(self)
    }

    pub fn delete(mut self, table: &Table, when: &When, rows: Rows) -> Result<Self, Error> {
        let model = table.model();
        let filter = when.lower(model, &mut self.plan.params)?;
        self.plan.steps.push(Step::Delete { model: model.id, filter, expect: rows.expectation() });
        Ok(self)
    }

    /// Durable when it answers: the rows that were inserted, in order.
    pub async fn commit(self) -> Result<Vec<Row>, Error> {
        Ok(self.run().await?.1)
    }

    /// Also how many rows the last write touched.
    pub(super) async fn run(self) -> Result<(u64, Vec<Row>), Error> {
        let plan = Guarded::as_system(self.plan, self.reason);
        let outcome = self.store.write(plan, Box::new(NullSink)).await?;
        let mut inserted = self.inserted;
        for (slot, values) in outcome.loaded {
            if let Some(row) = inserted.get_mut(slot.0 as usize) {
                values.into_iter().for_each(|(field, value)| row.put(field, value));
            }
        }
        Ok((outcome.rows, inserted))
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Batch of {} writes: {}", self.plan.steps.len(), self.reason)
    }
}

/// It may be the hash of a secret.
impl fmt::Debug for Set {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(_) => formatter.write_str("To"),
            Self::Add(number) => write!(formatter, "Add({number})"),
        }
    }
}

impl Rows {
    fn expectation(self) -> Expect {
        match self {
            Self::Any => Expect::Any,
            Self::One => Expect::One {
                readable: Filter::Never,
                denied: CheckFailure::NotFound,
                absent: CheckFailure::NotFound,
            },
        }
    }
}

/// What some engines do not take, and what could not be read back, is refused: some of it comes from
/// outside, such as the name of a browser.
fn readable(field: &Field, value: Value) -> Result<Value, Error> {
    match (&field.kind, &value) {
        (_, Value::String(text)) if text.contains('\0') => {
            Err(Error::invalid(&field.name, "must not contain the null character"))
        }
        (FieldKind::Scalar(Scalar::Int), Value::Int(number)) if i32::try_from(*number).is_err() => {
            Err(Error::invalid(&field.name, "must lie between -2147483648 and 2147483647"))
        }
        _ => Ok(value),
    }
}

/// The value of a field that was not given; `None` where the database makes it, or it is null.
fn absent(table: &Table, field: &Field, now: DateTime) -> Result<Option<Value>, Error> {
    Ok(match &field.default {
        Some(DefaultValue::Literal(literal)) => Some(literal_value(table.schema(), literal, Some(field))),
        Some(DefaultValue::Function(
            DefaultFunction::Autoincrement | DefaultFunction::Sequence | DefaultFunction::Dbgenerated(_),
        )) => None,
        Some(DefaultValue::Function(function)) => ids::generate(function, now)?,
        _ if field.is_updated_at => Some(Value::DateTime(now)),
        _ if field.arity == Arity::List => Some(Value::List(Vec::new())),
        _ if field.arity == Arity::Optional || matches!(field.kind, FieldKind::Unsupported(_)) => None,
        _ => return Err(Error::internal(format!("{} needs a value for {}", table.model().name, field.name))),
    })
}
