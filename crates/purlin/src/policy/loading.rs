//! The rows that rules ask for. A rule follows relations as it likes, and each engine is asked in its own words; so the
//! question is put, what it looked for in vain is loaded, and it is put again until nothing is missing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use purlin_core::evaluate::{MemoryRows, Row, World};
use purlin_core::operation::{Action, Count, Include, Key, Operation, Page, Query, Selection, Where};
use purlin_core::schema::{FieldId, Link, Model, ModelId, Relation, Schema};
use purlin_core::sink::JsonSink;
use purlin_core::system::{Table, When};
use purlin_core::{Actor, Engine, Error, FieldErrors, Value};
use serde_json::Value as Json;

const REASON: &str = "purlin policy";
/// Rows of one relation that are looked at.
const MOST_ROWS: u32 = 10_000;
/// Each round follows relations one step further.
const MOST_ROUNDS: usize = 32;

/// A relation of a row that was followed.
#[derive(Clone, Debug)]
struct Need {
    model: ModelId,
    relation: FieldId,
    row: Vec<Value>,
}

/// Rows in memory, and what was asked of them.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) rows: MemoryRows,
    /// Relations of rows that are loaded; known by their text, for values have no order.
    known: BTreeSet<String>,
    missing: Mutex<Vec<Need>>,
}

impl Asked {
    pub(super) fn new(schema: &Arc<Schema>) -> Self {
        Self { rows: MemoryRows::new(schema), known: BTreeSet::new(), missing: Mutex::default() }
    }

    fn take_missing(&mut self) -> Vec<Need> {
        self.missing.get_mut().map(std::mem::take).unwrap_or_default()
    }
}

fn mark(model: ModelId, relation: FieldId, row: &Row) -> String {
    format!("{model:?} {relation:?} {row:?}")
}

impl World for Asked {
    fn related<'w>(&'w self, model: ModelId, row: &Row, relation: FieldId) -> Vec<&'w Row> {
        if !self.known.contains(&mark(model, relation, row))
            && let Ok(mut missing) = self.missing.lock()
        {
            missing.push(Need { model, relation, row: row.to_vec() });
        }
        self.rows.related(model, row, relation)
    }
}

/// Asks until every row that the answer depends on was there.
pub(super) async fn answered<T>(
    engine: &Engine,
    asked: &mut Asked,
    mut question: impl FnMut(&Asked) -> T,
) -> Result<T, Error> {
    for _ in 0..MOST_ROUNDS {
        let answer = question(asked);
        let missing = asked.take_missing();
        if missing.is_empty() {
            return Ok(answer);
        }
        for need in missing {
            if asked.known.insert(mark(need.model, need.relation, &need.row)) {
                load(engine, &mut asked.rows, &need).await?;
            }
        }
    }
    Err(Error::TooLarge("the rules follow relations further than can be looked at".to_owned()))
}

fn table(engine: &Engine, model: ModelId) -> Table {
    Table::of_model(engine.schema(), engine.store(), model, REASON)
}

/// A row by a unique key.
pub(super) async fn row_by(engine: &Engine, model: &Model, key: &Key) -> Result<Option<Vec<Value>>, Error> {
    let of = |(field, value): &(FieldId, Value)| When::equal(model.field(*field).name.clone(), value.clone());
    let found = table(engine, model.id).find(&When::All(key.fields.iter().map(of).collect())).await?;
    Ok(found.map(purlin_core::system::Row::into_values))
}

async fn load(engine: &Engine, rows: &mut MemoryRows, need: &Need) -> Result<(), Error> {
    let schema = Arc::clone(engine.schema());
    let model = schema.model(need.model);
    let Some(relation) = model.field(need.relation).relation() else { return Ok(()) };
    if matches!(relation.link, Link::Join(_)) {
        return load_linked(engine, rows, need, relation).await;
    }
    let target = schema.model(relation.target);
    let mut parts = Vec::new();
    for (local, far) in relation.pairs() {
        let value = need.row.get(local.index()).cloned().unwrap_or(Value::Null);
        if value.is_null() {
            return Ok(());
        }
        parts.push(When::equal(target.field(far).name.clone(), value));
    }
    let found = table(engine, target.id).list(&When::All(parts), &[], MOST_ROWS).await?;
    found.into_iter().for_each(|row| rows.insert(target.id, row.into_values()));
    Ok(())
}

/// Over a join table, which only an include knows.
async fn load_linked(
    engine: &Engine,
    rows: &mut MemoryRows,
    need: &Need,
    relation: &Relation,
) -> Result<(), Error> {
    let Link::Join(join) = &relation.link else { return Ok(()) };
    let schema = Arc::clone(engine.schema());
    let (model, target) = (schema.model(need.model), schema.model(relation.target));
    let Some(own) = need.row.get(join.local_key.index()).filter(|own| !own.is_null()) else { return Ok(()) };
    let fields = |fields| Selection { fields: Some(fields), ..Selection::default() };
    let mut query = everything(fields(vec![join.target_key]));
    purlin_core::input::finish_order(target, &mut query.order);
    let includes = vec![Include { relation: need.relation, query }];
    let selection = Selection { includes, ..fields(vec![join.local_key]) };
    let key = Key { fields: vec![(join.local_key, own.clone())] };
    let found = match run(engine, model.id, Action::Get { key, selection }).await {
        // A row that is only about to be made has none.
        Err(Error::NotFound) => return Ok(()),
        found => found?,
    };
    let name = &model.field(need.relation).name;
    let far = target.field(join.target_key);
    for row in found.get(name).and_then(Json::as_array).into_iter().flatten() {
        let Some(json) = row.get(&far.name) else { continue };
        let value = purlin_core::input::value_from_json(&schema, far, json).map_err(Error::internal)?;
        let key = Key { fields: vec![(far.id, value.clone())] };
        if let Some(row) = row_by(engine, target, &key).await? {
            rows.insert(target.id, row);
            rows.link(model.id, need.relation, own.clone(), value);
        }
    }
    Ok(())
}

fn everything(selection: Selection) -> Query {
    Query {
        filter: Where::everything(),
        order: Vec::new(),
        selection,
        page: Page::Offset { skip: 0, take: None },
        count: Count::None,
        distinct: Vec::new(),
    }
}

async fn run(engine: &Engine, model: ModelId, action: Action) -> Result<Json, Error> {
    let actor = Actor::System { reason: REASON };
    let operation = Operation { model, action, within: None, errors: FieldErrors::default() };
    let answer = engine.run(&actor, operation, Box::new(JsonSink::default())).await?;
    let sink = answer.sink.into_any().downcast::<JsonSink>();
    let bytes = sink.map(|sink| sink.into_bytes()).unwrap_or_default();
    serde_json::from_slice(&bytes).map_err(Error::internal)
}
