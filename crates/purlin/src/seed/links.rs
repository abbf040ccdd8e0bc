//! Pairs of many-to-many relations, written when all rows exist. A row that is named by another unique
//! key than the one in the join table is looked up in the same transaction.

use purlin_core::operation::Key;
use purlin_core::schema::{CompareOp, FieldId, Link as SchemaLink, Model, ModelId};
use purlin_core::statement::{
    CheckFailure, Expect, Filter, LoadSlot, Operand, Origin, ParamId, Step, WritePlan, WriteValue,
};
use purlin_core::value::Value;

use super::loader::{Loader, described};
use super::read::keys_of;
use super::{JoinRow, Place, Row};

/// Pairs of one transaction.
const BATCH: usize = 500;

/// One pair, its ends by whatever key they were given.
#[derive(Debug)]
pub(super) struct Pair {
    place: Place,
    model: ModelId,
    relation: FieldId,
    local: End,
    target: End,
}

#[derive(Debug)]
enum End {
    Known(Value),
    Sought(Key),
}

impl Loader<'_> {
    pub(super) fn links_of(model: &Model, row: &Row) -> Vec<Pair> {
        let keys = keys_of(model, &row.data);
        let pairs = row.links.iter().filter_map(|link| {
            let relation = model.field(link.relation).relation()?;
            let SchemaLink::Join(join) = &relation.link else { return None };
            let local = keys.iter().find_map(|key| known(key, join.local_key));
            let local = local.or_else(|| keys.first().cloned().map(End::Sought))?;
            let target = known(&link.target, join.target_key);
            let target = target.unwrap_or_else(|| End::Sought(link.target.clone()));
            let place = row.place.clone();
            Some(Pair { place, model: model.id, relation: link.relation, local, target })
        });
        pairs.collect()
    }

    pub(super) fn link_of_join(model: ModelId, relation: FieldId, row: JoinRow) -> Pair {
        let (local, target) = (End::Known(row.local), End::Known(row.target));
        Pair { place: row.place, model, relation, local, target }
    }

    pub(super) async fn load_links(
        &self,
        pairs: Vec<Pair>,
        progress: &mut impl FnMut(&str, usize, usize),
    ) -> Result<(), Vec<String>> {
        let mut done = 0;
        let place = |pair: &Pair| self.engine().schema().model(pair.model).datasource;
        let placed = pairs.chunk_by(|one, other| place(one) == place(other));
        for batch in placed.flat_map(|pairs| pairs.chunks(BATCH)) {
            if self.execute(self.plan(batch)).await.is_err() {
                for pair in batch {
                    let alone = self.execute(self.plan(std::slice::from_ref(pair))).await;
                    alone.map_err(|error| described(&pair.place, &error))?;
                }
            }
            done += batch.len();
            progress("connections", done, pairs.len());
        }
        Ok(())
    }

    fn plan(&self, pairs: &[Pair]) -> WritePlan {
        let schema = self.engine().schema();
        let mut plan = WritePlan::default();
        let mut slots = 0;
        for pair in pairs {
            let field = schema.model(pair.model).field(pair.relation);
            let Some(relation) = field.relation() else { continue };
            let SchemaLink::Join(join) = &relation.link else { continue };
            let mut end = |end: &End, model: ModelId, key: FieldId| {
                let sought = match end {
                    End::Known(value) => return WriteValue::Param(parameter(&mut plan, value)),
                    End::Sought(sought) => sought,
                };
                let slot = LoadSlot(slots);
                slots += 1;
                let absent = CheckFailure::Invalid {
                    path: field.name.clone(),
                    message: format!("there is no {} with this key", schema.model(model).name),
                };
                let filter = key_filter(&mut plan, model, sought);
                let denied = CheckFailure::NotFound;
                let expect = Expect::One { readable: Filter::Never, denied, absent };
                plan.steps.push(Step::Load { slot, model, fields: vec![key], filter, expect });
                WriteValue::Loaded { slot, field: key }
            };
            let local = end(&pair.local, pair.model, join.local_key);
            let target = end(&pair.target, relation.target, join.target_key);
            let (model, relation) = (pair.model, pair.relation);
            plan.steps.push(Step::Link { model, relation, local, target, remove: false });
        }
        plan
    }
}

fn known(key: &Key, field: FieldId) -> Option<End> {
    match key.fields.as_slice() {
        [(only, value)] if *only == field => Some(End::Known(value.clone())),
        _ => None,
    }
}

fn parameter(plan: &mut WritePlan, value: &Value) -> ParamId {
    let id = ParamId(u32::try_from(plan.params.len()).unwrap_or(u32::MAX));
    plan.params.push(value.clone());
    id
}

fn key_filter(plan: &mut WritePlan, model: ModelId, key: &Key) -> Filter {
    Filter::all(key.fields.iter().map(|(field, value)| Filter::Compare {
        op: CompareOp::Equal,
        left: Operand::Column { origin: Origin::Scope(0), model, relations: Vec::new(), field: *field },
        right: Operand::Param(parameter(plan, value)),
    }))
}
