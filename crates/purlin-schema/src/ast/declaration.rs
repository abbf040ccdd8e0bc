//! Everything that is not a model or an enum: settings blocks, imports, and the
//! declarations by which ZModel describes its own functions and attributes.

use super::{Attribute, Expr, Ident, TypeRef};
use crate::source::Span;

/// `import "./other"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub path: String,
    pub path_span: Span,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigKind {
    Datasource,
    Generator,
    Plugin,
}

/// `datasource`, `generator` or `plugin` with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigBlock {
    pub kind: ConfigKind,
    pub name: Ident,
    pub settings: Vec<Setting>,
    pub doc: Option<String>,
    pub span: Span,
}

impl ConfigBlock {
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name.text == name)
    }
}

/// `key = value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: Ident,
    pub value: Expr,
    pub span: Span,
}

/// A parameter of a function, procedure, attribute or computed field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: Ident,
    /// `_ name: T`: may be given by position.
    pub is_positional: bool,
    pub ty: TypeRef,
    pub attributes: Vec<Attribute>,
    pub span: Span,
}

/// `function f(a: T): R { body }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDecl {
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub returns: TypeRef,
    pub body: Option<Expr>,
    pub attributes: Vec<Attribute>,
    pub doc: Option<String>,
    pub span: Span,
}

/// `attribute @name(params)`; `name` holds the dotted name without its `@` signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDecl {
    pub level: super::AttributeLevel,
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub attributes: Vec<Attribute>,
    pub doc: Option<String>,
    pub span: Span,
}

/// `mutation procedure p(a: T): R`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    pub name: Ident,
    pub is_mutation: bool,
    pub params: Vec<Parameter>,
    pub returns: TypeRef,
    pub attributes: Vec<Attribute>,
    pub doc: Option<String>,
    pub span: Span,
}
