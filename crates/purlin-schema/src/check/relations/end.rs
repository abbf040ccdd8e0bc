//! One end of a relation: a field whose type is a model, with its `@relation`.

use super::Context;
use crate::ast::{Arity, Attribute, ExprKind};
use crate::check::attributes::{arg, find, text_arg, word_arg};
use crate::check::checker::Checker;
use crate::check::keys::field_named;
use crate::check::shape::{Kind, Shape};
use crate::diagnostic::codes;
use crate::model::{FieldId, ModelId, ReferentialAction};
use crate::source::Span;

#[derive(Debug)]
pub(super) struct End<'a> {
    pub(super) model: ModelId,
    pub(super) field: FieldId,
    pub(super) target: ModelId,
    pub(super) field_name: &'a str,
    pub(super) is_list: bool,
    pub(super) is_required: bool,
    pub(super) name: Option<&'a str>,
    pub(super) attribute: Option<&'a Attribute>,
    /// `fields:` as written, found in this model.
    pub(super) fields: Option<Vec<FieldId>>,
    /// `references:` as written, found in the target.
    pub(super) references: Option<Vec<FieldId>>,
    pub(super) on_delete: Option<ReferentialAction>,
    pub(super) on_update: Option<ReferentialAction>,
    pub(super) map: Option<&'a str>,
    /// The field's name in the text.
    pub(super) span: Span,
    /// Whether names in `fields` or `references` were wrong, which is reported already.
    pub(super) is_broken: bool,
}

impl End<'_> {
    /// Where to point for what `@relation` says, or should say.
    pub(super) fn relation_span(&self) -> Span {
        self.attribute.map_or(self.span, |attribute| attribute.span)
    }

    pub(super) fn has_key(&self) -> bool {
        self.attribute.is_some_and(|it| it.arg("fields").is_some() || it.arg("references").is_some())
    }
}

pub(super) fn collect<'o>(checker: &mut Checker, context: &Context<'_, 'o>) -> Vec<End<'o>> {
    let mut ends = Vec::new();
    for (number, shape) in (0..=u16::MAX).zip(&context.outline.models) {
        let model = ModelId(number);
        for (id, field, kind) in shape.each() {
            let Kind::Model(target) = kind else { continue };
            let attribute = find(&field.attributes, "relation");
            let fields = attribute.and_then(|it| names(checker, shape, it, "fields"));
            let references = attribute
                .zip(context.outline.model(target))
                .and_then(|(it, target)| names(checker, target, it, "references"));
            let action = |name| attribute.and_then(|it| word_arg(it, name)).and_then(action);
            ends.push(End {
                model,
                field: id,
                target,
                field_name: &field.name.text,
                is_list: matches!(field.ty.arity, Arity::List | Arity::OptionalList),
                is_required: field.ty.arity == Arity::Required,
                name: attribute.and_then(|it| text_arg(it, "name")).filter(|name| !name.is_empty()),
                attribute,
                is_broken: matches!(fields, Some(Err(()))) || matches!(references, Some(Err(()))),
                fields: fields.and_then(Result::ok),
                references: references.and_then(Result::ok),
                on_delete: action("onDelete"),
                on_update: action("onUpdate"),
                map: attribute.and_then(|it| text_arg(it, "map")),
                span: field.name.span,
            });
        }
    }
    ends
}

/// The fields named in an argument; `Err` after a report.
fn names(
    checker: &mut Checker,
    shape: &Shape<'_>,
    attribute: &Attribute,
    parameter: &str,
) -> Option<Result<Vec<FieldId>, ()>> {
    let list = arg(attribute, parameter)?;
    let items = match &list.kind {
        ExprKind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    let mut fields = Vec::new();
    let mut is_sound = true;
    for item in items {
        let ExprKind::Name(name) = &item.kind else {
            is_sound = false;
            continue;
        };
        let found = field_named(checker, shape, name, item.span);
        let is_plain = found.is_some_and(|id| {
            matches!(shape.kind(id), Kind::Scalar(_) | Kind::Enum(_) | Kind::Unsupported | Kind::Unknown)
        });
        if found.is_some() && !is_plain {
            let message = format!("`{name}` cannot be part of a key: it is no plain field");
            checker.error(codes::RELATION_FIELDS, item.span, message);
        }
        is_sound &= is_plain;
        fields.extend(found);
    }
    Some(if is_sound { Ok(fields) } else { Err(()) })
}

fn action(word: &str) -> Option<ReferentialAction> {
    Some(match word {
        "Cascade" => ReferentialAction::Cascade,
        "Restrict" => ReferentialAction::Restrict,
        "NoAction" => ReferentialAction::NoAction,
        "SetNull" => ReferentialAction::SetNull,
        "SetDefault" => ReferentialAction::SetDefault,
        _ => return None,
    })
}
