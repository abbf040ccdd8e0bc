//! Relations, and rules that compare.

use super::scope::{Found, Scope};
use crate::model::{Condition, Field, Model, Operand, PathRoot, ReferentialAction, RelationMode};

/// Only where there is a foreign key to hold it.
pub(super) fn set_default(scope: &Scope<'_>) -> Vec<Found> {
    let sets = |model: &Model, field: &Field| {
        field.relation().is_some_and(|relation| {
            let target = scope.schema.model(relation.target);
            let actions = [relation.on_delete, relation.on_update];
            relation.is_owning()
                && actions.contains(&ReferentialAction::SetDefault)
                && target.datasource == model.datasource
                && !target.is_view
        })
    };
    let has_foreign_keys = |model: &Model| {
        let datasource = scope.schema.datasources.get(model.datasource.index());
        datasource.is_none_or(|it| it.relation_mode == RelationMode::ForeignKeys)
    };
    let fields = scope.fields().filter(|(model, field)| has_foreign_keys(model) && sets(model, field));
    fields.map(|(model, field)| Found::of_field(model, field)).collect()
}

/// Once for a schema: whoever has one has the others too.
pub(super) fn first(scope: &Scope<'_>) -> Vec<Found> {
    let mut relations = scope.fields().filter(|(_, field)| field.relation().is_some());
    relations.next().map(|(model, field)| Found::of_field(model, field)).into_iter().collect()
}

/// `relationMode = "prisma"`.
pub(super) fn without_foreign_keys(scope: &Scope<'_>) -> Vec<Found> {
    let datasources = scope.datasources().filter(|it| it.relation_mode == RelationMode::Prisma);
    datasources.filter_map(|it| Some(Found::new(it.span?, format!("datasource {}", it.name)))).collect()
}

/// Rules that compare two columns without regard to case.
pub(super) fn cases_of_columns(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        for policy in model.policies.iter().filter(|policy| compares(&policy.condition)) {
            found.push(Found::new(policy.span, format!("a rule of `{}`", model.name)));
        }
        for field in &model.fields {
            for policy in field.policies.iter().filter(|policy| compares(&policy.condition)) {
                found.push(Found::new(policy.span, format!("a rule of `{}.{}`", model.name, field.name)));
            }
        }
    }
    found
}

fn compares(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(compares),
        Condition::Not(part) | Condition::Collection { condition: part, .. } => compares(part),
        Condition::Text { value, argument, ignore_case: true, .. } => is_column(value) && is_column(argument),
        _ => false,
    }
}

fn is_column(operand: &Operand) -> bool {
    matches!(operand, Operand::Path(path) if path.root != PathRoot::Auth)
}
