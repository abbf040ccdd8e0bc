//! Plans of one insert each, of the same shape, as one statement.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use purlin_core::error::Error;
use purlin_core::schema::FieldId;
use purlin_core::sink::RowSink;
use purlin_core::statement::{Insert, WritePlan, WriteValue};
use purlin_core::value::Value;

use super::connection::{Database, Refusal};
use super::plan::Finished;
use super::steps::write_given;
use crate::rows::{Cells, value_of};
use crate::sources::Sources;
use crate::statements::{Statements, StepShape};
use crate::write_statement::{Shown, WriteStatement};

/// The statement, whose values are bound one plan after the other, by the bindings of one.
#[derive(Debug)]
pub struct Joined<'i> {
    pub statement: Arc<WriteStatement>,
    insert: &'i Insert,
    keys: Vec<FieldId>,
}

/// Whether several such inserts may be one statement.
pub fn may_join(database: Database<'_>, insert: &Insert) -> bool {
    crate::render::may_join(database.schema, database.dialect, insert)
}

pub fn joined<'i>(
    database: Database<'_>,
    statements: &Mutex<Statements>,
    insert: &'i Insert,
    rows: usize,
) -> Joined<'i> {
    let shape = StepShape::Inserts { insert: Cow::Borrowed(insert), rows };
    let mut known = statements.lock().unwrap_or_else(PoisonError::into_inner);
    let keys = database.schema.model(insert.model).key_fields().map(|field| field.id).collect();
    Joined { statement: known.get(database.schema, database.dialect, shape), insert, keys }
}

impl Joined<'_> {
    /// Whether the rows that were inserted come back.
    pub fn gives_rows(&self) -> bool {
        !self.statement.returning.is_empty()
    }

    /// One of the plans, by the row that came back for it.
    pub fn finish(
        &self,
        plan: &WritePlan,
        row: Option<&dyn Cells>,
        sink: &mut dyn RowSink,
    ) -> Result<Finished, Refusal> {
        let mut finished = Finished { rows: 1, ..Finished::default() };
        if let (Some(row), Some(slot)) = (row, self.insert.slot) {
            let mut values = Vec::with_capacity(self.statement.returning.len());
            for (position, column) in self.statement.returning.iter().enumerate() {
                let value = value_of(&column.decode, row.cell(position));
                // No engine promises the order in which rows come back.
                if self.keys.contains(&column.field) && self.given(column.field, plan) != Some(&value) {
                    return Err(Refusal::Core(Error::internal("the row of another insert came back")));
                }
                values.push((column.field, value));
            }
            finished.slots.push((slot, values));
        }
        if let (Shown::Given(columns), Some(result)) = (&self.statement.shown, &plan.result) {
            if result.as_list {
                sink.begin_list();
            }
            write_given(columns, Sources::new(&plan.params, &finished.slots), sink);
            if result.as_list {
                sink.end_list();
            }
        }
        Ok(finished)
    }

    fn given<'p>(&self, field: FieldId, plan: &'p WritePlan) -> Option<&'p Value> {
        let (_, value) = self.insert.values.iter().find(|(given, _)| *given == field)?;
        let WriteValue::Param(param) = value else { return None };
        plan.params.get(usize::try_from(param.0).ok()?)
    }
}
