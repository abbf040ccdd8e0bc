//! Random data of creates and updates, and the row that it makes in memory.

use purlin_core::Value;
use purlin_core::operation::{Assignment, Data, Key, UpdateMode};
use purlin_core::schema::{Field, FieldId, Model, ModelId, Relation, Schema};

use super::rng::Rng;
use super::world::{ABSENT, Rows, draw_value, int, is_unique_key, key_of, unique_of};

/// What a client sends, and what it comes to.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) data: Data,
    /// The row as it will be stored.
    pub(super) row: Vec<Value>,
    /// The columns that the client names, by themselves or through a relation.
    pub(super) named: Vec<FieldId>,
    /// Those that arithmetic changes.
    pub(super) calculated: Vec<FieldId>,
    pub(super) connects: Vec<Connect>,
    pub(super) mode: UpdateMode,
}

/// A row that the client links to.

#[derive(Debug, Clone)]
pub(super) struct Connect {
    pub(super) relation: FieldId,
    pub(super) target: ModelId,
    pub(super) index: usize,
    pub(super) way: Way,
}

#[derive(Debug, Clone)]
pub(super) enum Way {
    /// `connect` by this key.
    Connect(Key),
    /// The foreign key as a value.
    Value(FieldId),
}

impl Drawn {
    fn new(row: Vec<Value>) -> Self {
        Self {
            data: Data::default(),
            row,
            named: Vec::new(),
            calculated: Vec::new(),
            connects: Vec::new(),
            mode: UpdateMode::Partial,
        }
    }

    fn set(&mut self, field: &Field, value: Value) {
        self.row[field.id.index()] = value.clone();
        self.named.push(field.id);
        self.data.fields.push((field.id, Assignment::Set(value)));
    }

    /// The same data with a connection to a row that does not exist.
    pub(super) fn without_target(&self, schema: &Schema, connect: &Connect) -> Data {
        let mut data = self.data.clone();
        let target = schema.model(connect.target);
        match &connect.way {
            Way::Connect(key) => {
                let by_unique = *key != key_of(target, connect.index, false);
                data.set(connect.relation, Assignment::Connect(key_of(target, ABSENT, by_unique)));
            }
            Way::Value(field) => data.set(*field, Assignment::Set(int(ABSENT))),
        }
        data
    }
}

/// Row `id` of `model`. `given` is the relation that the path of a nested resource sets, with its target.
pub(super) fn draw_row(
    rows: &Rows<'_>,
    model: &Model,
    id: usize,
    with_id: bool,
    given: Option<(FieldId, usize)>,
    rng: &mut Rng,
) -> Drawn {
    let mut drawn = Drawn::new(vec![Value::Null; model.fields.len()]);
    for field in model.columns() {
        if field.is_id {
            if with_id {
                drawn.set(field, int(id));
            }
            drawn.row[field.id.index()] = int(id);
        } else if is_unique_key(field) {
            drawn.set(field, unique_of(id));
        } else if let Some((relation, target)) = relation_of_key(model, field) {
            match given {
                Some((given, index)) if given == relation => drawn.row[field.id.index()] = int(index),
                _ => draw_key(rows, model, field, (relation, target), &mut drawn, rng),
            }
        } else if rng.chance(15) {
            drawn.row[field.id.index()] = absent(field);
        } else {
            drawn.set(field, draw_value(field, rng));
        }
    }
    drawn
}

/// Changes of row `index`. A replacement leaves the fields that it `keeps`, if it does not name them.
pub(super) fn draw_changes(
    rows: &Rows<'_>,
    model: &Model,
    index: usize,
    keeps: impl Fn(&Field) -> bool,
    rng: &mut Rng,
) -> Drawn {
    let old = rows.row(model.id, index).to_vec();
    let mut drawn = Drawn::new(old.clone());
    if rng.chance(15) {
        drawn.mode = UpdateMode::Replace;
    }
    for field in model.columns().filter(|field| !field.is_id) {
        let is_whole = drawn.mode == UpdateMode::Replace;
        if is_unique_key(field) {
            if is_whole {
                drawn.set(field, unique_of(index));
            }
        } else if is_whole && rng.chance(30) {
            if !keeps(field) {
                drawn.row[field.id.index()] = absent(field);
            }
        } else if is_whole || rng.chance(20) {
            if let Some(relation) = relation_of_key(model, field) {
                draw_key(rows, model, field, relation, &mut drawn, rng);
            } else if matches!(field.name.as_str(), "n" | "m") && rng.chance(40) {
                if let Value::Int(number) = old[field.id.index()] {
                    drawn.row[field.id.index()] = Value::Int(number + 1);
                }
                drawn.named.push(field.id);
                drawn.calculated.push(field.id);
                drawn.data.fields.push((field.id, Assignment::Increment(Value::Int(1))));
            } else {
                drawn.set(field, draw_value(field, rng));
            }
        }
    }
    drawn
}

/// A foreign key as a value, or through its relation. Unique keys are emptied, so that nothing but rules
/// refuses.
fn draw_key(
    rows: &Rows<'_>,
    model: &Model,
    field: &Field,
    (relation, target): (FieldId, ModelId),
    drawn: &mut Drawn,
    rng: &mut Rng,
) {
    if field.is_unique || rng.chance(25) {
        drawn.set(field, Value::Null);
        return;
    }
    let index = rng.below(rows.tables[target.index()].len());
    if rng.chance(40) {
        drawn.set(field, int(index));
        drawn.connects.push(Connect { relation, target, index, way: Way::Value(field.id) });
        return;
    }
    let key = key_of(rows.schema.model(target), index, rng.chance(50));
    drawn.row[field.id.index()] = int(index);
    drawn.named.push(field.id);
    drawn.data.fields.push((model.field(relation).id, Assignment::Connect(key.clone())));
    drawn.connects.push(Connect { relation, target, index, way: Way::Connect(key) });
}

/// The relation that a column is the key of, and where it leads.
fn relation_of_key(model: &Model, field: &Field) -> Option<(FieldId, ModelId)> {
    let is_key = |relation: &Relation| relation.pairs().any(|(local, _)| local == field.id);
    model.fields.iter().find_map(|other| {
        let relation = other.relation().filter(|relation| relation.is_owning() && is_key(relation))?;
        Some((other.id, relation.target))
    })
}

/// What a column without a default holds when the client names it not.
fn absent(field: &Field) -> Value {
    if field.is_list() { Value::List(Vec::new()) } else { Value::Null }
}
