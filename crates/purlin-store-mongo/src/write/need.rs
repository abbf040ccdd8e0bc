//! Whether a plan needs a transaction: one that changes a single document in a single statement does not.

use purlin_core::schema::{CompareOp, Field, Link, ModelId, Relation, Schema};
use purlin_core::statement::{Expect, Filter, Insert, Operand, Origin, Step, Update, WritePlan, WriteValue};
use purlin_core::value::Value;

use super::references::is_referenced;
use crate::render::{Frame, Renderer, Sources};

pub(super) fn needs_transaction(schema: &Schema, plan: &WritePlan) -> bool {
    let sources = Sources::new(&plan.params, &[]);
    if plan.kept.is_some() {
        return true;
    }
    match plan.steps.as_slice() {
        [] | [Step::Load { .. } | Step::Check { .. } | Step::Validate { .. }] => false,
        [Step::Insert(insert)] => refers(schema, insert, sources),
        [Step::Update(update)] => !is_single_update(schema, update, sources),
        [Step::Delete { model, filter, expect }] => {
            let described = schema.model(*model);
            let is_free = described.fields.iter().filter_map(Field::relation).all(Relation::is_owning);
            !(is_free
                && is_single(schema, *model, filter)
                && is_own(schema, filter, sources)
                && is_exact(expect))
        }
        _ => true,
    }
}

/// Who says that a row is hidden rather than absent reads again.
fn is_exact(expect: &Expect) -> bool {
    match expect {
        Expect::Any => true,
        Expect::One { readable, .. } => *readable == Filter::Never,
    }
}

/// A row that it refers to must not go meanwhile.
fn refers(schema: &Schema, insert: &Insert, sources: Sources<'_>) -> bool {
    let model = schema.model(insert.model);
    let is_given = |field| {
        let value = insert.values.iter().find(|(known, _)| *known == field);
        match value {
            Some((_, WriteValue::Param(param))) => *sources.param(*param) != Value::Null,
            Some((_, WriteValue::Loaded { .. })) => true,
            None => model.field(field).default.is_some(),
        }
    };
    model.fields.iter().filter_map(Field::relation).filter(|it| !it.is_split).any(|relation| match &relation
        .link
    {
        Link::Owning { fields, .. } => fields.iter().all(|field| is_given(*field)),
        Link::Inverse { .. } | Link::Join(_) => false,
    })
}

fn is_single_update(schema: &Schema, update: &Update, sources: Sources<'_>) -> bool {
    use purlin_core::statement::Change;
    let model = schema.model(update.model);
    let is_plain = |(field, change): &(purlin_core::schema::FieldId, Change)| {
        let is_key =
            model.fields.iter().filter_map(Field::relation).any(
                |relation| matches!(&relation.link, Link::Owning { fields, .. } if fields.contains(field)),
            );
        let condition = match change {
            Change::SetWhere { condition, .. } => is_own(schema, condition, sources),
            _ => true,
        };
        condition && !is_key && !model.field(*field).is_id && !is_referenced(schema, update.model, *field)
    };
    update.changes.iter().all(is_plain)
        && is_single(schema, update.model, &update.filter)
        && is_own(schema, &update.filter, sources)
        && is_exact(&update.expect)
}

/// It asks no other collection.
fn is_own(schema: &Schema, filter: &Filter, sources: Sources<'_>) -> bool {
    let mut frame = Frame::default();
    Renderer::new(schema, sources).matching(filter, &mut frame);
    frame.stages.is_empty()
}

/// A key is given, so one row at most satisfies it.
fn is_single(schema: &Schema, model: ModelId, filter: &Filter) -> bool {
    let parts = match filter {
        Filter::All(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let is_given = |wanted| {
        parts.iter().any(|part| match part {
            Filter::Compare { op: CompareOp::Equal, left, right } => {
                let (column, other) =
                    if matches!(left, Operand::Column { .. }) { (left, right) } else { (right, left) };
                let is_value = !matches!(other, Operand::Column { .. });
                is_value
                    && matches!(column, Operand::Column { origin: Origin::Scope(0), relations, field, .. }
                        if relations.is_empty() && *field == wanted)
            }
            _ => false,
        })
    };
    let model = schema.model(model);
    let uniques = model.uniques.iter().filter(|unique| unique.partial.is_none()).map(|unique| &unique.fields);
    std::iter::once(&model.primary_key.fields)
        .chain(uniques)
        .any(|fields| fields.iter().all(|field| field.path.is_empty() && is_given(field.field)))
}
