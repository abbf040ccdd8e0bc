//! What an expression can be before it is compared with anything.

use crate::ast::Expr;
use crate::check::outline::Outline;
use crate::check::shape::{Kind, scalar_name};
use crate::model::{EnumId, Literal, Operand, Path, Scalar};

/// The type of a path or function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ty {
    pub(super) kind: Kind,
    pub(super) is_list: bool,
}

impl Ty {
    pub(super) fn one(scalar: Scalar) -> Self {
        Ty { kind: Kind::Scalar(scalar), is_list: false }
    }

    pub(super) fn describe(self, outline: &Outline<'_>) -> String {
        let name = match self.kind {
            Kind::Scalar(scalar) => scalar_name(scalar).to_owned(),
            Kind::Enum(id) => outline.enumeration(id).map_or(String::new(), |it| it.name.text.clone()),
            Kind::Composite(id) => outline.composite(id).map_or(String::new(), |it| it.name().to_owned()),
            Kind::Model(id) => outline.model(id).map_or(String::new(), |it| it.name().to_owned()),
            Kind::Unsupported => "a type of the database".to_owned(),
            Kind::Unknown => "unknown".to_owned(),
        };
        if self.is_list { format!("{name}[]") } else { name }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Value<'e> {
    Null,
    /// A number, text or truth value.
    Literal(Literal),
    /// A bare name that some enum has; which one, the other side tells.
    Word(String),
    /// `Role.ADMIN`
    Member(EnumId, String),
    /// `[a, b]`, its items still to be typed by the other side.
    List(&'e [Expr]),
    /// A field, a row (type is a model) or rows (a list of a model).
    Path {
        path: Path,
        ty: Ty,
    },
    /// `now()` and the like.
    Computed {
        operand: Operand,
        ty: Ty,
    },
}

impl Value<'_> {
    pub(super) fn describe(&self, outline: &Outline<'_>) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Literal(Literal::Number(_)) => "a number".to_owned(),
            Value::Literal(Literal::Boolean(_)) => "true or false".to_owned(),
            Value::Literal(_) => "a text".to_owned(),
            Value::Word(word) => format!("the enum value {word}"),
            Value::Member(id, _) => outline.enumeration(*id).map_or(String::new(), |it| it.name.text.clone()),
            Value::List(_) => "a list".to_owned(),
            Value::Path { ty, .. } | Value::Computed { ty, .. } => ty.describe(outline),
        }
    }
}
