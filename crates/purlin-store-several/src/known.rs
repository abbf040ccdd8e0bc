//! Conditions over nothing but values, which need no database.

use purlin_core::statement::{Filter, Operand};
use purlin_core::value::{Value, compare};

/// The truth of a leaf all of whose operands are parameters.
pub(crate) fn truth(filter: &Filter, params: &[Value]) -> Option<bool> {
    let value = |operand| known(operand, params);
    Some(match filter {
        Filter::Always => true,
        Filter::Never => false,
        Filter::IsNull(operand) => value(operand)?.is_null(),
        Filter::Truth(operand) => *value(operand)? == Value::Boolean(true),
        Filter::Compare { op, left, right } => compare::compare(*op, value(left)?, value(right)?),
        Filter::In { value: wanted, list } => {
            compare::list(purlin_core::schema::ListOp::Has, value(list)?, Some(value(wanted)?))
        }
        Filter::Text { op, value: text, argument, ignore_case } => {
            compare::text(*op, value(text)?, value(argument)?, *ignore_case)
        }
        _ => return None,
    })
}

fn known<'v>(operand: &'v Operand, params: &'v [Value]) -> Option<&'v Value> {
    match operand {
        Operand::Param(param) => params.get(usize::try_from(param.0).ok()?),
        Operand::Constant(constant) => Some(constant.value()),
        Operand::Column { .. } | Operand::Loaded(_) => None,
    }
}

/// The filter with what is known in it decided.
pub(crate) fn fold(filter: Filter, params: &[Value]) -> Filter {
    match filter {
        Filter::All(parts) => Filter::all(parts.into_iter().map(|part| fold(part, params))),
        Filter::Any(parts) => Filter::any(parts.into_iter().map(|part| fold(part, params))),
        Filter::Not(inner) => Filter::not(fold(*inner, params)),
        leaf => truth(&leaf, params).map_or(leaf, Filter::constant),
    }
}
