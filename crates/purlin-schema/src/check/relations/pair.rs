//! Which two ends belong together: the same two models and the same name.

use super::Context;
use super::end::End;
use crate::check::checker::Checker;
use crate::check::keys::Keys;
use crate::diagnostic::{Diagnostic, codes};

/// Every pair of ends once, in the order of the text.
pub(super) fn pairs<'e, 'o>(
    checker: &mut Checker,
    context: &Context<'_, 'o>,
    ends: &'e [End<'o>],
) -> Vec<(&'e End<'o>, &'e End<'o>)> {
    let mut pairs = Vec::new();
    for (index, end) in ends.iter().enumerate() {
        let is_self = end.model == end.target;
        let others: Vec<(usize, &End<'o>)> = ends
            .iter()
            .enumerate()
            .filter(|&(at, other)| {
                at != index
                    && other.model == end.target
                    && other.target == end.model
                    && other.name == end.name
            })
            .collect();
        // Ends beside this one that could take its place.
        let rivals = ends.iter().enumerate().filter(|&(at, other)| {
            at != index && other.model == end.model && other.target == end.target && other.name == end.name
        });
        let rival_count = if is_self { others.len().saturating_sub(1) } else { rivals.count() };
        match others.as_slice() {
            [] => report_missing(checker, context, ends, end),
            [(at, other)] if rival_count == 0 => {
                if index < *at {
                    pairs.push((end, *other));
                }
            }
            _ => report_ambiguous(checker, context, ends, end),
        }
    }
    pairs
}

fn report_missing(checker: &mut Checker, context: &Context<'_, '_>, ends: &[End<'_>], end: &End<'_>) {
    let (model, target) = (context.name(end.model), context.name(end.target));
    let is_opposite = |one: &End<'_>, other: &End<'_>| {
        one.span != other.span && one.model == other.target && one.target == other.model
    };
    let is_lonely = |one: &End<'_>| !ends.iter().any(|it| is_opposite(one, it) && it.name == one.name);
    // An end that waits for another partner: most likely only the names differ.
    let misnamed = ends.iter().find(|other| is_opposite(end, other) && is_lonely(other));
    let suggestion = if let Some(other) = misnamed {
        let name = end.name.or(other.name).unwrap_or("Name");
        format!("`{target}.{}` has another name: write @relation(\"{name}\") on both ends", other.field_name)
    } else if end.model == end.target {
        format!("a relation of `{model}` with itself needs two fields with the same @relation(\"Name\")")
    } else {
        let field = lower_first(model);
        let name = end.name.map_or(String::new(), |name| format!("\"{name}\""));
        if end.is_list && !end.has_key() {
            let id = context.keys(end.model).and_then(Keys::single_id);
            let id = id.zip(context.outline.model(end.model)).and_then(|(id, shape)| shape.ast_of(id));
            let (id, ty) = id.map_or(("id", "String"), |id| (&id.name.text, &id.ty.name.text));
            let comma = if name.is_empty() { "" } else { ", " };
            format!(
                "add to `{target}`: `{field} {model} @relation({name}{comma}fields: [{field}Id], references: [{id}])` and `{field}Id {ty}`"
            )
        } else {
            let relation = if name.is_empty() { name } else { format!(" @relation({name})") };
            format!("add to `{target}`: `{field}s {model}[]{relation}`")
        }
    };
    let message = format!("the relation `{model}.{}` has no other end in `{target}`", end.field_name);
    checker.report(Diagnostic::error(codes::MISSING_OPPOSITE, end.span, message).help(suggestion));
}

fn report_ambiguous(checker: &mut Checker, context: &Context<'_, '_>, ends: &[End<'_>], end: &End<'_>) {
    let (model, target) = (context.name(end.model), context.name(end.target));
    let name = end.name.map_or("without a name".to_owned(), |name| format!("named \"{name}\""));
    let message = format!("there are several relations {name} between `{model}` and `{target}`");
    let mut diagnostic = Diagnostic::error(codes::AMBIGUOUS_RELATION, end.span, message)
        .help("give each pair of ends a name of its own: @relation(\"Name\") on both fields");
    let same = ends.iter().filter(|other| {
        other.span != end.span
            && other.name == end.name
            && (other.model, other.target) == (end.model, end.target)
    });
    for other in same.take(3) {
        diagnostic = diagnostic.related(other.span, "another one");
    }
    checker.report(diagnostic);
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}
