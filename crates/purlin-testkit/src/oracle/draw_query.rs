//! Random queries.

use purlin_core::operation::{
    Count, Include, Nulls, Order, OrderTarget, Page, Query, Selection, Test, Where, Window,
};
use purlin_core::schema::{
    CompareOp, Field, FieldId, FieldKind, Model, ModelId, Quantifier, Scalar, Schema, SortOrder,
};

use super::rng::Rng;
use super::world::draw_value;

const COMPARISONS: &[CompareOp] = &[
    CompareOp::Equal,
    CompareOp::NotEqual,
    CompareOp::Less,
    CompareOp::LessOrEqual,
    CompareOp::Greater,
    CompareOp::GreaterOrEqual,
];

pub(super) fn draw_query(schema: &Schema, model: ModelId, rng: &mut Rng, depth: usize) -> Query {
    let model = schema.model(model);
    let mut order = Vec::new();
    if rng.chance(60) {
        let direction = if rng.chance(50) { SortOrder::Ascending } else { SortOrder::Descending };
        let nulls = rng.pick(&[None, None, Some(Nulls::First), Some(Nulls::Last)]);
        order.push(Order { target: draw_target(schema, model, rng), direction, nulls });
    }
    purlin_core::input::finish_order(model, &mut order);
    let filter = if rng.chance(60) { draw_filter(schema, model, rng, 2) } else { Where::everything() };
    Query {
        filter,
        order,
        selection: draw_selection(schema, model, rng, depth),
        page: Page::Offset { skip: 0, take: Some(100) },
        count: Count::Exact,
        distinct: Vec::new(),
    }
}

pub(super) fn draw_selection(schema: &Schema, model: &Model, rng: &mut Rng, depth: usize) -> Selection {
    let mut selection = Selection::default();
    match rng.below(6) {
        0 => {
            let columns = shown(model).map(|field| field.id);
            selection.fields = Some(columns.filter(|_| rng.chance(40)).collect());
        }
        1 => selection.omit.push(draw_column(model, rng).id),
        _ => {}
    }
    for field in &model.fields {
        let Some(relation) = field.relation() else { continue };
        if field.is_list() && rng.chance(20) {
            let filter = draw_filter(schema, schema.model(relation.target), rng, 1);
            selection.counts.push((field.id, filter));
        }
        if depth > 0 && rng.chance(50) {
            let mut query = draw_query(schema, relation.target, rng, depth - 1);
            query.page = match rng.below(4) {
                1 => Page::Window(Window {
                    from: None,
                    is_backward: true,
                    skip: rng.below(2) as u64,
                    take: Some(1 + rng.below(2) as u64),
                }),
                0 => Page::Offset { skip: rng.below(2) as u64, take: Some(1 + rng.below(2) as u64) },
                _ => Page::Offset { skip: 0, take: None },
            };
            selection.includes.push(Include { relation: field.id, query });
        }
    }
    selection
}

/// A column, one reached through to-one relations, or the number of related rows.
fn draw_target(schema: &Schema, model: &Model, rng: &mut Rng) -> OrderTarget {
    let lists: Vec<&Field> =
        model.fields.iter().filter(|field| field.relation().is_some() && field.is_list()).collect();
    if !lists.is_empty() && rng.chance(20) {
        return OrderTarget::Count { relation: rng.pick(&lists).id };
    }
    let mut relations = Vec::new();
    let mut model = model;
    while rng.chance(25) {
        // A relation whose key has a rule cannot be sorted by.
        let ones: Vec<(FieldId, ModelId)> = model
            .fields
            .iter()
            .filter(|field| !field.is_list())
            .filter_map(|field| Some((field.id, field.relation()?)))
            .filter(|(_, relation)| {
                !relation.is_owning()
                    || relation
                        .pairs()
                        .map(|(key, _)| model.field(key))
                        .all(|key| key.policies.is_empty() && !key.is_omitted)
            })
            .map(|(id, relation)| (id, relation.target))
            .collect();
        if ones.is_empty() {
            break;
        }
        let (field, target) = rng.pick(&ones);
        relations.push(field);
        model = schema.model(target);
    }
    OrderTarget::Field { relations, field: draw_column(model, rng).id }
}

/// What a client can name.
fn shown(model: &Model) -> impl Iterator<Item = &Field> {
    model.columns().filter(|field| !field.is_omitted)
}

/// A column that is no list.
fn draw_column<'m>(model: &'m Model, rng: &mut Rng) -> &'m Field {
    let columns: Vec<&Field> = shown(model).filter(|field| !field.is_list()).collect();
    rng.pick(&columns)
}

fn draw_filter(schema: &Schema, model: &Model, rng: &mut Rng, depth: usize) -> Where {
    if depth > 0 && rng.chance(40) {
        let (a, b) = (draw_filter(schema, model, rng, depth - 1), draw_filter(schema, model, rng, depth - 1));
        return match rng.below(3) {
            0 => Where::All(vec![a, b]),
            1 => Where::Any(vec![a, b]),
            _ => Where::Not(Box::new(a)),
        };
    }
    let fields: Vec<&Field> = model.fields.iter().filter(|field| !field.is_omitted).collect();
    let field = rng.pick(&fields);
    if let Some(relation) = field.relation() {
        let quantifier = if field.is_list() {
            rng.pick(&[Quantifier::Some, Quantifier::Every, Quantifier::None])
        } else {
            rng.pick(&[Quantifier::Some, Quantifier::None])
        };
        let target = schema.model(relation.target);
        let filter =
            if depth == 0 { Where::everything() } else { draw_filter(schema, target, rng, depth - 1) };
        return Where::Relation { field: field.id, quantifier, filter: Box::new(filter) };
    }
    Where::Field { field: field.id, test: draw_test(model, field, rng) }
}

fn same_kind(a: &Field, b: &Field) -> bool {
    match (&a.kind, &b.kind) {
        (FieldKind::Scalar(a), FieldKind::Scalar(b)) => a == b,
        (FieldKind::Enum(a), FieldKind::Enum(b)) => a == b,
        _ => false,
    }
}

fn draw_test(model: &Model, field: &Field, rng: &mut Rng) -> Test {
    if field.is_list() {
        return match rng.below(5) {
            0 => Test::Has("x".into()),
            1 => Test::HasSome(vec!["x".into(), "z".into()]),
            2 => Test::HasEvery(vec!["x".into(), "y".into()]),
            3 => Test::IsEmpty(true),
            _ => Test::IsEmpty(false),
        };
    }
    if rng.chance(15) {
        let others: Vec<&Field> =
            shown(model).filter(|other| !other.is_list() && same_kind(other, field)).collect();
        return Test::Column { op: rng.pick(COMPARISONS), other: rng.pick(&others).id };
    }
    let value = draw_value(field, rng);
    let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
    match rng.below(if is_text { 12 } else { 8 }) {
        0 => Test::Equals(value),
        1 => Test::NotEquals(value),
        2 => Test::In(vec![value, draw_value(field, rng)]),
        3 => Test::NotIn(vec![value, draw_value(field, rng)]),
        4 => Test::Less(value),
        5 => Test::LessOrEqual(value),
        6 => Test::Greater(value),
        7 => Test::GreaterOrEqual(value),
        8 => Test::EqualsIgnoreCase(value),
        9 => Test::Contains { text: "a".to_owned(), ignore_case: rng.chance(50) },
        10 => Test::StartsWith { text: "É".to_owned(), ignore_case: rng.chance(50) },
        _ => Test::EndsWith { text: "%C".to_owned(), ignore_case: rng.chance(50) },
    }
}
