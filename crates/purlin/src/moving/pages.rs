//! The rows of a part, page by page in the order of the key, as values. They are read as an answer of the API would
//! hold them, without its rules: what no request could have written is a problem that is named.

use std::sync::Arc;

use purlin_core::Error;
use purlin_core::input::value_from_json;
use purlin_core::operation::Count;
use purlin_core::schema::{
    DefaultFunction, DefaultValue, Field, FieldId, FieldKind, Link, Model, Schema, SortOrder,
};
use purlin_core::sink::JsonSink;
use purlin_core::statement::{
    Cardinality, Column, Filter, Guarded, Heap, Include, IncludeShape, ParamId, Read, ReadShape, Rows,
    SortKey, SortTarget,
};
use purlin_core::store::Store;
use purlin_core::value::{Value, canonical};
use serde_json::{Map, Value as Json};

use super::REASON;
use super::parts::{Part, moved_fields};
use super::problems::Misfit;

/// Limits are powers of two, for each is a statement of its own.
const MOST_ROWS: u64 = 2_048;
/// What a page should be long at most, as an answer.
const BYTES: usize = 4 * 1024 * 1024;

pub(super) struct Pages {
    store: Arc<dyn Store>,
    schema: Arc<Schema>,
    part: Part,
    limit: u64,
    /// The key of the last row; its values as JSON, in the key's order.
    after: Option<Vec<Json>>,
}

#[derive(Debug)]
pub(super) struct Page {
    pub rows: Rows,
    pub count: u64,
    /// Rows of the part's model; of pairs each has any number.
    pub walked: u64,
    /// The key to go on behind.
    pub after: Option<Vec<Json>>,
    pub misfits: Vec<Misfit>,
    pub is_last: bool,
}

impl Pages {
    pub(super) fn new(
        store: &Arc<dyn Store>,
        schema: &Arc<Schema>,
        part: &Part,
        after: Option<Vec<Json>>,
    ) -> Self {
        let (store, schema) = (Arc::clone(store), Arc::clone(schema));
        Self { store, schema, part: part.clone(), limit: MOST_ROWS, after }
    }

    pub(super) async fn next(&mut self) -> Result<Page, Error> {
        loop {
            let mut sink = JsonSink::default();
            let read = self.read()?;
            let outcome = match self.store.read(&read, &mut sink).await {
                Err(Error::TooLarge(_)) if self.limit > 1 => {
                    self.limit = (self.limit / 4).max(1);
                    continue;
                }
                outcome => outcome?,
            };
            let bytes = sink.into_bytes();
            let objects: Vec<Map<String, Json>> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
            if let Some(first) = objects.first()
                && self.after.as_ref() == Some(&self.key_of(first))
            {
                return Err(Error::internal(format!(
                    "several rows have the key {}, as it is read",
                    shown_key(&self.key_of(first))
                )));
            }
            if let Some(last) = objects.last() {
                self.after = Some(self.key_of(last));
            }
            let mut page = self.page(&objects);
            page.is_last = !outcome.has_more;
            let fitting = self.limit * BYTES as u64 / bytes.len().max(1) as u64;
            self.limit = 1 << fitting.clamp(1, MOST_ROWS).ilog2();
            return Ok(page);
        }
    }

    fn key_of(&self, object: &Map<String, Json>) -> Vec<Json> {
        let keys = self.part.model(&self.schema).key_fields();
        keys.map(|field| object.get(&field.name).cloned().unwrap_or(Json::Null)).collect()
    }

    fn page(&self, objects: &[Map<String, Json>]) -> Page {
        let model = self.part.model(&self.schema);
        let fields = match self.part.heap {
            Heap::Model(_) => moved_fields(model),
            Heap::Pairs(..) => Vec::new(),
        };
        let (mut values, mut misfits) = (Vec::with_capacity(objects.len() * fields.len()), Vec::new());
        for object in objects {
            match self.part.heap {
                Heap::Model(_) => {
                    for field in fields.iter().map(|field| model.field(*field)) {
                        let found = object.get(&field.name).unwrap_or(&Json::Null);
                        values.push(value(&self.schema, field, found).unwrap_or_else(|message| {
                            let (part, field) = (self.part.label.clone(), field.name.clone());
                            misfits.push(Misfit {
                                part,
                                field,
                                key: shown_key(&self.key_of(object)),
                                message,
                            });
                            Value::Null
                        }));
                    }
                }
                Heap::Pairs(_, relation) => values.extend(pairs(&self.schema, model, relation, object)),
            }
        }
        let rows = Rows { heap: self.part.heap, fields, values };
        let count = (rows.values.len() / rows.width().max(1)) as u64;
        let walked = objects.len() as u64;
        Page { rows, count, walked, after: self.after.clone(), misfits, is_last: false }
    }

    fn read(&self) -> Result<Guarded<Read>, Error> {
        let model = self.part.model(&self.schema);
        let mut params = Vec::new();
        let mut after = None;
        if let Some(key) = &self.after {
            for (field, json) in model.key_fields().zip(key) {
                let value = value_from_json(&self.schema, field, json);
                let wrong = |message| Error::internal(format!("the key of {}: {message}", model.name));
                params.push(value.map_err(wrong)?);
            }
            after =
                Some((0..key.len()).map(|place| Some(ParamId(u32::try_from(place).unwrap_or(0)))).collect());
        }
        let shape = ReadShape {
            model: model.id,
            cardinality: Cardinality::Many,
            columns: self.columns(model),
            includes: self.include(model).into_iter().collect(),
            counts: Vec::new(),
            filter: Filter::Always,
            order: model.key_fields().map(|field| ascending(field.id)).collect(),
            after,
            from: None,
            limit: Some(self.limit),
            offset: None,
            is_backward: false,
            distinct: Vec::new(),
            wants_last_keys: false,
            aggregate: None,
        };
        Ok(Guarded::as_system(Read { shape: Arc::new(shape), params, count: Count::None }, REASON))
    }

    fn columns(&self, model: &Model) -> Vec<Column> {
        let mut fields = match self.part.heap {
            Heap::Model(_) => moved_fields(model),
            Heap::Pairs(_, relation) => {
                join_keys(model, relation).map(|(local, _)| local).into_iter().collect()
            }
        };
        for key in model.key_fields().map(|field| field.id) {
            if !fields.contains(&key) {
                fields.push(key);
            }
        }
        fields.into_iter().map(|field| Column { field, guard: None }).collect()
    }

    /// The other ends of pairs.
    fn include(&self, model: &Model) -> Option<Include> {
        let Heap::Pairs(_, relation) = self.part.heap else { return None };
        let (_, target) = join_keys(model, relation)?;
        let shape = IncludeShape {
            columns: vec![Column { field: target, guard: None }],
            includes: Vec::new(),
            counts: Vec::new(),
            filter: Filter::Always,
            order: vec![ascending(target)],
            limit: None,
            offset: None,
            is_backward: false,
            distinct: Vec::new(),
        };
        Some(Include { relation, guard: None, shape: Box::new(shape) })
    }
}

pub(super) fn ascending(field: FieldId) -> SortKey {
    let target = SortTarget::Column { relations: Vec::new(), field, guard: None };
    SortKey { target, direction: SortOrder::Ascending, nulls: None }
}

/// `7`, or `7, "b"`.
pub(super) fn shown_key(key: &[Json]) -> String {
    key.iter().map(Json::to_string).collect::<Vec<_>>().join(", ")
}

/// The fields that the two columns of a join table hold.
fn join_keys(model: &Model, relation: FieldId) -> Option<(FieldId, FieldId)> {
    match &model.field(relation).relation()?.link {
        Link::Join(join) => Some((join.local_key, join.target_key)),
        Link::Owning { .. } | Link::Inverse { .. } => None,
    }
}

/// Two values for each related row.
fn pairs(schema: &Schema, model: &Model, relation: FieldId, object: &Map<String, Json>) -> Vec<Value> {
    let found = || {
        let (local, target) = join_keys(model, relation)?;
        let local = model.field(local);
        let target = schema.model(model.field(relation).relation()?.target).field(target);
        let near = value_from_json(schema, local, object.get(&local.name)?).ok()?;
        let others = object.get(&model.field(relation).name)?.as_array()?;
        let other = |other: &Json| value_from_json(schema, target, other.get(&target.name)?).ok();
        Some(others.iter().filter_map(other).flat_map(|far| [near.clone(), far]).collect())
    };
    found().unwrap_or_default()
}

/// Documents of a declared type are taken as they are: what they lack may be newer than they.
fn value(schema: &Schema, field: &Field, json: &Json) -> Result<Value, String> {
    let document = |json: &Json| if json.is_null() { Value::Null } else { Value::Json(canonical(json)) };
    let is_made = matches!(&field.default, Some(DefaultValue::Function(DefaultFunction::Dbgenerated(_))));
    match (&field.kind, json) {
        (_, Json::Null) if field.is_required() && !is_made => {
            Err("has no value, which the schema asks for".to_owned())
        }
        (FieldKind::Composite(_), Json::Array(items)) if field.is_list() => {
            Ok(Value::List(items.iter().map(document).collect()))
        }
        (FieldKind::Composite(_), json) => Ok(document(json)),
        _ => value_from_json(schema, field, json),
    }
}
