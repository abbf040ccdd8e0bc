//! What the database counts itself, against what the pages gave: rows that no page holds, and values that are read as
//! none, look the same on both sides.

use std::collections::BTreeMap;
use std::sync::Arc;

use purlin_core::Error;
use purlin_core::operation::Count;
use purlin_core::schema::{FieldId, FieldKind, Model, Scalar, Schema};
use purlin_core::sink::JsonSink;
use purlin_core::statement::{Cardinality, Column, Filter, Guarded, Heap, Operand, Origin, Read, ReadShape};
use purlin_core::store::Store;
use purlin_core::value::Value;

use super::REASON;
use super::pages::{Page, ascending};
use super::parts::Part;
use super::problems::Misfits;
use super::survey::unreadable;
use crate::cli::Failure;

/// What the pages of one part gave.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Rows of the part's model.
    rows: u64,
    /// Rows without a value, by field.
    nulls: BTreeMap<FieldId, u64>,
    /// Rows whose value was a misfit and stands as none, by the field's name.
    refused: BTreeMap<String, u64>,
}

impl Given {
    pub(super) fn add(&mut self, page: &Page) {
        self.rows += page.walked;
        for misfit in &page.misfits {
            *self.refused.entry(misfit.field.clone()).or_default() += 1;
        }
        for row in page.rows.values.chunks(page.rows.width().max(1)) {
            for (field, value) in page.rows.fields.iter().zip(row) {
                if *value == Value::Null {
                    *self.nulls.entry(*field).or_default() += 1;
                }
            }
        }
    }

    /// Fails where the pages left rows out, or gave some twice.
    pub(super) async fn require_all_rows(
        &self,
        store: &Arc<dyn Store>,
        schema: &Schema,
        part: &Part,
    ) -> Result<(), Failure> {
        let model = part.model(schema);
        let counted = count(store, model, Filter::Always).await.map_err(|error| unreadable(part, &error))?;
        if counted == self.rows {
            return Ok(());
        }
        let message = format!(
            "{} cannot be moved: {} has {counted} rows, and reading them in the order of the key gave {}",
            part.label, model.name, self.rows
        );
        let help = "stop what writes to the database; if nothing does, its keys are stored in another way than \
                    Purlin writes them (times as numbers, keys that are NULL): correct them where they are";
        Err(Failure::problem("DATA_DOES_NOT_FIT", message).with_help(help))
    }

    /// Values that are there and were read as none. Of documents and lists `null` is a value that may be read so.
    pub(super) async fn find_lost(
        &self,
        store: &Arc<dyn Store>,
        schema: &Schema,
        part: &Part,
        misfits: &mut Misfits,
    ) -> Result<(), Failure> {
        let Heap::Model(id) = part.heap else { return Ok(()) };
        let model = schema.model(id);
        for (field, nulls) in &self.nulls {
            let kind = &model.field(*field).kind;
            let is_document = matches!(kind, FieldKind::Composite(_) | FieldKind::Scalar(Scalar::Json));
            if is_document || model.field(*field).is_list() {
                continue;
            }
            let column =
                Operand::Column { origin: Origin::ROW, model: id, relations: Vec::new(), field: *field };
            let empty = count(store, model, Filter::IsNull(column)).await;
            let empty = empty.map_err(|error| unreadable(part, &error))?;
            let name = &model.field(*field).name;
            let refused = self.refused.get(name).copied().unwrap_or_default();
            let lost = nulls.saturating_sub(empty).saturating_sub(refused);
            misfits.add_counted(&part.label, name, "has a value that no answer can hold", lost);
        }
        Ok(())
    }
}

async fn count(store: &Arc<dyn Store>, model: &Model, filter: Filter) -> Result<u64, Error> {
    let read = counting_read(model, filter, 0);
    let outcome = store.read(&Guarded::as_system(read, REASON), &mut JsonSink::default()).await?;
    let total = outcome.total.ok_or_else(|| Error::internal(format!("{} was not counted", model.name)))?;
    Ok(total.rows)
}

/// The number of rows, and the keys of the first.
pub(super) fn counting_read(model: &Model, filter: Filter, limit: u64) -> Read {
    let shape = ReadShape {
        model: model.id,
        cardinality: Cardinality::Many,
        columns: model.key_fields().map(|key| Column { field: key.id, guard: None }).collect(),
        includes: Vec::new(),
        counts: Vec::new(),
        filter,
        order: model.key_fields().map(|key| ascending(key.id)).collect(),
        after: None,
        from: None,
        limit: Some(limit),
        offset: None,
        is_backward: false,
        distinct: Vec::new(),
        wants_last_keys: false,
        aggregate: None,
    };
    Read { shape: Arc::new(shape), params: Vec::new(), count: Count::Exact }
}
