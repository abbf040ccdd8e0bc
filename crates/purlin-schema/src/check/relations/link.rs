//! Relations by a key: one end holds the other's key.

use super::Context;
use super::end::End;
use crate::ast::Arity;
use crate::check::checker::Checker;
use crate::check::defaults;
use crate::check::keys::Keys;
use crate::check::shape::{Kind, Shape, scalar_name};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{FieldId, Link, Provider, ReferentialAction, Relation};

/// The relation seen from each end, or nothing after a report.
pub(super) fn link(
    checker: &mut Checker,
    context: &Context<'_, '_>,
    first: &End<'_>,
    second: &End<'_>,
) -> Option<(Relation, Relation)> {
    let is_first_owner = match (first.has_key(), second.has_key()) {
        (true, false) => true,
        (false, true) => false,
        (true, true) => {
            let (wrong, right) = if first.is_list { (first, second) } else { (second, first) };
            checker.report(
                Diagnostic::error(
                    codes::RELATION_KEY_SIDE,
                    wrong.relation_span(),
                    "both ends of this relation hold a key",
                )
                .related(right.relation_span(), "the other end")
                .help("keep `fields` and `references` on one end only"),
            );
            return None;
        }
        (false, false) => {
            report_no_key(checker, context, first, second);
            return None;
        }
    };
    let (owner, other) = if is_first_owner { (first, second) } else { (second, first) };
    let is_sound = check_ends(checker, context, owner, other);
    let (fields, references) = key(checker, context, owner)?;
    if !is_sound || owner.is_broken {
        return None;
    }
    check_key(checker, context, owner, other, &fields, &references);

    let is_key_optional = {
        let shape = context.outline.model(owner.model)?;
        fields.iter().all(|&field| shape.arity(field) == Arity::Optional)
    };
    let is_split = context.is_split(owner, other);
    // Between two databases nothing is changed along: it can only be refused.
    let usual_delete =
        if is_key_optional && !is_split { ReferentialAction::SetNull } else { ReferentialAction::Restrict };
    let usual_update = if is_split { ReferentialAction::Restrict } else { ReferentialAction::Cascade };
    let name = relation_name(context, first, second);
    let relation = |end: &End<'_>, opposite: &End<'_>, link| Relation {
        name: name.clone(),
        target: end.target,
        opposite: opposite.field,
        link,
        on_delete: owner.on_delete.unwrap_or(usual_delete),
        on_update: owner.on_update.unwrap_or(usual_update),
        is_split,
    };
    let constraint = owner.map.map(str::to_owned);
    let owning = Link::Owning { fields: fields.clone(), references: references.clone(), constraint };
    let inverse = Link::Inverse { fields: references, references: fields };
    let (at_owner, at_other) = (relation(owner, other, owning), relation(other, owner, inverse));
    Some(if is_first_owner { (at_owner, at_other) } else { (at_other, at_owner) })
}

/// The explicit name, or `AToB` from the names of both models in order.
pub(super) fn relation_name(context: &Context<'_, '_>, first: &End<'_>, second: &End<'_>) -> String {
    if let Some(name) = first.name {
        return name.to_owned();
    }
    let mut names = [context.name(first.model), context.name(second.model)];
    names.sort_unstable();
    names.join("To")
}

fn report_no_key(checker: &mut Checker, context: &Context<'_, '_>, first: &End<'_>, second: &End<'_>) {
    // The end that is no list holds the key; of two such, the one that is required.
    let owner = if first.is_list || !second.is_list && second.is_required { second } else { first };
    let id = context.keys(owner.target).and_then(Keys::single_id);
    let target = context.outline.model(owner.target);
    let id_field = id.zip(target).and_then(|(id, shape)| shape.ast_of(id));
    let (id_name, id_type) =
        id_field.map_or(("id", "String"), |field| (&field.name.text, &field.ty.name.text));
    let mark = if owner.is_required { "" } else { "?" };
    let help = format!(
        "add to `{model}`: `{field}Id {id_type}{mark}`, and to `{field}`: @relation(fields: [{field}Id], references: [{id_name}])",
        model = context.name(owner.model),
        field = owner.field_name,
    );
    let message = format!(
        "nothing says which field holds the key of `{}.{}`",
        context.name(owner.model),
        owner.field_name
    );
    checker.report(Diagnostic::error(codes::RELATION_KEY_SIDE, owner.relation_span(), message).help(help));
}

/// Lists, optional ends and actions on the right sides.
fn check_ends(checker: &mut Checker, context: &Context<'_, '_>, owner: &End<'_>, other: &End<'_>) -> bool {
    let mut is_sound = true;
    if owner.is_list {
        let message = format!("`{}` is a list and cannot hold the key of the relation", owner.field_name);
        let help =
            format!("move `fields` and `references` to `{}.{}`", context.name(other.model), other.field_name);
        checker
            .report(Diagnostic::error(codes::RELATION_KEY_SIDE, owner.relation_span(), message).help(help));
        is_sound = false;
    }
    if !other.is_list && other.is_required {
        let message = format!(
            "`{}.{}` must be optional: a new row has no partner yet",
            context.name(other.model),
            other.field_name
        );
        let help = format!("write `{} {}?`", other.field_name, context.name(other.target));
        checker.report(Diagnostic::error(codes::RELATION_ARITY, other.span, message).help(help));
        is_sound = false;
    }
    if other.on_delete.is_some() || other.on_update.is_some() {
        let message = "onDelete and onUpdate belong to the end that holds the key";
        let help = format!("move them to `{}.{}`", context.name(owner.model), owner.field_name);
        checker.report(Diagnostic::error(codes::BAD_ACTION, other.relation_span(), message).help(help));
    }
    is_sound
}

/// `fields` and `references` of the owner; the latter default to the target's id.
fn key(
    checker: &mut Checker,
    context: &Context<'_, '_>,
    owner: &End<'_>,
) -> Option<(Vec<FieldId>, Vec<FieldId>)> {
    if owner.is_broken {
        return None;
    }
    match (&owner.fields, &owner.references) {
        (Some(fields), Some(references)) if fields.len() == references.len() => {
            Some((fields.clone(), references.clone()))
        }
        (Some(fields), Some(references)) => {
            let message = format!("{} fields refer to {} fields", fields.len(), references.len());
            checker.report(
                Diagnostic::error(codes::RELATION_FIELDS, owner.relation_span(), message)
                    .help("`fields` and `references` name the same number of fields, in the same order"),
            );
            None
        }
        (Some(_), None) => {
            let id = context.keys(owner.target).and_then(Keys::single_id);
            let target = context.outline.model(owner.target)?;
            let id = id.and_then(|id| target.ast_of(id)).map_or("id", |field| field.name.as_str());
            checker.report(
                Diagnostic::error(codes::RELATION_FIELDS, owner.relation_span(), "`references` is missing")
                    .help(format!("add references: [{id}]")),
            );
            None
        }
        _ => {
            checker.report(
                Diagnostic::error(codes::RELATION_FIELDS, owner.relation_span(), "`fields` is missing")
                    .help(format!("add fields: [{}Id], and that field to the model", owner.field_name)),
            );
            None
        }
    }
}

fn check_key(
    checker: &mut Checker,
    context: &Context<'_, '_>,
    owner: &End<'_>,
    other: &End<'_>,
    fields: &[FieldId],
    references: &[FieldId],
) {
    let (Some(here), Some(there)) = (context.outline.model(owner.model), context.outline.model(owner.target))
    else {
        return;
    };
    for (&field, &reference) in fields.iter().zip(references) {
        check_types(checker, owner, (here, field), (there, reference));
    }
    let provider = context.datasource(owner.target).map(|it| it.provider);
    let is_one_row = context.keys(owner.target).is_some_and(|keys| keys.is_unique(references));
    if !is_one_row && provider != Some(Provider::Mysql) {
        let list = names(there, references);
        let message = format!("`{list}` does not name one row of `{}`", there.name());
        let help = if references.len() == 1 {
            format!("mark `{list}` @unique in `{}`, or refer to its id", there.name())
        } else {
            format!("add @@unique([{list}]) to `{}`", there.name())
        };
        checker.report(
            Diagnostic::error(codes::REFERENCES_NOT_UNIQUE, owner.relation_span(), message).help(help),
        );
    }
    let is_one_to_one = !other.is_list;
    if is_one_to_one && !context.keys(owner.model).is_some_and(|keys| keys.is_unique(fields)) {
        let list = names(here, fields);
        let help = if fields.len() == 1 {
            format!("mark `{list}` @unique")
        } else {
            format!("add @@unique([{list}])")
        };
        let message = format!("this is a one-to-one relation, but `{list}` is not unique");
        checker.report(
            Diagnostic::error(codes::ONE_TO_ONE_NOT_UNIQUE, owner.relation_span(), message)
                .related(other.span, "the other end is no list")
                .help(format!("{help}, or make the other end a list")),
        );
    }
    let optional = fields.iter().find(|&&field| here.arity(field) == Arity::Optional);
    if let Some(field) = optional.and_then(|&field| here.ast_of(field)).filter(|_| owner.is_required) {
        let message =
            format!("`{}` is required, but its key `{}` is optional", owner.field_name, field.name.text);
        checker.report(Diagnostic::error(codes::RELATION_ARITY, owner.span, message).help(format!(
            "write `{} {}?`, or make the key required",
            owner.field_name,
            there.name()
        )));
    }
    check_actions(checker, owner, here, fields);
    if context.is_split(owner, other) {
        check_split(checker, context, owner, other);
    }
}

/// No database knows of the relation: what it would do by itself cannot be asked for, and the rest is not atomic.
fn check_split(checker: &mut Checker, context: &Context<'_, '_>, owner: &End<'_>, other: &End<'_>) {
    let places = [owner, other].map(|end| context.datasource(end.model).map_or("", |it| &it.name));
    for (name, action) in [("onDelete", owner.on_delete), ("onUpdate", owner.on_update)] {
        let Some(action) = action else { continue };
        if matches!(action, ReferentialAction::Restrict | ReferentialAction::NoAction) {
            continue;
        }
        let span = owner.attribute.and_then(|it| it.arg(name)).map_or(owner.relation_span(), |arg| arg.span);
        let message = format!("`{name}: {action:?}` cannot reach from `{}` into `{}`", places[1], places[0]);
        checker.report(Diagnostic::error(codes::BAD_ACTION, span, message).help(format!(
            "write `{name}: Restrict`, which is checked before the write, or `{name}: NoAction`"
        )));
    }
    let message = format!(
        "`{}.{}` leads from the datasource `{}` into `{}`, and no database keeps it whole",
        context.name(owner.model),
        owner.field_name,
        places[0],
        places[1]
    );
    checker.report(Diagnostic::warning(codes::NOT_ATOMIC, owner.span, message).help(
        "that the row exists, or is still referred to, is checked right before a write and not in its transaction",
    ));
}

fn names(shape: &Shape<'_>, fields: &[FieldId]) -> String {
    let names: Vec<&str> =
        fields.iter().filter_map(|&field| shape.ast_of(field)).map(|field| field.name.as_str()).collect();
    names.join(", ")
}

fn check_types(
    checker: &mut Checker,
    owner: &End<'_>,
    field: (&Shape<'_>, FieldId),
    reference: (&Shape<'_>, FieldId),
) {
    let (kind, wanted) = (field.0.kind(field.1), reference.0.kind(reference.1));
    let (Some(here), Some(there)) = (field.0.ast_of(field.1), reference.0.ast_of(reference.1)) else {
        return;
    };
    let is_same = kind == wanted || kind == Kind::Unknown || wanted == Kind::Unknown;
    let is_list = [here, there].iter().any(|field| field.ty.arity == Arity::List);
    if is_same && !is_list {
        return;
    }
    let ty = match wanted {
        Kind::Scalar(scalar) => scalar_name(scalar),
        _ => there.ty.name.as_str(),
    };
    let message = format!(
        "`{}` is {}{}, but refers to `{}`, which is {}",
        here.name.text,
        here.ty.name.text,
        if here.ty.arity == Arity::List { "[]" } else { "" },
        there.name.text,
        there.ty.name.text,
    );
    checker.report(
        Diagnostic::error(codes::RELATION_FIELDS, owner.relation_span(), message)
            .help(format!("write `{} {ty}`", here.name.text)),
    );
}

fn check_actions(checker: &mut Checker, owner: &End<'_>, shape: &Shape<'_>, fields: &[FieldId]) {
    let actions = [("onDelete", owner.on_delete), ("onUpdate", owner.on_update)];
    for (name, action) in actions {
        let span = owner.attribute.and_then(|it| it.arg(name)).map_or(owner.relation_span(), |arg| arg.span);
        let required = fields.iter().find(|&&field| shape.arity(field) == Arity::Required);
        let required = required.and_then(|&field| shape.ast_of(field));
        if let (Some(ReferentialAction::SetNull), Some(field)) = (action, required) {
            let message = format!("`{name}: SetNull` cannot work: `{}` is required", field.name.text);
            checker.report(Diagnostic::error(codes::BAD_ACTION, span, message).help(format!(
                "write `{} {}?`, or choose Cascade or Restrict",
                field.name.text, field.ty.name.text
            )));
        }
        let lacks_default = |field: &&FieldId| {
            let field = shape.ast_of(**field);
            field.is_some_and(|it| defaults::attribute(it).is_none() && it.ty.arity == Arity::Required)
        };
        if action == Some(ReferentialAction::SetDefault)
            && let Some(field) = fields.iter().find(lacks_default).and_then(|&field| shape.ast_of(field))
        {
            let message = format!("`{name}: SetDefault` cannot work: `{}` has no default", field.name.text);
            checker.report(
                Diagnostic::error(codes::BAD_ACTION, span, message)
                    .help("add @default(…), or choose another action"),
            );
        }
    }
}
