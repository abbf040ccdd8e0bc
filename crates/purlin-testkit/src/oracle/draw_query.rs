//! Random queries and changes.

use purlin_core::operation::{Count, Include, Order, OrderTarget, Page, Query, Selection, Test, Where};
use purlin_core::schema::{Field, FieldKind, Model, ModelId, Quantifier, Scalar, Schema, SortOrder};

use super::rng::Rng;
use super::world::draw_value;

pub(super) fn draw_query(schema: &Schema, model: ModelId, rng: &mut Rng, depth: usize) -> Query {
    let model = schema.model(model);
    let mut order = Vec::new();
    if rng.chance(60) {
        let sortable: Vec<&Field> = model.columns().filter(|field| !field.is_list()).collect();
        let field = rng.pick(&sortable).id;
        let direction = if rng.chance(50) { SortOrder::Ascending } else { SortOrder::Descending };
        order.push(Order {
            target: OrderTarget::Field { relations: Vec::new(), field },
            direction,
            nulls: None,
        });
    }
    purlin_core::input::finish_order(model, &mut order);
    let filter = if rng.chance(60) { draw_filter(schema, model, rng, 2) } else { Where::everything() };
    let mut selection = Selection::default();
    if depth > 0 {
        for field in model.fields.iter().filter(|field| field.relation().is_some()) {
            if rng.chance(50) {
                let target = field.relation().unwrap().target;
                let mut query = draw_query(schema, target, rng, depth - 1);
                query.page = Page::Offset { skip: 0, take: None };
                selection.includes.push(Include { relation: field.id, query });
            }
        }
    }
    Query {
        filter,
        order,
        selection,
        page: Page::Offset { skip: 0, take: Some(100) },
        count: Count::Exact,
        distinct: Vec::new(),
    }
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
    let field = rng.pick(&model.fields);
    if let Some(relation) = field.relation() {
        let quantifier = if field.is_list() {
            *rng.pick(&[Quantifier::Some, Quantifier::Every, Quantifier::None])
        } else {
            *rng.pick(&[Quantifier::Some, Quantifier::None])
        };
        let target = schema.model(relation.target);
        let filter =
            if depth == 0 { Where::everything() } else { draw_filter(schema, target, rng, depth - 1) };
        return Where::Relation { field: field.id, quantifier, filter: Box::new(filter) };
    }
    Where::Field { field: field.id, test: draw_test(field, rng) }
}

fn draw_test(field: &Field, rng: &mut Rng) -> Test {
    if field.is_list() {
        return match rng.below(3) {
            0 => Test::Has("x".into()),
            1 => Test::IsEmpty(true),
            _ => Test::IsEmpty(false),
        };
    }
    let value = draw_value(field, rng);
    let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
    match rng.below(if is_text { 11 } else { 8 }) {
        0 => Test::Equals(value),
        1 => Test::NotEquals(value),
        2 => Test::In(vec![value, draw_value(field, rng)]),
        3 => Test::NotIn(vec![value, draw_value(field, rng)]),
        4 => Test::Less(value),
        5 => Test::LessOrEqual(value),
        6 => Test::Greater(value),
        7 => Test::GreaterOrEqual(value),
        8 => Test::Contains { text: "a".to_owned(), ignore_case: rng.chance(50) },
        9 => Test::StartsWith { text: "É".to_owned(), ignore_case: rng.chance(50) },
        _ => Test::EndsWith { text: "%C".to_owned(), ignore_case: rng.chance(50) },
    }
}
