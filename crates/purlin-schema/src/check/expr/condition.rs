//! Expressions that are true or false.

use super::calls::is_condition_call;
use super::env::{Env, Scope};
use super::value::Value;
use crate::ast::{BinaryOp, CollectionOp, Expr, ExprKind, Ident, LogicOp};
use crate::check::shape::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Condition, Literal, Operand, Quantifier, Scalar};

impl<'e> Env<'_, '_, 'e> {
    pub(super) fn condition(&mut self, expr: &'e Expr) -> Option<Condition> {
        match &expr.kind {
            ExprKind::Logic { op, operands } => {
                // Every operand is looked at, so that all problems are found.
                let conditions: Vec<_> = operands.iter().map(|operand| self.condition(operand)).collect();
                let conditions = conditions.into_iter().collect::<Option<Vec<_>>>()?;
                Some(match op {
                    LogicOp::And => Condition::All(conditions),
                    LogicOp::Or => Condition::Any(conditions),
                })
            }
            ExprKind::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner)?))),
            ExprKind::Binary { op: BinaryOp::In, left, right } => self.membership(left, right),
            ExprKind::Binary { op, left, right } => self.comparison(*op, left, right, expr.span),
            ExprKind::Collection { op, list, binding, condition } => {
                self.collection(*op, list, binding.as_ref(), condition)
            }
            ExprKind::Call { name, args } if is_condition_call(name) => {
                self.call_condition(name, args, expr.span)
            }
            _ => {
                let value = self.value(expr)?;
                self.truth(value, expr)
            }
        }
    }

    /// A value standing as a condition.
    fn truth(&mut self, value: Value<'e>, expr: &Expr) -> Option<Condition> {
        match value {
            Value::Literal(Literal::Boolean(value)) => Some(Condition::Constant(value)),
            Value::Path { path, ty } if ty.kind == Kind::Scalar(Scalar::Boolean) && !ty.is_list => {
                self.refuse_member(&path, expr.span)?;
                Some(Condition::Truth(Operand::Path(path)))
            }
            other => {
                let help = match &other {
                    Value::Path { ty, .. } if matches!(ty.kind, Kind::Model(_)) && !ty.is_list => {
                        "to ask whether it is there, write `!= null`"
                    }
                    Value::Path { ty, .. } if matches!(ty.kind, Kind::Model(_)) => {
                        "ask about its elements with ?[…], ![…] or ^[…]"
                    }
                    _ => "compare it with something, for example `== true` or `!= null`",
                };
                let message = format!("{} is neither true nor false", other.describe(self.outline));
                self.report(Diagnostic::error(codes::NOT_A_CONDITION, expr.span, message).help(help))
            }
        }
    }

    fn collection(
        &mut self,
        op: CollectionOp,
        list: &'e Expr,
        binding: Option<&'e Ident>,
        condition: &'e Expr,
    ) -> Option<Condition> {
        let value = self.value(list)?;
        let (path, target) = match value {
            Value::Path { path, ty } => match ty.kind {
                Kind::Model(target) if ty.is_list => (path, target),
                Kind::Model(_) => {
                    return self.report(
                        Diagnostic::error(
                            codes::LIST_ACCESS,
                            list.span,
                            "this is one row, not a list of rows",
                        )
                        .help("write its conditions directly: owner.name == '…'"),
                    );
                }
                _ => {
                    return self.report(
                        Diagnostic::error(codes::LIST_ACCESS, list.span, "this is no relation")
                            .help("for lists of values use has(list, value), hasSome, hasEvery or isEmpty"),
                    );
                }
            },
            other => {
                let message = format!("{} is no relation", other.describe(self.outline));
                return self.error(codes::LIST_ACCESS, list.span, message);
            }
        };
        if let Some(binding) = binding {
            let is_taken = self.scopes.iter().any(|scope| scope.binding == Some(binding.as_str()))
                || self.outline.model(target).is_some_and(|shape| shape.field(&binding.text).is_some());
            if is_taken {
                let message = format!("`{}` already means something here", binding.text);
                return self.error(codes::DUPLICATE_NAME, binding.span, message);
            }
        }
        self.scopes.push(Scope { model: target, binding: binding.map(Ident::as_str) });
        let condition = self.condition(condition);
        self.scopes.pop();
        let quantifier = match op {
            CollectionOp::Some => Quantifier::Some,
            CollectionOp::Every => Quantifier::Every,
            CollectionOp::None => Quantifier::None,
        };
        Some(Condition::Collection { quantifier, path, condition: Box::new(condition?) })
    }
}
