//! Fields of users that decide what somebody may do. Nobody sets them for themselves, unless the app says so by
//! name.

use std::collections::HashSet;

use purlin_core::schema::{
    Condition, Field, FieldId, FieldKind, FieldOperation, Link, Model, Operand, PathRoot, Schema,
};

/// What rules ask of `auth()`, what binds a user to other rows, by which they may be found from there, and what
/// has a rule of its own.
pub(crate) fn fields(schema: &Schema, users: &Model) -> HashSet<FieldId> {
    let mut found = HashSet::new();
    for model in schema.own_models() {
        let own = model.policies.iter().map(|policy| &policy.condition);
        let of_fields = model.columns().flat_map(|field| &field.policies).map(|policy| &policy.condition);
        own.chain(of_fields).for_each(|condition| asked(condition, &mut found));
    }
    for field in &users.fields {
        if let FieldKind::Relation(relation) = &field.kind
            && let Link::Owning { fields, .. } = &relation.link
        {
            found.extend(fields);
        }
        if has_own_rule(field) {
            found.insert(field.id);
        }
    }
    found
}

fn has_own_rule(field: &Field) -> bool {
    field.policies.iter().any(|policy| policy.operations.contains(&FieldOperation::Update))
}

fn asked(condition: &Condition, found: &mut HashSet<FieldId>) {
    let mut note = |operand: &Operand| note(operand, found);
    match condition {
        Condition::Constant(_) | Condition::Check { .. } => {}
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| asked(part, found)),
        Condition::Not(inner) | Condition::Collection { condition: inner, .. } => asked(inner, found),
        Condition::Compare { left, right, .. } => [left, right].into_iter().for_each(note),
        Condition::IsNull(value) | Condition::Truth(value) | Condition::Format { value, .. } => note(value),
        Condition::In { value, list } => [value, list].into_iter().for_each(note),
        Condition::Text { value, argument, .. } => [value, argument].into_iter().for_each(note),
        Condition::List { list, argument, .. } => [list].into_iter().chain(argument).for_each(note),
    }
}

/// Only fields of the user's own row: what is reached through relations hangs on their keys, which are found
/// anyway.
fn note(operand: &Operand, found: &mut HashSet<FieldId>) {
    match operand {
        Operand::Path(path) if path.root == PathRoot::Auth && path.relations.is_empty() => {
            found.extend(path.field);
        }
        Operand::Length(inner) => note(inner, found),
        _ => {}
    }
}
