//! A model or type with everything it inherits and mixes in, in order.

use std::collections::BTreeMap;

use super::attributes::find;
use crate::ast::{self, Attribute, Expr, ExprKind};
use crate::model::{EnumId, FieldId, ModelId, Scalar, TypeId};

/// What a field's type name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Scalar),
    Enum(EnumId),
    Composite(TypeId),
    Model(ModelId),
    Unsupported,
    /// Already reported.
    Unknown,
}

#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) ast: &'a ast::Model,
    pub(super) fields: Vec<&'a ast::Field>,
    pub(super) attributes: Vec<&'a Attribute>,
    /// Of each field, in the same order.
    pub(super) kinds: Vec<Kind>,
    pub(super) by_name: BTreeMap<&'a str, FieldId>,
    /// Whether what it extends or mixes in is missing: its own gaps may come from that.
    pub(super) is_incomplete: bool,
}

impl<'a> Shape<'a> {
    pub(super) fn name(&self) -> &'a str {
        &self.ast.name.text
    }

    pub(super) fn is_view(&self) -> bool {
        self.ast.kind == ast::ModelKind::View
    }

    pub(super) fn field(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(name).copied()
    }

    pub(super) fn ast_of(&self, id: FieldId) -> Option<&'a ast::Field> {
        self.fields.get(id.index()).copied()
    }

    pub(super) fn kind(&self, id: FieldId) -> Kind {
        self.kinds.get(id.index()).copied().unwrap_or(Kind::Unknown)
    }

    pub(super) fn arity(&self, id: FieldId) -> ast::Arity {
        self.ast_of(id).map_or(ast::Arity::Required, |field| field.ty.arity)
    }

    /// All fields with their ids and kinds.
    pub(super) fn each(&self) -> impl Iterator<Item = (FieldId, &'a ast::Field, Kind)> {
        (0..=u16::MAX)
            .map(FieldId)
            .zip(&self.fields)
            .zip(&self.kinds)
            .map(|((id, field), kind)| (id, *field, *kind))
    }

    pub(super) fn field_names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|it| it.name.text == attribute)
    }

    /// The text of the single argument of an attribute such as `@@map("t")`; the last one
    /// counts, so that a model's own wins over one it inherits.
    pub(super) fn text_of(&self, attribute: &str) -> Option<&'a str> {
        let attribute = self.attributes.iter().rev().find(|it| it.name.text == attribute)?;
        text(&attribute.args.first()?.value)
    }
}

pub(super) fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::String(text) => Some(text),
        _ => None,
    }
}

/// The text of the first argument of a field's attribute.
pub(super) fn field_text<'a>(field: &'a ast::Field, attribute: &str) -> Option<&'a str> {
    find(&field.attributes, attribute).and_then(|it| it.args.first()).and_then(|arg| text(&arg.value))
}

pub(super) fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "String" => Scalar::String,
        "Boolean" => Scalar::Boolean,
        "Int" => Scalar::Int,
        "BigInt" => Scalar::BigInt,
        "Float" => Scalar::Float,
        "Decimal" => Scalar::Decimal,
        "DateTime" => Scalar::DateTime,
        "Json" => Scalar::Json,
        "Bytes" => Scalar::Bytes,
        _ => return None,
    })
}

pub(super) const SCALARS: &[&str] =
    &["String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"];

pub(super) fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "String",
        Scalar::Boolean => "Boolean",
        Scalar::Int => "Int",
        Scalar::BigInt => "BigInt",
        Scalar::Float => "Float",
        Scalar::Decimal => "Decimal",
        Scalar::DateTime => "DateTime",
        Scalar::Json => "Json",
        Scalar::Bytes => "Bytes",
    }
}
