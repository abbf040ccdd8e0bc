//! Rules and conditions: from what is written to `model::Condition`, with every name
//! resolved and every comparison typed.

mod calls;
mod compare;
mod condition;
mod env;
mod membership;
mod resolve;
mod value;

use super::checker::Checker;
use super::outline::Outline;
use super::relations::Relations;
use super::shape::Kind;
use crate::ast::{self, Expr};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Condition, Operand};
use env::Env;
use value::Value;

pub(super) use env::{Place, Rule, has_implicit_check};

/// Compiles the condition of a rule; `None` after a report.
pub(super) fn condition(
    checker: &mut Checker,
    outline: &Outline<'_>,
    relations: &Relations,
    place: Place,
    rule: Rule<'_>,
    expr: &Expr,
) -> Option<Condition> {
    Env::new(checker, outline, relations, place, rule).condition(expr)
}

/// `auth().x` as the default of a field.
pub(super) fn default_operand(
    checker: &mut Checker,
    outline: &Outline<'_>,
    relations: &Relations,
    place: Place,
    expr: &Expr,
    field: &ast::Field,
    kind: Kind,
) -> Option<Operand> {
    let value = Env::new(checker, outline, relations, place, Rule::Default).value(expr)?;
    let Value::Path { path, ty } = value else { return None };
    if ty.kind == kind && ty.is_list == (field.ty.arity == ast::Arity::List) {
        return Some(Operand::Path(path));
    }
    let message =
        format!("`{}` is {}, but this is {}", field.name.text, field.ty.name.text, ty.describe(outline));
    let mut diagnostic = Diagnostic::error(codes::BAD_DEFAULT, expr.span, message);
    if matches!(ty.kind, Kind::Model(_)) {
        diagnostic = diagnostic.help("name a field of it, such as auth().id");
    }
    checker.report(diagnostic);
    None
}
