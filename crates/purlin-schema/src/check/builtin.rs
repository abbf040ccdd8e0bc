//! What built-in tables must be: models and enums with tables of their own names, and nothing that
//! only the app decides: who may do what, what is served, where it stands.

use super::checker::Checker;
use super::outline::Outline;
use crate::ast::{Declaration, Document};
use crate::builtin::TABLE_PREFIX;
use crate::diagnostic::codes;
use crate::model::{DefaultValue, Enum, Field, FieldKind, Link, Model};

pub(super) fn check(
    checker: &mut Checker,
    outline: &Outline<'_>,
    documents: &[Document],
    models: &[Model],
    enums: &[Enum],
) {
    for declaration in documents.iter().flat_map(|document| &document.declarations) {
        if let Declaration::Config(block) = declaration {
            checker.error(codes::MISPLACED_ATTRIBUTE, block.name.span, "built-in tables have no settings");
        }
    }
    for shape in &outline.types {
        checker.error(codes::BAD_FIELD_TYPE, shape.ast.name.span, "built-in tables have no types: use Json");
    }
    for enumeration in enums {
        if !enumeration.database_name.starts_with(TABLE_PREFIX) {
            let message = format!("a built-in enum needs @@map(\"{TABLE_PREFIX}…\")");
            checker.error(codes::RESERVED_NAME, enumeration.span, message);
        }
    }
    for model in models {
        if !model.table.starts_with(TABLE_PREFIX) {
            let message = format!("a built-in table needs @@map(\"{TABLE_PREFIX}…\")");
            checker.error(codes::RESERVED_NAME, model.span, message);
        }
        let has_rules = !model.policies.is_empty() || !model.validations.is_empty() || model.is_view;
        if has_rules || outline.auth_model == Some(model.id) {
            checker.error(codes::MISPLACED_ATTRIBUTE, model.span, "only the system reaches a built-in table");
        }
        for field in model.fields.iter().filter(|field| is_of_the_app(field)) {
            checker.error(
                codes::MISPLACED_ATTRIBUTE,
                field.span,
                "a built-in table cannot have such a field",
            );
        }
    }
}

fn is_of_the_app(field: &Field) -> bool {
    let is_joined = field.relation().is_some_and(|relation| matches!(relation.link, Link::Join(_)));
    let is_foreign = matches!(field.kind, FieldKind::Unsupported(_));
    let has_user = matches!(field.default, Some(DefaultValue::Auth(_)));
    is_joined || is_foreign || has_user || !field.policies.is_empty() || field.is_active_flag
}
