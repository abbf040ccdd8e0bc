//! `value in list`: against constants, against several values, against a list field.

use super::compare::{guarded, type_of};
use super::env::Env;
use super::value::{Ty, Value};
use crate::ast::Expr;
use crate::check::shape::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{CompareOp, Condition, Literal, Operand};
use crate::source::Span;

impl<'e> Env<'_, '_, 'e> {
    /// `value in list`
    pub(super) fn membership(&mut self, left: &'e Expr, right: &'e Expr) -> Option<Condition> {
        let (value, list) = (self.value(left), self.value(right));
        let (value, list) = (value?, list?);
        for (value, span) in [(&value, left.span), (&list, right.span)] {
            if let Value::Path { path, .. } = value {
                self.refuse_member(path, span)?;
            }
        }
        match list {
            Value::List(items) => {
                let Some(ty) = type_of(&value).filter(|ty| !ty.is_list && !matches!(ty.kind, Kind::Model(_)))
                else {
                    return self.not_a_field(left.span);
                };
                let typed: Vec<_> = items
                    .iter()
                    .map(|item| {
                        let item_value = self.value(item)?;
                        self.unify(CompareOp::Equal, (value.clone(), left.span), (item_value, item.span))
                    })
                    .collect();
                let operands = typed.into_iter().collect::<Option<Vec<_>>>()?;
                let value = self.operand(value, ty, left.span)?;
                Some(self.any_of(value, operands))
            }
            Value::Path { path, ty } if ty.is_list && !matches!(ty.kind, Kind::Model(_)) => {
                let element = Ty { is_list: false, ..ty };
                let value = self.operand(value, element, left.span)?;
                Some(Condition::In { value, list: Operand::Path(path) })
            }
            Value::Path { ty, .. } if ty.is_list => self.report(
                Diagnostic::error(codes::LIST_ACCESS, right.span, "`in` does not look into relations")
                    .help("write relation?[id == …]"),
            ),
            other => {
                let message = format!("{} is no list", other.describe(self.outline));
                self.error(codes::TYPE_MISMATCH, right.span, message)
            }
        }
    }

    fn not_a_field<T>(&mut self, span: Span) -> Option<T> {
        self.error(codes::TYPE_MISMATCH, span, "on the left of `in` stands a field or a value of auth()")
    }

    /// One list if all items are constants, else one comparison for each.
    fn any_of(&self, value: Operand, items: Vec<(Operand, Operand)>) -> Condition {
        let constants: Option<Vec<Literal>> = items.iter().map(|(_, item)| self.constant(item)).collect();
        match constants {
            Some(list) if list.is_empty() => Condition::Constant(false),
            Some(list) => Condition::In { value, list: Operand::Literal(Literal::List(list)) },
            None => Condition::Any(
                items.into_iter().map(|(left, right)| guarded(CompareOp::Equal, left, right)).collect(),
            ),
        }
    }

    /// A constant operand as a literal; members of enums by their names.
    pub(super) fn constant(&self, operand: &Operand) -> Option<Literal> {
        match operand {
            Operand::Literal(literal) => Some(literal.clone()),
            Operand::EnumMember(id, position) => {
                let value = self.outline.enumeration(*id)?.values.get(usize::from(*position))?;
                Some(Literal::String(value.name.text.clone()))
            }
            _ => None,
        }
    }
}
