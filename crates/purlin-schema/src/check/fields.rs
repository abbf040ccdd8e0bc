//! Fields of models and composite types, with all that their attributes say.

use super::attributes::{arg, find, text_arg};
use super::checker::Checker;
use super::expr::Place;
use super::keys::Keys;
use super::outline::Outline;
use super::relations::Relations;
use super::shape::{Kind, Shape, field_text, text};
use super::{defaults, policies, validations};
use crate::ast::{self, Attribute, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Arity, CompositeType, Field, FieldId, FieldKind, NativeType, Scalar, TypeId, Upload};

pub(super) fn build(
    checker: &mut Checker,
    outline: &Outline<'_>,
    shape: &Shape<'_>,
    keys: &Keys,
    relations: &Relations,
) -> Vec<Field> {
    let is_auth_model = outline.auth_model == outline.model_ids.get(shape.name()).copied();
    let mut fields = Vec::new();
    for (id, ast, kind) in shape.each() {
        let Some(mut field) = field(checker, outline, shape, (id, ast, kind), relations) else { continue };
        field.is_id = keys.is_in_primary(id);
        field.is_unique = keys.is_unique(&[id]);
        field.is_active_flag |= is_auth_model
            && ast.name.text == "isActive"
            && matches!(field.kind, FieldKind::Scalar(Scalar::Boolean))
            && !shape.fields.iter().any(|other| has(other, "active"));
        fields.push(field);
    }
    check_columns(checker, shape);
    fields
}

/// Types of fields that are stored as one value.
pub(super) fn composites(
    checker: &mut Checker,
    outline: &Outline<'_>,
    relations: &Relations,
) -> Vec<CompositeType> {
    let mut types = Vec::new();
    for (number, shape) in (0..=u16::MAX).zip(&outline.types) {
        validations::refuse_in_type(checker, shape);
        let fields: Vec<Field> =
            shape.each().filter_map(|part| field(checker, outline, shape, part, relations)).collect();
        types.push(CompositeType {
            id: TypeId(number),
            name: shape.name().to_owned(),
            fields,
            validations: Vec::new(),
            docs: shape.ast.doc.clone(),
            span: shape.ast.name.span,
        });
    }
    check_cycles(checker, outline);
    types
}

fn has(field: &ast::Field, attribute: &str) -> bool {
    find(&field.attributes, attribute).is_some()
}

fn field(
    checker: &mut Checker,
    outline: &Outline<'_>,
    shape: &Shape<'_>,
    (id, ast, kind): (FieldId, &ast::Field, Kind),
    relations: &Relations,
) -> Option<Field> {
    let model_kind = match kind {
        Kind::Unknown => return None,
        Kind::Scalar(scalar) => FieldKind::Scalar(scalar),
        Kind::Enum(id) => FieldKind::Enum(id),
        Kind::Composite(id) => FieldKind::Composite(id),
        Kind::Unsupported => FieldKind::Unsupported(ast.ty.unsupported.clone().unwrap_or_default()),
        Kind::Model(_) => match Place::of(shape, outline) {
            Some(place) => FieldKind::Relation(relations.get(place.model, id)?.clone()),
            None => return None,
        },
    };
    if !ast.params.is_empty() && !has(ast, "computed") {
        let message = format!("`{}` has parameters, which only @computed fields can have", ast.name.text);
        checker.error(codes::BAD_FIELD_TYPE, ast.name.span, message);
    }
    let (transforms, validations) = validations::field_rules(checker, ast);
    let is_password = has(ast, "password");
    Some(Field {
        id,
        name: ast.name.text.clone(),
        column: field_text(ast, "map").unwrap_or(&ast.name.text).to_owned(),
        kind: model_kind,
        arity: match ast.ty.arity {
            ast::Arity::Required => Arity::Required,
            ast::Arity::Optional => Arity::Optional,
            ast::Arity::List | ast::Arity::OptionalList => Arity::List,
        },
        default: defaults::build(checker, outline, shape, ast, kind, relations),
        is_id: false,
        is_unique: false,
        is_updated_at: has(ast, "updatedAt"),
        is_omitted: has(ast, "omit") || is_password,
        is_password,
        is_ignored: has(ast, "ignore"),
        is_computed: has(ast, "computed"),
        is_active_flag: has(ast, "active"),
        upload: find(&ast.attributes, "upload").map(|attribute| upload(checker, attribute)),
        native_type: ast.attributes.iter().find_map(native_type),
        transforms,
        validations,
        policies: policies::field_rules(checker, outline, shape, ast, relations),
        renamed_from: field_text(ast, "renamedFrom").map(str::to_owned),
        docs: ast.doc.clone(),
        span: ast.name.span,
    })
}

fn native_type(attribute: &Attribute) -> Option<NativeType> {
    let name = attribute.name.text.strip_prefix("db.")?;
    let arguments = attribute.args.iter().map(|arg| match &arg.value.kind {
        ExprKind::Number(text) | ExprKind::String(text) | ExprKind::Name(text) => text.clone(),
        _ => String::new(),
    });
    Some(NativeType { name: name.to_owned(), arguments: arguments.collect() })
}

fn upload(checker: &mut Checker, attribute: &Attribute) -> Upload {
    let mut accept = Vec::new();
    if let Some(list) = arg(attribute, "accept") {
        let items = match &list.kind {
            ExprKind::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(list),
        };
        for item in items {
            match text(item).filter(|it| it.contains('/')) {
                Some(media_type) => accept.push(media_type.to_owned()),
                None => checker.report(
                    Diagnostic::error(codes::BAD_ARGUMENT, item.span, "this is no media type")
                        .help("write \"image/png\" or \"image/*\""),
                ),
            }
        }
    }
    let max_size_bytes = text_arg(attribute, "maxSize").and_then(|size| {
        let bytes = size_in_bytes(size);
        if bytes.is_none() {
            let span = arg(attribute, "maxSize").map_or(attribute.span, |it| it.span);
            checker.report(
                Diagnostic::error(codes::BAD_ARGUMENT, span, format!("`{size}` is no size"))
                    .help("write \"5MB\""),
            );
        }
        bytes
    });
    Upload { accept, max_size_bytes }
}

/// `5MB`, `200 KB`, `1GB`, `512`; units are powers of 1,024.
fn size_in_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" => 1 << 10,
        "M" | "MB" => 1 << 20,
        "G" | "GB" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Two fields of one table cannot share a column.
fn check_columns(checker: &mut Checker, shape: &Shape<'_>) {
    let mut seen: std::collections::BTreeMap<&str, &ast::Field> = std::collections::BTreeMap::new();
    for (_, field, kind) in shape.each() {
        if matches!(kind, Kind::Model(_)) {
            continue;
        }
        let column = field_text(field, "map").unwrap_or(&field.name.text);
        if let Some(first) = seen.insert(column, field) {
            let message =
                format!("`{}` and `{}` share the column `{column}`", first.name.text, field.name.text);
            checker.report(
                Diagnostic::error(codes::DUPLICATE_NAME, field.span, message)
                    .related(first.span, "the first"),
            );
        }
    }
}

/// A value cannot contain itself, unless the way leads through a list or null.
fn check_cycles(checker: &mut Checker, outline: &Outline<'_>) {
    for (number, shape) in (0..=u16::MAX).zip(&outline.types) {
        let start = TypeId(number);
        let mut waiting = vec![start];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(inner) = waiting.pop().and_then(|id| outline.composite(id)) {
            for (_, field, kind) in inner.each() {
                if let (Kind::Composite(next), ast::Arity::Required) = (kind, field.ty.arity) {
                    if next == start {
                        checker.report(
                            Diagnostic::error(
                                codes::CYCLE,
                                field.ty.span,
                                format!("`{}` contains itself", shape.name()),
                            )
                            .help("make the field optional or a list"),
                        );
                    } else if seen.insert(next) {
                        waiting.push(next);
                    }
                }
            }
        }
    }
}
