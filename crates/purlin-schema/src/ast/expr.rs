//! Expressions: default values, attribute arguments and access rules share one grammar.
//! `&&` and `||` hold all their operands in one node, so that long rules are not deep.

use super::Ident;
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    String(String),
    /// The text as written: a default may be wider than any machine number.
    Number(String),
    Bool(bool),
    Null,
    This,
    Name(String),
    Array(Vec<Expr>),
    Object(Vec<ObjectField>),
    Member {
        target: Box<Expr>,
        member: Ident,
    },
    /// `name(args)`: a function, or an index field with options.
    Call {
        name: Ident,
        args: Vec<Arg>,
    },
    Not(Box<Expr>),
    Binary {
        op: BinaryOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Two or more operands joined by the same operator.
    Logic {
        op: LogicOp,
        operands: Vec<Expr>,
    },
    /// `list?[condition]`, `list![condition]`, `list^[condition]`
    Collection {
        op: CollectionOp,
        list: Box<Expr>,
        binding: Option<Ident>,
        condition: Box<Expr>,
    },
    /// Stands where an expression was missing; already reported.
    Missing,
}

/// `value` or `name: value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arg {
    pub name: Option<Ident>,
    pub value: Expr,
    pub span: Span,
}

/// `key: value` in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectField {
    pub key: Ident,
    pub value: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
}

impl BinaryOp {
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterEqual => ">=",
            BinaryOp::In => "in",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicOp {
    And,
    Or,
}

impl LogicOp {
    pub fn as_str(self) -> &'static str {
        match self {
            LogicOp::And => "&&",
            LogicOp::Or => "||",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CollectionOp {
    /// `?[ ]`: at least one.
    Some,
    /// `![ ]`: all, and so also none at all.
    Every,
    /// `^[ ]`: not one.
    None,
}
