//! Steps at the head of a plan that are one command together, so that many rows are as few commands as one.

use purlin_core::schema::{Field, FieldId, ModelId, Relation};
use purlin_core::statement::{Insert, Step, WriteValue};

use super::insert::written;
use super::plan::{Inserts, PlanContext};

/// The inserts at the head of the steps that may be one command, the first always: of one model, with values for the
/// same columns, none of which leads to another of them.
pub(super) fn inserts<'p>(
    context: &PlanContext<'_>,
    first: &'p Insert,
    steps: &'p [Step],
) -> Vec<&'p Insert> {
    let mut inserts = vec![first];
    let is_alone = first.skips_duplicates || context.inserts == Inserts::OneByOne;
    if is_alone || refers_to_its_own(context, first) {
        return inserts;
    }
    for step in steps.iter().skip(1) {
        let Step::Insert(insert) = step else { break };
        if !is_alike(first, insert)
            || insert.skips_duplicates
            || refers_to_its_own(context, insert)
            || insert.values.iter().any(|(_, value)| is_of(value, &inserts))
        {
            break;
        }
        inserts.push(insert);
    }
    inserts
}

fn is_alike(one: &Insert, other: &Insert) -> bool {
    let columns = |insert: &Insert| insert.values.iter().map(|(field, _)| *field).collect::<Vec<_>>();
    one.model == other.model && columns(one) == columns(other)
}

/// It may lead to a row that comes behind it, which one by one would not be there.
fn refers_to_its_own(context: &PlanContext<'_>, insert: &Insert) -> bool {
    let model = context.work.schema().model(insert.model);
    let own = model.fields.iter().filter_map(Field::relation).filter(|it| it.target == model.id);
    own.filter(|it| it.is_owning()).flat_map(Relation::pairs).any(|(field, _)| {
        let given = insert.values.iter().find(|(known, _)| *known == field);
        given.is_some_and(|(_, value)| !written(context, value).is_null())
    })
}

fn is_of(value: &WriteValue, inserts: &[&Insert]) -> bool {
    match value {
        WriteValue::Loaded { slot, .. } => inserts.iter().any(|insert| insert.slot == Some(*slot)),
        WriteValue::Param(_) => false,
    }
}

/// The pairs at the head of the steps that are added to the same relation, or taken away from it.
pub(super) fn pairs(kind: (ModelId, FieldId, bool), steps: &[Step]) -> Vec<(&WriteValue, &WriteValue)> {
    let pair = |step| match step {
        &Step::Link { model, relation, ref local, ref target, remove }
            if (model, relation, remove) == kind =>
        {
            Some((local, target))
        }
        _ => None,
    };
    steps.iter().map_while(pair).collect()
}
