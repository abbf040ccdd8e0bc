//! Validation attributes of fields, and `@@validate`.

use super::attributes::{arg, number_arg, text_arg};
use super::checker::Checker;
use super::expr::{Place, Rule, condition};
use super::outline::Outline;
use super::relations::Relations;
use super::shape::{Shape, text};
use crate::ast::{self, Attribute, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{ModelValidation, Transform, Validation, ValidationCheck};
use crate::source::Span;

/// Transforms and checks of a field, in order of the text.
pub(super) fn field_rules(checker: &mut Checker, field: &ast::Field) -> (Vec<Transform>, Vec<Validation>) {
    let mut transforms = Vec::new();
    let mut validations = Vec::new();
    for attribute in &field.attributes {
        match attribute.name.text.as_str() {
            "trim" => transforms.push(Transform::Trim),
            "lower" => transforms.push(Transform::Lower),
            "upper" => transforms.push(Transform::Upper),
            _ => {
                if let Some(check) = check(checker, attribute) {
                    let message = text_arg(attribute, "message").map(str::to_owned);
                    validations.push(Validation { check, message });
                }
            }
        }
    }
    (transforms, validations)
}

fn check(checker: &mut Checker, attribute: &Attribute) -> Option<ValidationCheck> {
    let text = || text_arg(attribute, "text").map(str::to_owned);
    Some(match attribute.name.text.as_str() {
        "length" => length(checker, attribute)?,
        "startsWith" => ValidationCheck::StartsWith(text()?),
        "endsWith" => ValidationCheck::EndsWith(text()?),
        "contains" => ValidationCheck::Contains(text()?),
        "regex" => {
            let pattern = text_arg(attribute, "regex")?;
            check_pattern(checker, pattern, arg(attribute, "regex").map_or(attribute.span, |it| it.span));
            ValidationCheck::Regex(pattern.to_owned())
        }
        "email" => ValidationCheck::Email,
        "url" => ValidationCheck::Url,
        "phone" => ValidationCheck::Phone,
        "datetime" => ValidationCheck::DateTime,
        "date" => ValidationCheck::Date,
        "time" => ValidationCheck::Time,
        "gt" => ValidationCheck::Greater(bound(checker, attribute)?),
        "gte" => ValidationCheck::GreaterOrEqual(bound(checker, attribute)?),
        "lt" => ValidationCheck::Less(bound(checker, attribute)?),
        "lte" => ValidationCheck::LessOrEqual(bound(checker, attribute)?),
        _ => return None,
    })
}

/// Reports a pattern that does not compile.
pub(super) fn check_pattern(checker: &mut Checker, pattern: &str, span: Span) {
    if let Err(error) = regex::Regex::new(pattern) {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
        let diagnostic =
            Diagnostic::error(codes::BAD_PATTERN, span, format!("this pattern cannot be used: {reason}"));
        let is_look_around = reason.contains("look-around");
        let help = is_look_around.then(|| {
            "patterns run in linear time and have no look-around; split the check in two".to_owned()
        });
        checker.report(diagnostic.maybe_help(help));
    }
}

fn length(checker: &mut Checker, attribute: &Attribute) -> Option<ValidationCheck> {
    let (min, max) = (number_arg(attribute, "min"), number_arg(attribute, "max"));
    if let (Some(least), Some(most)) = (min, max)
        && least > most
    {
        let message = format!("nothing is at least {least} and at most {most} long");
        checker.report(
            Diagnostic::error(codes::BAD_ARGUMENT, attribute.span, message).help("write @length(min, max)"),
        );
        return None;
    }
    if min.is_none() && max.is_none() {
        let message = "@length needs a least or a greatest length";
        checker.report(
            Diagnostic::error(codes::BAD_ARGUMENT, attribute.span, message).help("write @length(1, 100)"),
        );
        return None;
    }
    Some(ValidationCheck::Length { min, max })
}

fn bound(checker: &mut Checker, attribute: &Attribute) -> Option<String> {
    let value = arg(attribute, "value")?;
    if let ExprKind::Number(text) = &value.kind {
        return Some(super::defaults::number(text));
    }
    checker.error(codes::BAD_ARGUMENT, value.span, "the bound must be a number");
    None
}

pub(super) fn model_rules(
    checker: &mut Checker,
    outline: &Outline<'_>,
    shape: &Shape<'_>,
    relations: &Relations,
) -> Vec<ModelValidation> {
    let Some(place) = Place::of(shape, outline) else { return Vec::new() };
    let mut validations = Vec::new();
    for attribute in shape.attributes.iter().filter(|it| it.name.text == "validate") {
        let Some(rule) = arg(attribute, "condition") else { continue };
        let path = path(checker, shape, attribute);
        if let Some(condition) = condition(checker, outline, relations, place, Rule::Validation, rule) {
            let message = text_arg(attribute, "message").map(str::to_owned);
            validations.push(ModelValidation { condition, message, path });
        }
    }
    validations
}

fn path(checker: &mut Checker, shape: &Shape<'_>, attribute: &Attribute) -> Vec<String> {
    let Some(list) = arg(attribute, "path") else { return Vec::new() };
    let items = match &list.kind {
        ExprKind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    let mut path = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match text(item) {
            Some(name) => {
                if index == 0 {
                    super::keys::field_named(checker, shape, name, item.span);
                }
                path.push(name.to_owned());
            }
            None => {
                checker.error(codes::BAD_ARGUMENT, item.span, "the path is made of texts such as ['email']");
            }
        }
    }
    path
}

/// `@@validate` inside a type that is stored as one value: its conditions have no row to
/// stand on, so they are refused rather than left unchecked.
pub(super) fn refuse_in_type(checker: &mut Checker, shape: &Shape<'_>) {
    for attribute in shape.attributes.iter().filter(|it| it.name.text == "validate") {
        checker.report(
            Diagnostic::error(
                codes::UNSUPPORTED_ATTRIBUTE,
                attribute.span,
                "@@validate cannot stand in a type that fields hold",
            )
            .help("put it on the model, with the path to the field: @@validate(address.zip != null)"),
        );
    }
}
