//! Reads across datasources: the rows in their own database, then for each include that leaves one read in the
//! other for all of them, and so on below. How many statements that takes follows from what is asked for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::schema::{Field, FieldId, Model, ModelId};
use purlin_core::sink::RowSink;
use purlin_core::statement::{
    Cardinality, Filter, Guarded, Operand, Origin, ParamId, Read, ReadOutcome, ReadShape,
};
use purlin_core::store::BoxFuture;
use purlin_core::value::Value;

use crate::kept::{Keeper, Node};
use crate::near::stays;
use crate::rows::{Branch, Rows, key_of, key_text};
use crate::split::{Far, KeyPart, Split, split};
use crate::store::SeveralStores;

const REASON: &str = "the part of a guarded read that its datasource answers";

/// Rows that one include may bring for all parents together: beyond them the limit of each parent would be cut
/// from more than can be held.
const MOST_ROWS: usize = 20_000;
/// An answer repeats what many parents share.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What one level of a read led to.
struct Fetched {
    rows: Rows,
    /// Where the columns are that were asked for besides.
    also: Vec<usize>,
    outcome: ReadOutcome,
}

impl SeveralStores {
    pub(crate) async fn read_across(
        &self,
        read: &Read,
        sink: &mut dyn RowSink,
    ) -> Result<ReadOutcome, Error> {
        let shape = ReadShape::clone(&read.shape);
        let cardinality = shape.cardinality;
        let Fetched { rows, outcome, .. } = self.fetch(shape, &read.params, read.count, &[]).await?;
        let start = sink.len();
        if cardinality == Cardinality::Many {
            sink.begin_list();
        }
        for row in &rows.nodes {
            rows.write(&self.schema, row, sink);
            if sink.len() - start > MOST_BYTES {
                return Err(too_large());
            }
        }
        if cardinality == Cardinality::Many {
            sink.end_list();
        }
        Ok(outcome)
    }

    /// The rows with all that is below them, and where the columns `also` are in them.
    fn fetch<'a>(
        &'a self,
        shape: ReadShape,
        params: &'a [Value],
        count: Count,
        also: &'a [FieldId],
    ) -> BoxFuture<'a, Result<Fetched, Error>> {
        Box::pin(async move {
            let Split { near, level, fars, also } = split(&self.schema, shape, also);
            let (rows, outcome) = self.keep(near, params.to_vec(), count).await?;
            let mut keys: Vec<Keys> = fars.iter().map(|_| Keys::default()).collect();
            Rows::each_parent(&level, &rows, &mut |number, row| {
                if let (Some(far), Some(keys)) = (fars.get(number), keys.get_mut(number)) {
                    let model = self.schema.model(far.model);
                    let parts = far.keys.iter().map(|part| (part.position, model.field(part.local)));
                    keys.add(key_of(&self.schema, parts, row));
                }
            });
            let mut branches = Vec::with_capacity(fars.len());
            for (far, keys) in fars.into_iter().zip(keys) {
                branches.push(self.follow(far, keys.known, params).await?);
            }
            Ok(Fetched { rows: Rows { level, nodes: rows, branches }, also, outcome })
        })
    }

    /// Rows as one database has them.
    pub(crate) async fn keep(
        &self,
        shape: ReadShape,
        params: Vec<Value>,
        count: Count,
    ) -> Result<(Vec<Node>, ReadOutcome), Error> {
        let store = self.of_model(shape.model)?;
        let read = Guarded::as_system(Read { shape: Arc::new(shape), params, count }, REASON);
        let mut keeper = Keeper::default();
        let outcome = store.read(&read, &mut keeper).await?;
        Ok((keeper.into_rows(), outcome))
    }

    async fn follow(&self, far: Far, keys: Vec<Vec<Value>>, params: &[Value]) -> Result<Branch, Error> {
        let Far { model, include, keys: parts } = far;
        let field = self.schema.model(model).field(include.relation);
        let is_list = field.is_list();
        let Some(relation) = field.relation() else {
            return Err(Error::internal("an include names no relation"));
        };
        let shape = *include.shape;
        if keys.is_empty() || shape.filter == Filter::Never {
            return Ok(Branch { keys: parts, is_list, rows: None, groups: HashMap::new() });
        }
        let mut params = params.to_vec();
        let by_key = key_filter(relation.target, &parts, &keys, &mut params);
        // Of one parent the database cuts the rows itself.
        let is_cut_there = keys.len() == 1;
        let limit = shape.limit.filter(|_| is_cut_there).unwrap_or(MOST_ROWS as u64);
        let wanted = ReadShape {
            model: relation.target,
            cardinality: Cardinality::Many,
            columns: shape.columns,
            includes: shape.includes,
            counts: shape.counts,
            filter: Filter::all([by_key, shape.filter]),
            order: shape.order,
            after: None,
            from: None,
            limit: Some(limit),
            offset: shape.offset.filter(|_| is_cut_there),
            // As they are picked: the groups are turned round when they are cut.
            is_backward: false,
            distinct: if is_cut_there { shape.distinct.clone() } else { Vec::new() },
            wants_last_keys: false,
            aggregate: None,
        };
        stays(&self.schema, &wanted)?;
        let mut also: Vec<FieldId> = parts.iter().map(|part| part.target).collect();
        also.extend(&shape.distinct);
        let Fetched { rows, also: places, outcome } = self.fetch(wanted, &params, Count::None, &also).await?;
        if outcome.has_more && !(is_cut_there && shape.limit.is_some()) {
            return Err(too_large());
        }
        let (key_places, distinct) = places.split_at_checked(parts.len()).unwrap_or_default();
        let mut cut = Cut { is_backward: shape.is_backward, ..Cut::default() };
        if !is_cut_there {
            cut.distinct = distinct.to_vec();
            cut.offset = whole(shape.offset, &params).unwrap_or(0);
            cut.limit = shape.limit.and_then(|limit| usize::try_from(limit).ok());
        }
        let target = self.schema.model(relation.target);
        let groups = self.groups(target, &parts, key_places, &rows, &cut);
        Ok(Branch { keys: parts, is_list, rows: Some(rows), groups })
    }

    /// The rows of each key, in their order, as far as the page of a parent goes.
    fn groups(
        &self,
        target: &Model,
        parts: &[KeyPart],
        places: &[usize],
        rows: &Rows,
        cut: &Cut,
    ) -> HashMap<String, Vec<usize>> {
        let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
        let mut seen = HashSet::new();
        let fields: Vec<&Field> = parts.iter().map(|part| target.field(part.target)).collect();
        for (number, row) in rows.nodes.iter().enumerate() {
            let parts = places.iter().copied().zip(fields.iter().copied());
            let Some(key) = key_of(&self.schema, parts, row).map(|values| key_text(&values)) else {
                continue;
            };
            if !cut.distinct.is_empty() {
                let values: Vec<_> = cut.distinct.iter().map(|place| row.members().get(*place)).collect();
                if !seen.insert(format!("{key} {values:?}")) {
                    continue;
                }
            }
            groups.entry(key).or_default().push(number);
        }
        for group in groups.values_mut() {
            group.drain(..cut.offset.min(group.len()));
            group.truncate(cut.limit.unwrap_or(usize::MAX));
            if cut.is_backward {
                group.reverse();
            }
        }
        groups
    }
}

/// The page of each parent, where it is cut here.
#[derive(Default)]
struct Cut {
    distinct: Vec<usize>,
    offset: usize,
    limit: Option<usize>,
    is_backward: bool,
}

/// Different keys, in the order in which they came.
#[derive(Default)]
struct Keys {
    known: Vec<Vec<Value>>,
    seen: HashSet<String>,
}

impl Keys {
    fn add(&mut self, key: Option<Vec<Value>>) {
        if let Some(key) = key
            && self.seen.insert(key_text(&key))
        {
            self.known.push(key);
        }
    }
}

/// Rows (scope 0) of `model` with one of the keys; of keys of several fields, others too that are told apart
/// when they are there.
pub(crate) fn key_filter(
    model: ModelId,
    parts: &[KeyPart],
    keys: &[Vec<Value>],
    params: &mut Vec<Value>,
) -> Filter {
    let mut filters = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        let mut seen = HashSet::new();
        let values = keys.iter().filter_map(|key| key.get(number));
        let values: Vec<Value> =
            values.filter(|value| seen.insert(key_text(std::slice::from_ref(value)))).cloned().collect();
        let list = Operand::Param(push(params, Value::List(values)));
        filters.push(Filter::In { value: column(model, part.target), list });
    }
    Filter::all(filters)
}

/// Of the innermost row.
pub(crate) fn column(model: ModelId, field: FieldId) -> Operand {
    Operand::Column { origin: Origin::ROW, model, relations: Vec::new(), field }
}

pub(crate) fn push(params: &mut Vec<Value>, value: Value) -> ParamId {
    params.push(value);
    ParamId(u32::try_from(params.len() - 1).unwrap_or(u32::MAX))
}

fn whole(param: Option<ParamId>, params: &[Value]) -> Option<usize> {
    match params.get(usize::try_from(param?.0).ok()?) {
        Some(Value::Int(number)) => usize::try_from(*number).ok(),
        _ => None,
    }
}

pub(crate) fn too_large() -> Error {
    Error::TooLarge("too many related rows stand in another datasource; ask for fewer rows".to_owned())
}
