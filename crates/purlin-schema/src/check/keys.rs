//! Primary keys, unique keys and indexes of every model.

use std::collections::BTreeSet;

use super::attributes::{arg, find, number_arg, text_arg, word_arg};
use super::checker::Checker;
use super::defaults::literal;
use super::outline::Outline;
use super::shape::{Kind, Shape, text};
use crate::ast::{Arity, Attribute, Expr, ExprKind, ObjectField};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    FieldCondition, FieldId, Index, IndexField, IndexKind, PartialIndex, PrimaryKey, Scalar, SortOrder,
    Unique,
};
use crate::source::Span;
use crate::suggest::closest;

#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) primary: Option<PrimaryKey>,
    pub(super) uniques: Vec<Unique>,
    pub(super) indexes: Vec<Index>,
    pub(super) fulltext: Vec<Vec<FieldId>>,
}

impl Keys {
    /// Whether values of these fields, in any order, name at most one row.
    pub(super) fn is_unique(&self, fields: &[FieldId]) -> bool {
        let wanted: BTreeSet<FieldId> = fields.iter().copied().collect();
        let primary = self.primary.iter().map(|key| &key.fields);
        let uniques = self.uniques.iter().filter(|key| key.partial.is_none()).map(|key| &key.fields);
        primary.chain(uniques).any(|key| key.iter().map(|part| part.field).collect::<BTreeSet<_>>() == wanted)
    }

    pub(super) fn is_in_primary(&self, field: FieldId) -> bool {
        self.primary.iter().any(|key| key.fields.iter().any(|part| part.field == field))
    }

    /// The single field of the primary key.
    pub(super) fn single_id(&self) -> Option<FieldId> {
        match self.primary.as_ref()?.fields.as_slice() {
            [part] => Some(part.field),
            _ => None,
        }
    }
}

/// What a key is for decides which fields it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Id,
    Unique,
    Index,
}

pub(super) fn build(checker: &mut Checker, outline: &Outline<'_>) -> Vec<Keys> {
    outline.models.iter().map(|shape| keys_of(checker, shape)).collect()
}

fn keys_of(checker: &mut Checker, shape: &Shape<'_>) -> Keys {
    let mut keys = Keys::default();
    let mut ids: Vec<Span> = Vec::new();
    for (id, field, _) in shape.each() {
        if let Some(attribute) = find(&field.attributes, "id") {
            ids.push(attribute.span);
            let part = single(attribute, id);
            if is_usable(checker, shape, &part, Purpose::Id, attribute.span) {
                keys.primary = Some(PrimaryKey {
                    fields: vec![part],
                    client_name: None,
                    constraint: map(attribute),
                    span: attribute.span,
                });
            }
        }
        if let Some(attribute) = find(&field.attributes, "unique") {
            let part = single(attribute, id);
            if is_usable(checker, shape, &part, Purpose::Unique, attribute.span) {
                keys.uniques.push(Unique {
                    fields: vec![part],
                    client_name: None,
                    constraint: map(attribute),
                    partial: None,
                    span: attribute.span,
                });
            }
        }
    }
    for attribute in &shape.attributes {
        match attribute.name.text.as_str() {
            "id" => {
                ids.push(attribute.span);
                let fields = parts(checker, shape, attribute, Purpose::Id);
                keys.primary = fields.map(|fields| PrimaryKey {
                    fields,
                    client_name: text_arg(attribute, "name").map(str::to_owned),
                    constraint: map(attribute),
                    span: attribute.span,
                });
            }
            "unique" => {
                if let Some(fields) = parts(checker, shape, attribute, Purpose::Unique) {
                    keys.uniques.push(Unique {
                        fields,
                        client_name: text_arg(attribute, "name").map(str::to_owned),
                        constraint: map(attribute),
                        partial: partial(checker, shape, attribute),
                        span: attribute.span,
                    });
                }
            }
            "index" => {
                if let Some(fields) = parts(checker, shape, attribute, Purpose::Index) {
                    keys.indexes.push(Index {
                        fields,
                        name: map(attribute).or_else(|| text_arg(attribute, "name").map(str::to_owned)),
                        kind: index_kind(attribute),
                        partial: partial(checker, shape, attribute),
                        span: attribute.span,
                    });
                }
            }
            "fulltext" => {
                if let Some(fields) = parts(checker, shape, attribute, Purpose::Index) {
                    for part in &fields {
                        require_searchable(checker, shape, part, attribute.span);
                    }
                    keys.fulltext.push(fields.into_iter().map(|part| part.field).collect());
                }
            }
            _ => {}
        }
    }
    let marked: Vec<FieldId> = shape
        .each()
        .filter(|(_, field, _)| find(&field.attributes, "fullText").is_some())
        .map(|(id, ..)| id)
        .collect();
    if !marked.is_empty() {
        keys.fulltext.push(marked);
    }
    if let (Some(&first), Some(&second)) = (ids.first(), ids.get(1)) {
        checker.report(
            Diagnostic::error(codes::SEVERAL_IDS, second, format!("`{}` has two primary keys", shape.name()))
                .related(first, "the first")
                .help("for a key of several fields write @@id([a, b])"),
        );
    }
    if ids.is_empty() {
        promote_unique(checker, shape, &mut keys);
    }
    keys
}

/// A model without `@id` is keyed by its first required unique key.
fn promote_unique(checker: &mut Checker, shape: &Shape<'_>, keys: &mut Keys) {
    let is_key = |unique: &Unique| {
        unique.partial.is_none()
            && unique.fields.iter().all(|part| shape.arity(part.field) == Arity::Required)
    };
    if let Some(position) = keys.uniques.iter().position(is_key) {
        let unique = keys.uniques.remove(position);
        keys.primary = Some(PrimaryKey {
            fields: unique.fields,
            client_name: unique.client_name,
            constraint: unique.constraint,
            span: unique.span,
        });
    } else if !shape.is_view() && !shape.has("ignore") && !shape.fields.is_empty() && !shape.is_incomplete {
        let message = format!("`{}` has no field that names one row", shape.name());
        let help = match shape.field("id").and_then(|id| shape.ast_of(id)) {
            Some(field) => format!("mark the field: `id {} @id`", field.ty.name.text),
            None => "add `id String @id @default(uuid())`, or mark a field @id or @unique".to_owned(),
        };
        checker.report(Diagnostic::error(codes::MISSING_ID, shape.ast.name.span, message).help(help));
    }
}

fn map(attribute: &Attribute) -> Option<String> {
    text_arg(attribute, "map").map(str::to_owned)
}

fn sort_order(word: Option<&str>) -> SortOrder {
    if word == Some("Desc") { SortOrder::Descending } else { SortOrder::Ascending }
}

fn index_kind(attribute: &Attribute) -> IndexKind {
    match word_arg(attribute, "type") {
        Some("Hash") => IndexKind::Hash,
        Some("Gist") => IndexKind::Gist,
        Some("Gin") => IndexKind::Gin,
        Some("SpGist") => IndexKind::SpGist,
        Some("Brin") => IndexKind::Brin,
        _ => IndexKind::BTree,
    }
}

fn single(attribute: &Attribute, field: FieldId) -> IndexField {
    IndexField {
        field,
        path: Vec::new(),
        sort: sort_order(word_arg(attribute, "sort")),
        length: number_arg(attribute, "length"),
        ops: None,
    }
}

/// The fields of a block attribute; `None` if any of them has an error.
fn parts(
    checker: &mut Checker,
    shape: &Shape<'_>,
    attribute: &Attribute,
    purpose: Purpose,
) -> Option<Vec<IndexField>> {
    let list = arg(attribute, "fields")?;
    let items = match &list.kind {
        ExprKind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    let mut parts: Vec<IndexField> = Vec::new();
    let mut is_sound = true;
    for item in items {
        let part = part(checker, shape, attribute, item)
            .filter(|part| is_usable(checker, shape, part, purpose, item.span));
        let Some(part) = part else {
            is_sound = false;
            continue;
        };
        if parts.iter().any(|other| other.field == part.field && other.path == part.path) {
            checker.error(codes::BAD_KEY_FIELD, item.span, "this field is in the list twice");
            is_sound = false;
        }
        parts.push(part);
    }
    is_sound.then_some(parts)
}

/// `name`, `name(sort: Desc, length: 5, ops: X)` or `address.city`.
fn part(checker: &mut Checker, shape: &Shape<'_>, attribute: &Attribute, item: &Expr) -> Option<IndexField> {
    let mut path = Vec::new();
    let mut root = item;
    while let ExprKind::Member { target, member } = &root.kind {
        path.insert(0, member.text.clone());
        root = target;
    }
    let (name, args) = match &root.kind {
        ExprKind::Name(name) => (name.as_str(), &[][..]),
        ExprKind::Call { name, args } => (name.as_str(), args.as_slice()),
        _ => return None,
    };
    let field = field_named(checker, shape, name, root.span)?;
    let mut part = IndexField { path, ..single(attribute, field) };
    for arg in args {
        match (arg.name.as_ref().map(|name| name.text.as_str()), &arg.value.kind) {
            (Some("sort"), ExprKind::Name(word)) if word == "Asc" || word == "Desc" => {
                part.sort = sort_order(Some(word));
            }
            (Some("length"), ExprKind::Number(number)) => part.length = number.parse().ok(),
            (Some("ops"), ExprKind::Name(ops)) => part.ops = Some(ops.clone()),
            (Some("ops"), ExprKind::Call { name, args }) if name.text == "raw" => {
                part.ops = args.first().and_then(|arg| text(&arg.value)).map(str::to_owned);
            }
            _ => checker.report(
                Diagnostic::error(codes::BAD_ARGUMENT, arg.span, "fields of a key take sort, length and ops")
                    .help("write sort: Desc, length: 20 or ops: raw(\"…\")"),
            ),
        }
    }
    Some(part)
}

/// A field by name, or a report with the nearest one.
pub(super) fn field_named(
    checker: &mut Checker,
    shape: &Shape<'_>,
    name: &str,
    span: Span,
) -> Option<FieldId> {
    let found = shape.field(name);
    if found.is_none() {
        let near = closest(name, shape.field_names());
        checker.report(
            Diagnostic::error(
                codes::UNKNOWN_FIELD,
                span,
                format!("`{}` has no field `{name}`", shape.name()),
            )
            .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
        );
    }
    found
}

fn is_usable(
    checker: &mut Checker,
    shape: &Shape<'_>,
    part: &IndexField,
    purpose: Purpose,
    span: Span,
) -> bool {
    let Some(field) = shape.ast_of(part.field) else { return false };
    let name = &field.name.text;
    let arity = field.ty.arity;
    let is_index = purpose == Purpose::Index;
    let (problem, help) = match shape.kind(part.field) {
        Kind::Unknown => return false,
        Kind::Model(_) => ("is a relation", "name the field that holds its key"),
        Kind::Composite(_) if !is_index => ("is a composite value", "keys are made of plain fields"),
        _ if arity == Arity::List && !is_index => ("is a list", "keys are made of single values"),
        _ if arity == Arity::Optional && purpose == Purpose::Id => {
            ("is optional", "a primary key always has a value: remove the `?`")
        }
        _ => return true,
    };
    checker.report(
        Diagnostic::error(
            codes::BAD_KEY_FIELD,
            span,
            format!("`{name}` {problem} and cannot be part of this"),
        )
        .help(help),
    );
    false
}

/// A search is in texts, and tells of what it finds.
fn require_searchable(checker: &mut Checker, shape: &Shape<'_>, part: &IndexField, span: Span) {
    let Some(field) = shape.ast_of(part.field) else { return };
    let name = &field.name.text;
    let is_text = matches!(shape.kind(part.field), Kind::Scalar(Scalar::String));
    let is_hidden = ["omit", "password"].iter().any(|hides| find(&field.attributes, hides).is_some());
    let (problem, help) = if !is_text || field.ty.arity == Arity::List || !part.path.is_empty() {
        ("is no text", "name fields of the type String")
    } else if is_hidden {
        ("is hidden from everybody", "a search would tell what is in it: leave it out")
    } else {
        return;
    };
    let message = format!("`{name}` {problem} and cannot be searched");
    checker.report(Diagnostic::error(codes::BAD_KEY_FIELD, span, message).help(help));
}

fn partial(checker: &mut Checker, shape: &Shape<'_>, attribute: &Attribute) -> Option<PartialIndex> {
    let value = arg(attribute, "where")?;
    match &value.kind {
        ExprKind::Call { name, args } if name.text == "raw" => {
            if let Some(sql) = args.first().and_then(|arg| text(&arg.value)) {
                return Some(PartialIndex::Raw(sql.to_owned()));
            }
        }
        ExprKind::Object(fields) => {
            let conditions = fields.iter().filter_map(|field| condition(checker, shape, field)).collect();
            return Some(PartialIndex::Fields(conditions));
        }
        _ => {}
    }
    checker.report(
        Diagnostic::error(codes::BAD_ARGUMENT, value.span, "`where` must be raw(\"SQL\") or an object")
            .help("write where: { deletedAt: null } or where: { status: { not: \"draft\" } }"),
    );
    None
}

fn condition(
    checker: &mut Checker,
    shape: &Shape<'_>,
    entry: &ObjectField,
) -> Option<(FieldId, FieldCondition)> {
    let field = field_named(checker, shape, &entry.key.text, entry.key.span)?;
    if let ExprKind::Object(inner) = &entry.value.kind {
        if let [only] = inner.as_slice()
            && only.key.text == "not"
        {
            return Some((field, FieldCondition::Not(literal(&only.value)?)));
        }
        checker.error(codes::BAD_ARGUMENT, entry.value.span, "only { not: value } can stand here");
        return None;
    }
    Some((field, FieldCondition::Is(literal(&entry.value)?)))
}

/// The fields that name one row of a model, as `build` chooses them, without reports.
pub(super) fn key_fields(shape: &Shape<'_>) -> Vec<FieldId> {
    let mut quiet = Checker::default();
    let keys = keys_of(&mut quiet, shape);
    keys.primary.map_or(Vec::new(), |key| key.fields.into_iter().map(|part| part.field).collect())
}
