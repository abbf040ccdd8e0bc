//! What a cursor belongs to: the same model, place, order and filter. Another request's cursor
//! would skip rows without a word.

use std::fmt::Write as _;

use purlin_core::Actor;
use purlin_core::operation::{Order, OrderTarget, Query, Within};
use purlin_core::schema::{FieldOperation, Model, Schema, SortOrder};

use crate::caller::actor_text;

/// A text that is equal for equal requests. Orders by their names, so that it does not outlive a
/// change of the schema that matters. A cursor over values that not everybody sees is its actor's alone.
pub(crate) fn binding(
    schema: &Schema,
    model: &Model,
    query: &Query,
    within: Option<&Within>,
    actor: &Actor,
) -> String {
    let mut text = String::with_capacity(128);
    text.push_str(&model.name);
    for order in &query.order {
        push_order(schema, model, order, &mut text);
    }
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{:?}\n{within:?}", query.filter);
    if query.order.iter().any(|order| is_guarded(model, order)) {
        text.push('\n');
        text.push_str(&actor_text(schema, actor).unwrap_or_else(|| "nobody".to_owned()));
    }
    text
}

/// Whether rules decide for each actor what is sorted by.
fn is_guarded(model: &Model, order: &Order) -> bool {
    match &order.target {
        OrderTarget::Field { relations, field } => {
            let rules = &model.field(*field).policies;
            !relations.is_empty() || rules.iter().any(|rule| rule.operations.contains(&FieldOperation::Read))
        }
        OrderTarget::Count { .. } | OrderTarget::Relevance(_) => true,
    }
}

fn push_order(schema: &Schema, model: &Model, order: &Order, text: &mut String) {
    text.push(match order.direction {
        SortOrder::Ascending => '+',
        SortOrder::Descending => '-',
    });
    let mut current = model;
    match &order.target {
        OrderTarget::Field { relations, field } => {
            for relation in relations {
                let hop = current.field(*relation);
                text.push_str(&hop.name);
                text.push('.');
                if let Some(relation) = hop.relation() {
                    current = schema.model(relation.target);
                }
            }
            text.push_str(&current.field(*field).name);
        }
        OrderTarget::Relevance(search) => {
            let _ = write!(text, "~{search:?}");
        }
        OrderTarget::Count { relation } => {
            text.push_str(&current.field(*relation).name);
            text.push('#');
        }
    }
    if let Some(nulls) = order.nulls {
        let _ = write!(text, "{nulls:?}");
    }
}
