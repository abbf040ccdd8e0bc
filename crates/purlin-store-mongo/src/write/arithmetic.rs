//! Calculated changes; each fails where the result does not fit the type.

use bigdecimal::{BigDecimal, Zero};
use purlin_core::error::Error;
use purlin_core::schema::{Field, FieldKind, Scalar};
use purlin_core::value::{Decimal, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

const NO_DIVISOR: &str = "cannot be divided by zero";
const TOO_LARGE: &str = "the result is too large";
const NOT_AN_INT: &str = "the result must lie between -2147483648 and 2147483647";

/// Null in, null out.
pub(super) fn calculate(
    operation: Operation,
    field: &Field,
    left: &Value,
    right: &Value,
) -> Result<Value, Error> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    let result = match &field.kind {
        FieldKind::Scalar(Scalar::Int) => integer(operation, left, right).and_then(|number| {
            i32::try_from(number).map_err(|_| NOT_AN_INT)?;
            Ok(Value::Int(number))
        }),
        FieldKind::Scalar(Scalar::BigInt) => integer(operation, left, right).map(Value::Int),
        FieldKind::Scalar(Scalar::Decimal) => decimal(operation, left, right).map(Value::Decimal),
        _ => float(operation, left, right).map(Value::Float),
    };
    result.map_err(|reason| Error::invalid(field.name.as_str(), reason))
}

fn integer(operation: Operation, left: &Value, right: &Value) -> Result<i64, &'static str> {
    let (Value::Int(left), Value::Int(right)) = (left, right) else { return Err(TOO_LARGE) };
    let result = match operation {
        Operation::Add => left.checked_add(*right),
        Operation::Subtract => left.checked_sub(*right),
        Operation::Multiply => left.checked_mul(*right),
        Operation::Divide if *right == 0 => return Err(NO_DIVISOR),
        Operation::Divide => left.checked_div(*right),
    };
    result.ok_or(TOO_LARGE)
}

fn float(operation: Operation, left: &Value, right: &Value) -> Result<f64, &'static str> {
    let (Some(left), Some(right)) = (real(left), real(right)) else { return Err(TOO_LARGE) };
    let result = match operation {
        Operation::Add => left + right,
        Operation::Subtract => left - right,
        Operation::Multiply => left * right,
        Operation::Divide if right == 0.0 => return Err(NO_DIVISOR),
        Operation::Divide => left / right,
    };
    if result.is_finite() { Ok(result) } else { Err(TOO_LARGE) }
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        Value::Int(number) => Some(*number as f64),
        _ => None,
    }
}

/// What a `Decimal128` holds.
const DIGITS: u64 = 34;

fn decimal(operation: Operation, left: &Value, right: &Value) -> Result<Decimal, &'static str> {
    let (Some(left), Some(right)) = (exact(left), exact(right)) else { return Err(TOO_LARGE) };
    let (left, right) = (left.as_big_decimal(), right.as_big_decimal());
    let result: BigDecimal = match operation {
        Operation::Add => left + right,
        Operation::Subtract => left - right,
        Operation::Multiply => left * right,
        Operation::Divide if right.is_zero() => return Err(NO_DIVISOR),
        // As many places as columns keep.
        Operation::Divide => (left / right).round(30),
    };
    let result = result.normalized();
    if operation != Operation::Divide && result.digits() > DIGITS {
        return Err(TOO_LARGE);
    }
    let result = if result.digits() > DIGITS { result.with_prec(DIGITS) } else { result };
    Decimal::parse(&result.to_plain_string()).map_err(|_| TOO_LARGE)
}

fn exact(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(number) => Some(number.clone()),
        Value::Int(number) => Some(Decimal::from(*number)),
        Value::Float(number) => Decimal::parse(&number.to_string()).ok(),
        _ => None,
    }
}
