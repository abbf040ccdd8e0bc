//! Keys and indexes.

use super::Engine;
use super::native::{self, Native};
use super::scope::{Found, Scope};
use crate::model::{
    FieldCondition, FieldKind, IndexField, IndexKind, Link, Literal, Model, PartialIndex, Scalar,
};
use crate::source::Span;

/// Bytes of all fields of a key of `InnoDB`, and their number.
const LONGEST_KEY: u64 = 3072;
const MOST_FIELDS: usize = 16;

/// A key or an index of either kind.
struct Key<'s> {
    subject: String,
    span: Span,
    parts: &'s [IndexField],
}

fn keys(model: &Model) -> Vec<Key<'_>> {
    let named = |what: &str, parts: &[IndexField]| {
        let names: Vec<&str> = parts.iter().map(|part| model.field(part.field).name.as_str()).collect();
        format!("the {what} ({}) of `{}`", names.join(", "), model.name)
    };
    let key = &model.primary_key;
    let mut all = Vec::new();
    if !key.fields.is_empty() {
        all.push(Key { subject: named("primary key", &key.fields), span: key.span, parts: &key.fields });
    }
    all.extend(model.uniques.iter().map(|unique| Key {
        subject: named("unique key", &unique.fields),
        span: unique.span,
        parts: &unique.fields,
    }));
    all.extend(
        model
            .indexes
            .iter()
            .filter(|index| index.kind == IndexKind::BTree && !has_member(&index.fields))
            .map(|index| Key {
                subject: named("index", &index.fields),
                span: index.span,
                parts: &index.fields,
            }),
    );
    all
}

fn has_member(parts: &[IndexField]) -> bool {
    parts.iter().any(|part| !part.path.is_empty())
}

fn unique_subject(model: &Model, parts: &[IndexField]) -> String {
    let names: Vec<&str> = parts.iter().map(|part| model.field(part.field).name.as_str()).collect();
    format!("the unique key ({}) of `{}`", names.join(", "), model.name)
}

/// What is too long for a key of `InnoDB`, or has no length at all.
pub(super) fn too_long(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        for key in keys(model) {
            if let Some(detail) = excess(scope, model, key.parts) {
                found.push(Found::new(key.span, key.subject).detail(detail));
            }
        }
        for field in &model.fields {
            let Some(Link::Owning { fields, .. }) = field.relation().map(|relation| &relation.link) else {
                continue;
            };
            let long = fields.iter().find(|id| key_bytes(scope, model, &whole(**id)).is_none());
            if let Some(long) = long {
                let detail = format!("{} has no length", model.field(*long).name);
                let subject = format!("the foreign key of `{}.{}`", model.name, field.name);
                found.push(Found::new(field.span, subject).detail(detail));
            }
        }
    }
    found
}

fn whole(field: crate::model::FieldId) -> IndexField {
    IndexField { field, path: Vec::new(), sort: crate::model::SortOrder::default(), length: None, ops: None }
}

fn excess(scope: &Scope<'_>, model: &Model, parts: &[IndexField]) -> Option<String> {
    if parts.len() > MOST_FIELDS {
        return Some(format!("it has {} fields", parts.len()));
    }
    let mut total = 0;
    for part in parts {
        match key_bytes(scope, model, part) {
            Some(bytes) => total += bytes,
            None => return Some(format!("{} has no length", model.field(part.field).name)),
        }
    }
    (total > LONGEST_KEY).then(|| format!("it needs {total} bytes"))
}

/// `None` where only the beginning of a value can be in a key.
fn key_bytes(scope: &Scope<'_>, model: &Model, part: &IndexField) -> Option<u64> {
    let field = model.field(part.field);
    if field.is_list() {
        return None;
    }
    let honoured = field.native_type.as_ref().filter(|_| native::of(scope, model, field) == Native::Honoured);
    let native = honoured.map_or("", |native| native.name.as_str());
    let is_bytes = native.ends_with("Binary")
        || native.ends_with("Blob")
        || matches!(field.kind, FieldKind::Scalar(Scalar::Bytes));
    if let Some(length) = part.length {
        return Some(u64::from(length) * if is_bytes { 1 } else { 4 });
    }
    let length =
        |usual| honoured.and_then(|it| it.arguments.first()).and_then(|it| it.parse().ok()).unwrap_or(usual);
    match native {
        "VarChar" => return Some(length(191) * 4),
        "Char" => return Some(length(1) * 4),
        "VarBinary" => return Some(length(191)),
        "Binary" => return Some(length(1)),
        "Json" => return None,
        other if other.ends_with("Text") || other.ends_with("Blob") => return None,
        _ => {}
    }
    match &field.kind {
        FieldKind::Scalar(Scalar::String) | FieldKind::Enum(_) => Some(191 * 4),
        FieldKind::Scalar(Scalar::Bytes) => Some(191),
        FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_) => None,
        FieldKind::Scalar(Scalar::Decimal) => Some(30),
        _ => Some(8),
    }
}

/// Types of PostgreSQL that have no order.
pub(super) fn without_order(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        for key in keys(model) {
            let unordered = key.parts.iter().map(|part| model.field(part.field)).find(|field| {
                let name = field.native_type.as_ref().map_or("", |native| native.name.as_str());
                native::of(scope, model, field) == Native::Honoured && matches!(name, "Json" | "Xml")
            });
            if let Some(field) = unordered {
                found.push(Found::new(key.span, key.subject).detail(format!("{} has no order", field.name)));
            }
        }
    }
    found
}

/// Unique keys with a condition that the engine cannot ask: on MySQL any.
pub(super) fn conditions(scope: &Scope<'_>) -> Vec<Found> {
    let cannot = |partial: &PartialIndex| match partial {
        _ if scope.engine != Engine::MongoDb => true,
        PartialIndex::Raw(_) => true,
        PartialIndex::Fields(fields) => fields.iter().any(
            |(_, condition)| matches!(condition, FieldCondition::Not(literal) if *literal != Literal::Null),
        ),
    };
    uniques(scope, |unique| unique.partial.as_ref().is_some_and(cannot))
}

/// `where: raw("…")` of another engine.
pub(super) fn raw_conditions(scope: &Scope<'_>) -> Vec<Found> {
    let is_raw = |partial: Option<&PartialIndex>| matches!(partial, Some(PartialIndex::Raw(_)));
    let mut found = Vec::new();
    for model in scope.models().filter(|model| !scope.is_home(model)) {
        let uniques = model.uniques.iter().map(|unique| (unique.partial.as_ref(), unique.span));
        let indexes = model.indexes.iter().map(|index| (index.partial.as_ref(), index.span));
        for (_, span) in uniques.chain(indexes).filter(|(partial, _)| is_raw(*partial)) {
            found.push(Found::new(span, format!("a condition of `{}`", model.name)));
        }
    }
    found
}

/// `@@unique([address.city])`.
pub(super) fn unique_members(scope: &Scope<'_>) -> Vec<Found> {
    uniques(scope, |unique| has_member(&unique.fields))
}

/// `@@unique([name(length: 10)])`.
pub(super) fn unique_prefixes(scope: &Scope<'_>) -> Vec<Found> {
    uniques(scope, |unique| unique.fields.iter().any(|part| part.length.is_some()))
}

fn uniques(scope: &Scope<'_>, is_it: impl Fn(&crate::model::Unique) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        for unique in model.uniques.iter().filter(|unique| is_it(unique)) {
            found.push(Found::new(unique.span, unique_subject(model, &unique.fields)));
        }
    }
    found
}

/// Indexes that only other engines have. They serve speed, so they are left out.
pub(super) fn left_out(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        let indexes = model.indexes.iter();
        for index in indexes.filter(|index| index.kind != IndexKind::BTree || has_member(&index.fields)) {
            found.push(Found::new(index.span, format!("an index of `{}`", model.name)));
        }
    }
    found
}

/// Two lists in one index.
pub(super) fn several_lists(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        for index in &model.indexes {
            if index.fields.iter().filter(|part| model.field(part.field).is_list()).count() > 1 {
                found.push(Found::new(index.span, format!("an index of `{}`", model.name)));
            }
        }
    }
    found
}
