//! Attributes: which there are (`table`), whether each is used as it may be (`check`), and
//! how later stages read their arguments.

mod check;
mod table;

use crate::ast::{Attribute, Expr, ExprKind};

pub(super) use check::check_all;
pub(super) use table::Spec;

/// The attribute of this name; the last one, so that a model's own wins over an inherited.
pub(super) fn find<'a>(
    attributes: impl IntoIterator<Item = &'a Attribute, IntoIter: DoubleEndedIterator>,
    name: &str,
) -> Option<&'a Attribute> {
    attributes.into_iter().rev().find(|attribute| attribute.name.text == name)
}

/// The argument for a parameter, whether given by name or by place.
pub(super) fn arg<'a>(attribute: &'a Attribute, parameter: &str) -> Option<&'a Expr> {
    let spec = Spec::of(attribute)?;
    let position =
        spec.params.iter().filter(|param| param.positional).position(|param| param.name == parameter);
    let named = attribute.arg(parameter);
    let found = named.or_else(|| attribute.arg_or_position(parameter, position?));
    found.map(|arg| &arg.value)
}

pub(super) fn text_arg<'a>(attribute: &'a Attribute, parameter: &str) -> Option<&'a str> {
    match &arg(attribute, parameter)?.kind {
        ExprKind::String(text) => Some(text),
        _ => None,
    }
}

pub(super) fn number_arg(attribute: &Attribute, parameter: &str) -> Option<u32> {
    match &arg(attribute, parameter)?.kind {
        ExprKind::Number(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn word_arg<'a>(attribute: &'a Attribute, parameter: &str) -> Option<&'a str> {
    match &arg(attribute, parameter)?.kind {
        ExprKind::Name(word) => Some(word),
        _ => None,
    }
}
