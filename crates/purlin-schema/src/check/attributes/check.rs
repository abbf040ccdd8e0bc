//! Is every attribute known, in its place, and given arguments of the right form?

use std::collections::BTreeSet;

use super::table::{On, Param, SPECS, Shape, Spec};
use crate::ast::{Arity, Attribute, AttributeLevel, Expr, ExprKind, Field, ModelKind};
use crate::check::checker::Checker;
use crate::check::outline::Outline;
use crate::check::shape::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::Scalar;
use crate::suggest::closest;

pub(in crate::check) fn check_all(checker: &mut Checker, outline: &Outline<'_>) {
    for block in outline.blocks() {
        let attributes: Vec<&Attribute> = block.attributes().collect();
        check_list(checker, outline, &attributes);
        if block.kind == ModelKind::View {
            for attribute in attributes.iter().filter(|it| matches!(it.name.text.as_str(), "id" | "index")) {
                warn_no_effect(checker, attribute, "a view has no keys or indexes of its own");
            }
        }
        for field in block.fields() {
            let attributes: Vec<&Attribute> = field.attributes.iter().collect();
            check_list(checker, outline, &attributes);
            for attribute in attributes {
                check_target(checker, outline, field, attribute);
            }
        }
    }
    for it in &outline.enums {
        let levels = it.attributes.iter().chain(it.values.iter().flat_map(|value| &value.attributes));
        for attribute in levels {
            if !matches!(attribute.name.text.as_str(), "map" | "renamedFrom" | "schema" | "meta" | "ignore")
                && is_ours(outline, attribute)
            {
                let message = format!("{} has no meaning on an enum", sign(attribute));
                checker.error(codes::MISPLACED_ATTRIBUTE, attribute.span, message);
            }
        }
        check_list(checker, outline, &it.attributes.iter().collect::<Vec<_>>());
        for value in &it.values {
            check_list(checker, outline, &value.attributes.iter().collect::<Vec<_>>());
        }
    }
}

fn sign(attribute: &Attribute) -> String {
    format!("{}{}", attribute.level.sigil(), attribute.name.text)
}

/// Not declared by the schema itself for some other tool.
fn is_ours(outline: &Outline<'_>, attribute: &Attribute) -> bool {
    !outline.declared_attributes.contains(&sign(attribute))
}

fn warn_no_effect(checker: &mut Checker, attribute: &Attribute, why: &str) {
    let message = format!("{} has no effect here: {why}", sign(attribute));
    checker.report(Diagnostic::warning(codes::NO_EFFECT, attribute.span, message));
}

fn check_list(checker: &mut Checker, outline: &Outline<'_>, attributes: &[&Attribute]) {
    for (index, attribute) in attributes.iter().enumerate() {
        let Some(spec) = Spec::of(attribute) else {
            check_unknown(checker, outline, attribute);
            continue;
        };
        let first = attributes.iter().take(index).find(|it| it.name.text == attribute.name.text);
        if let (Some(first), false) = (first, spec.repeats) {
            checker.report(
                Diagnostic::error(
                    codes::REPEATED_ATTRIBUTE,
                    attribute.span,
                    format!("{} may stand only once", sign(attribute)),
                )
                .related(first.span, "the first"),
            );
        }
        check_args(checker, attribute, spec);
        check_supported(checker, attribute);
    }
}

/// What parses but is not honoured: refused where ignoring it would be unsafe.
fn check_supported(checker: &mut Checker, attribute: &Attribute) {
    match (attribute.level, attribute.name.text.as_str()) {
        (AttributeLevel::Field, "encrypted") => checker.report(
            Diagnostic::error(
                codes::UNSUPPORTED_ATTRIBUTE,
                attribute.span,
                "@encrypted is not supported: the value would be stored in the clear",
            )
            .help("encrypt the value before it is sent, or use @password if it only has to be compared"),
        ),
        (AttributeLevel::Block, "delegate" | "delegateMap") => checker.report(
            Diagnostic::error(
                codes::UNSUPPORTED_INHERITANCE,
                attribute.span,
                "inheritance across tables (@@delegate) is not supported",
            )
            .help("write `abstract model` to copy the fields into each model that extends it"),
        ),
        (AttributeLevel::Field, "deletedAt") => {
            warn_no_effect(checker, attribute, "rows are deleted for good");
        }
        (AttributeLevel::Field, "fuzzy") => {
            warn_no_effect(checker, attribute, "search is by words");
        }
        (AttributeLevel::Field, "updatedAt") if !attribute.args.is_empty() => {
            warn_no_effect(checker, attribute, "every update sets the time, whichever fields it changes");
        }
        _ => {}
    }
}

fn check_unknown(checker: &mut Checker, outline: &Outline<'_>, attribute: &Attribute) {
    let name = attribute.name.text.as_str();
    if !is_ours(outline, attribute)
        || attribute.level == AttributeLevel::Declaration
        || attribute.level == AttributeLevel::Field && name.starts_with("db.")
    {
        return;
    }
    let sigil = attribute.level.sigil();
    let other_level = SPECS.iter().find(|spec| spec.name == name).map(|spec| spec.level);
    let names = SPECS.iter().filter(|spec| spec.level == attribute.level).map(|spec| spec.name);
    let near = closest(name, names);
    let message = format!("there is no attribute {sigil}{name}");
    if outline.has_plugins && near.is_none() && other_level.is_none() {
        checker.report(Diagnostic::warning(
            codes::NO_EFFECT,
            attribute.span,
            format!("{message}; it is ignored"),
        ));
        return;
    }
    let help = match other_level {
        Some(level) => Some(format!("did you mean {}{name}?", level.sigil())),
        None => near.map(|near| format!("did you mean {sigil}{near}?")),
    };
    checker.report(Diagnostic::error(codes::UNKNOWN_ATTRIBUTE, attribute.span, message).maybe_help(help));
}

fn check_args(checker: &mut Checker, attribute: &Attribute, spec: &Spec) {
    let mut positional = spec.params.iter().filter(|param| param.positional);
    let mut given: BTreeSet<&str> = BTreeSet::new();
    for arg in &attribute.args {
        let param = match &arg.name {
            Some(name) => spec.params.iter().find(|param| param.name == name.text),
            None => positional.next(),
        };
        let Some(param) = param else {
            let names: Vec<&str> = spec.params.iter().map(|param| param.name).collect();
            let (message, near) = match &arg.name {
                Some(name) => (
                    format!("{} has no argument `{}`", sign(attribute), name.text),
                    closest(&name.text, names.iter().copied()).map(|near| format!("did you mean `{near}`?")),
                ),
                None => (format!("{} takes no further value here", sign(attribute)), None),
            };
            let list = (!names.is_empty()).then(|| format!("it has: {}", names.join(", ")));
            checker.report(
                Diagnostic::error(codes::BAD_ARGUMENT, arg.span, message).maybe_help(near).maybe_help(list),
            );
            continue;
        };
        if !given.insert(param.name) {
            let message = format!("`{}` is given twice", param.name);
            checker.error(codes::BAD_ARGUMENT, arg.span, message);
        }
        check_value(checker, param, &arg.value);
    }
    for param in spec.params.iter().filter(|param| param.required && !given.contains(param.name)) {
        let message = format!("{} needs its argument `{}`", sign(attribute), param.name);
        checker.error(codes::BAD_ARGUMENT, attribute.span, message);
    }
}

fn check_value(checker: &mut Checker, param: &Param, value: &Expr) {
    let is_field = |expr: &Expr| {
        matches!(expr.kind, ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::Member { .. })
    };
    let (fits, wanted) = match param.shape {
        Shape::Any => (true, String::new()),
        Shape::Text => (matches!(value.kind, ExprKind::String(_)), "a text in quotes".to_owned()),
        Shape::Truth => (matches!(value.kind, ExprKind::Bool(_)), "true or false".to_owned()),
        Shape::Field => (is_field(value), "the name of a field".to_owned()),
        Shape::Number => {
            let is_whole = matches!(&value.kind, ExprKind::Number(text) if text.parse::<u32>().is_ok());
            (is_whole, "a whole number".to_owned())
        }
        Shape::Fields => {
            let fits = match &value.kind {
                ExprKind::Array(items) => !items.is_empty() && items.iter().all(is_field),
                _ => is_field(value),
            };
            (fits, "a list of fields such as [a, b]".to_owned())
        }
        Shape::Word(words) => {
            let fits = matches!(&value.kind, ExprKind::Name(word) if words.contains(&word.as_str()));
            (fits, format!("one of {}", words.join(", ")))
        }
    };
    if !fits {
        let message = format!("`{}` must be {wanted}", param.name);
        checker.error(codes::BAD_ARGUMENT, value.span, message);
    }
}

fn check_target(checker: &mut Checker, outline: &Outline<'_>, field: &Field, attribute: &Attribute) {
    let kind = outline.kind_quietly(&field.ty);
    let is_list = matches!(field.ty.arity, Arity::List | Arity::OptionalList);
    let is_text = matches!(kind, Kind::Scalar(Scalar::String));
    let is_relation = matches!(kind, Kind::Model(_));
    let name = attribute.name.text.as_str();
    if kind == Kind::Unknown {
        return;
    }
    let on = match Spec::of(attribute) {
        Some(spec) => spec.on,
        None if name.starts_with("db.") => On::Column,
        None => return,
    };
    let (fits, wanted) = match on {
        On::Any => (true, ""),
        On::Column => (!is_relation, "fields that are no relations"),
        On::Relation => (is_relation, "relations"),
        // A list of texts is checked element by element.
        On::Text => (is_text, "String fields"),
        On::TextOrList => (is_text || is_list, "String fields and lists"),
        On::Number => {
            let is_number =
                matches!(kind, Kind::Scalar(Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal));
            (is_number, "number fields")
        }
        On::DateTime => (kind == Kind::Scalar(Scalar::DateTime) && !is_list, "DateTime fields"),
        On::Boolean => (kind == Kind::Scalar(Scalar::Boolean) && !is_list, "Boolean fields"),
        On::Composite => {
            let fits = matches!(kind, Kind::Composite(_) | Kind::Scalar(Scalar::Json) | Kind::Enum(_));
            (fits, "fields whose type is declared by `type`")
        }
        On::Block => (false, "blocks"),
    };
    if !fits {
        let message = format!("{} belongs on {wanted}; `{}` is none", sign(attribute), field.name.text);
        let help = match (name, is_relation) {
            ("unique" | "id" | "map" | "allow" | "deny", true) => {
                Some("put it on the field that holds the key of the relation")
            }
            _ => None,
        };
        checker.report(
            Diagnostic::error(codes::MISPLACED_ATTRIBUTE, attribute.span, message)
                .maybe_help(help.map(str::to_owned)),
        );
    }
}
