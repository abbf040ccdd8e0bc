//! Models, views, composite types, enums and what they contain.

use super::{Arg, Ident, Parameter};
use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    Model,
    View,
    /// `type`: a composite type, a mixin or the shape of `auth()`.
    Type,
}

/// `model`, `view` or `type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub kind: ModelKind,
    pub is_abstract: bool,
    pub name: Ident,
    pub mixins: Vec<Ident>,
    pub base: Option<Ident>,
    /// Fields and block attributes in the order written.
    pub members: Vec<Member>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    Field(Field),
    Attribute(Attribute),
}

impl Member {
    pub fn span(&self) -> Span {
        match self {
            Member::Field(field) => field.span,
            Member::Attribute(attribute) => attribute.span,
        }
    }
}

impl Model {
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.members.iter().filter_map(|member| match member {
            Member::Field(field) => Some(field),
            Member::Attribute(_) => None,
        })
    }

    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.members.iter().filter_map(|member| match member {
            Member::Attribute(attribute) => Some(attribute),
            Member::Field(_) => None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: Ident,
    /// Parameters of a computed field.
    pub params: Vec<Parameter>,
    pub ty: TypeRef,
    pub attributes: Vec<Attribute>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    Required,
    Optional,
    List,
    /// `T[]?`: legal for parameters, refused for fields.
    OptionalList,
}

/// A type as written, such as `Post[]` or `Unsupported("point")?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRef {
    pub name: Ident,
    /// The text of `Unsupported("...")`.
    pub unsupported: Option<String>,
    pub arity: Arity,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    pub name: Ident,
    pub values: Vec<EnumValue>,
    pub attributes: Vec<Attribute>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumValue {
    pub name: Ident,
    pub attributes: Vec<Attribute>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeLevel {
    /// `@name`
    Field,
    /// `@@name`
    Block,
    /// `@@@name`
    Declaration,
}

impl AttributeLevel {
    pub fn sigil(self) -> &'static str {
        match self {
            AttributeLevel::Field => "@",
            AttributeLevel::Block => "@@",
            AttributeLevel::Declaration => "@@@",
        }
    }
}

/// `@default(now())`; `name` holds the dotted name without its `@` signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub level: AttributeLevel,
    pub name: Ident,
    pub args: Vec<Arg>,
    pub doc: Option<String>,
    pub span: Span,
}

impl Attribute {
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.name.as_ref().is_some_and(|ident| ident.text == name))
    }

    /// The argument of this name, or else the one at this place among the unnamed.
    pub fn arg_or_position(&self, name: &str, position: usize) -> Option<&Arg> {
        self.arg(name).or_else(|| self.args.iter().filter(|arg| arg.name.is_none()).nth(position))
    }
}
