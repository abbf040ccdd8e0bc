//! What is worked out once for each actor, as long as no rule asks for the time: whether a write may succeed
//! at all, and reading one row by its id, of which the rules make the same for every row.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::guard_read::{Ruled, guard_get};
use super::scope::Guard;
use crate::error::Error;
use crate::operation::{Count, Key, Selection};
use crate::schema::{Model, ModelId, PolicyOperation, Schema};
use crate::statement::{Guarded, Read, ReadShape};
use crate::value::Value;

/// By model. It must not outlive the schema, nor the user's row that it was made for.
#[derive(Debug, Default)]
pub(crate) struct Prepared(OnceLock<Box<[OfModel]>>);

#[derive(Debug, Default)]
struct OfModel {
    get: OnceLock<PreparedGet>,
    /// Writes that some row may pass, by `PolicyOperation`.
    possible: [OnceLock<()>; 3],
}

#[derive(Debug)]
struct PreparedGet {
    shape: Arc<ReadShape>,
    /// Those of the key come first, and are of the request that was first.
    params: Vec<Value>,
}

impl Prepared {
    fn of(&self, schema: &Schema, model: ModelId) -> Option<&OfModel> {
        self.0.get_or_init(|| schema.models.iter().map(|_| OfModel::default()).collect()).get(model.index())
    }
}

/// Equal shapes of different actors as one, by which stores know their statement sooner.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Mutex<HashSet<Arc<ReadShape>>>);

/// More than any app has; those beyond are not shared.
const MOST_SHAPES: usize = 4096;

impl Shapes {
    fn shared(&self, shape: &Arc<ReadShape>) -> Arc<ReadShape> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = known.get(shape) {
            return Arc::clone(same);
        }
        if known.len() < MOST_SHAPES {
            known.insert(Arc::clone(shape));
        }
        Arc::clone(shape)
    }
}

/// Like `guard_get`, for the actor that `prepared` is kept for.
pub(crate) fn prepared_get<'a>(
    schema: &'a Schema,
    guard: impl FnOnce() -> Guard<'a>,
    model: ModelId,
    key: &Key,
    selection: &Selection,
    prepared: &Prepared,
    shapes: &Shapes,
) -> Result<Ruled, Error> {
    if !selection.is_default() || !is_primary(schema.model(model), key) {
        return guard_get(guard(), model, key, selection);
    }
    let place = prepared.of(schema, model).map(|prepared| &prepared.get);
    if let Some(PreparedGet { shape, params }) = place.and_then(OnceLock::get) {
        let given = key.fields.iter().map(|(_, value)| value.clone());
        let params = given.chain(params.iter().skip(key.fields.len()).cloned()).collect();
        let read = Read { shape: Arc::clone(shape), params, count: Count::None };
        return Ok(Ruled { read: Guarded::new(read), asked_time: false });
    }
    let ruled = guard_get(guard(), model, key, selection)?;
    if let (Some(place), false) = (place, ruled.asked_time) {
        let Read { shape, params, .. } = ruled.read.get();
        // Another request may have been first, with the same.
        let _ = place.set(PreparedGet { shape: shapes.shared(shape), params: params.clone() });
    }
    Ok(ruled)
}

/// Refuses a write that no row could make possible.
pub(crate) fn admit<'a>(
    schema: &'a Schema,
    guard: impl FnOnce() -> Guard<'a>,
    model: ModelId,
    operation: PolicyOperation,
    prepared: &Prepared,
) -> Result<(), Error> {
    let place = prepared.of(schema, model).and_then(|prepared| match operation {
        PolicyOperation::Create => prepared.possible.first(),
        PolicyOperation::Update => prepared.possible.get(1),
        PolicyOperation::Delete => prepared.possible.get(2),
        PolicyOperation::Read | PolicyOperation::PostUpdate => None,
    });
    if place.is_some_and(|place| place.get().is_some()) {
        return Ok(());
    }
    let mut guard = guard();
    guard.possible(model, operation)?;
    if let (Some(place), false) = (place, guard.asked_time) {
        let _ = place.set(());
    }
    Ok(())
}

fn is_primary(model: &Model, key: &Key) -> bool {
    model.key_fields().map(|field| field.id).eq(key.fields.iter().map(|(field, _)| *field))
}
