//! The syntax tree: what was written, before any name is resolved. Every node has a span;
//! documentation comments are kept verbatim, other comments live in the token stream only.

mod declaration;
mod expr;
mod model;

use crate::source::{FileId, Span};

pub use declaration::{
    AttributeDecl, ConfigBlock, ConfigKind, FunctionDecl, Import, Parameter, Procedure, Setting,
};
pub use expr::{Arg, BinaryOp, CollectionOp, Expr, ExprKind, LogicOp, ObjectField};
pub use model::{
    Arity, Attribute, AttributeLevel, Enum, EnumValue, Field, Member, Model, ModelKind, TypeRef,
};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub file: FileId,
    pub imports: Vec<Import>,
    pub declarations: Vec<Declaration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declaration {
    Config(ConfigBlock),
    Model(Model),
    Enum(Enum),
    Function(FunctionDecl),
    Attribute(AttributeDecl),
    Procedure(Procedure),
}

impl Declaration {
    pub fn span(&self) -> Span {
        match self {
            Declaration::Config(it) => it.span,
            Declaration::Model(it) => it.span,
            Declaration::Enum(it) => it.span,
            Declaration::Function(it) => it.span,
            Declaration::Attribute(it) => it.span,
            Declaration::Procedure(it) => it.span,
        }
    }
}

/// A name as written; `text` is empty where the parser had to invent one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    pub text: String,
    pub span: Span,
}

impl Ident {
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
