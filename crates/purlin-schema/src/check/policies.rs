//! Access rules: `@@allow`, `@@deny` and, on fields, `@allow`, `@deny`.

use super::attributes::arg;
use super::checker::Checker;
use super::expr::{Place, Rule, condition, has_implicit_check};
use super::outline::Outline;
use super::relations::Relations;
use super::shape::{Shape, text};
use crate::ast::{self, Attribute};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Effect, FieldOperation, FieldPolicy, Policy, PolicyOperation};
use crate::suggest::closest;

const ALL: &[PolicyOperation] =
    &[PolicyOperation::Create, PolicyOperation::Read, PolicyOperation::Update, PolicyOperation::Delete];

const WORDS: &[&str] = &["create", "read", "update", "post-update", "delete", "all"];

/// An operation by its word in a schema.
pub(super) fn operation(word: &str) -> Option<PolicyOperation> {
    Some(match word {
        "create" => PolicyOperation::Create,
        "read" => PolicyOperation::Read,
        "update" => PolicyOperation::Update,
        "post-update" => PolicyOperation::PostUpdate,
        "delete" => PolicyOperation::Delete,
        _ => return None,
    })
}

fn effect(attribute: &Attribute) -> Option<Effect> {
    match attribute.name.text.as_str() {
        "allow" => Some(Effect::Allow),
        "deny" => Some(Effect::Deny),
        _ => None,
    }
}

pub(super) fn model_rules(
    checker: &mut Checker,
    outline: &Outline<'_>,
    shape: &Shape<'_>,
    relations: &Relations,
) -> Vec<Policy> {
    let Some(place) = Place::of(shape, outline) else { return Vec::new() };
    let mut policies = Vec::new();
    for attribute in &shape.attributes {
        let (Some(effect), Some(rule)) = (effect(attribute), arg(attribute, "condition")) else { continue };
        let operations = operations(checker, attribute);
        // `check(relation)` takes over the operation, so each gets a rule of its own.
        let groups: Vec<&[PolicyOperation]> =
            if has_implicit_check(rule) { operations.chunks(1).collect() } else { vec![&operations] };
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            if let Some(condition) = condition(checker, outline, relations, place, Rule::Policy(group), rule)
            {
                policies.push(Policy { effect, operations: group.to_vec(), condition, span: attribute.span });
            }
        }
    }
    policies
}

/// The operations of a rule, `all` expanded, each once.
fn operations(checker: &mut Checker, attribute: &Attribute) -> Vec<PolicyOperation> {
    let mut operations = Vec::new();
    let Some(value) = arg(attribute, "operation") else { return operations };
    for word in text(value).unwrap_or("").split(',').map(str::trim) {
        if word == "all" {
            operations.extend(ALL);
        } else if let Some(operation) = operation(word) {
            operations.push(operation);
        } else {
            unknown_operation(checker, value, word, WORDS);
        }
    }
    let mut seen = Vec::new();
    operations.retain(|operation| {
        let is_new = !seen.contains(operation);
        seen.push(*operation);
        is_new
    });
    operations
}

fn unknown_operation(checker: &mut Checker, value: &ast::Expr, word: &str, words: &[&str]) {
    if text(value).is_none() {
        return; // Not a text at all, which is reported with the attribute.
    }
    let near = closest(word, words.iter().copied());
    let help = match near {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("write one or more of: {}", words.join(", ")),
    };
    let message = format!("there is no operation `{word}`");
    checker.report(Diagnostic::error(codes::BAD_OPERATION, value.span, message).help(help));
}

pub(super) fn field_rules(
    checker: &mut Checker,
    outline: &Outline<'_>,
    shape: &Shape<'_>,
    field: &ast::Field,
    relations: &Relations,
) -> Vec<FieldPolicy> {
    let mut policies = Vec::new();
    for attribute in &field.attributes {
        let (Some(effect), Some(rule)) = (effect(attribute), arg(attribute, "condition")) else { continue };
        let Some(place) = Place::of(shape, outline) else {
            checker.report(
                Diagnostic::error(
                    codes::MISPLACED_ATTRIBUTE,
                    attribute.span,
                    "fields of a composite type have no access rules",
                )
                .help("put the rule on the field that holds the whole value"),
            );
            continue;
        };
        if field.attributes.iter().any(|it| it.name.text == "computed") {
            checker.error(codes::MISPLACED_ATTRIBUTE, attribute.span, "computed fields have no access rules");
            continue;
        }
        if let Some(flag) = arg(attribute, "override") {
            checker.report(
                Diagnostic::warning(
                    codes::DEPRECATED,
                    flag.span,
                    "a rule on a field no longer overrides those of the model",
                )
                .help("remove it: a row that is hidden stays hidden with all its fields"),
            );
        }
        let mut operations: Vec<FieldOperation> = Vec::new();
        let Some(value) = arg(attribute, "operation") else { continue };
        for word in text(value).unwrap_or("").split(',').map(str::trim) {
            match word {
                "read" => operations.push(FieldOperation::Read),
                "update" => operations.push(FieldOperation::Update),
                "all" => operations.extend([FieldOperation::Read, FieldOperation::Update]),
                _ => unknown_operation(checker, value, word, &["read", "update", "all"]),
            }
        }
        operations.dedup();
        let of_models: Vec<PolicyOperation> = operations
            .iter()
            .map(|operation| match operation {
                FieldOperation::Read => PolicyOperation::Read,
                FieldOperation::Update => PolicyOperation::Update,
            })
            .collect();
        let groups = if has_implicit_check(rule) { 1 } else { operations.len().max(1) };
        for (group, of_models) in operations.chunks(groups).zip(of_models.chunks(groups)) {
            if let Some(condition) =
                condition(checker, outline, relations, place, Rule::Policy(of_models), rule)
            {
                policies.push(FieldPolicy {
                    effect,
                    operations: group.to_vec(),
                    condition,
                    span: attribute.span,
                });
            }
        }
    }
    policies
}
