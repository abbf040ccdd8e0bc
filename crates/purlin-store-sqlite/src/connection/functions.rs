//! The functions and the collation that `purlin_sql`'s SQLite dialect names.

use bigdecimal::{BigDecimal, Zero};
use purlin_core::value::Decimal;
use purlin_core::value::words::has_words;
use purlin_sql::dialect::sqlite::{
    APPEND_FUNCTION, ARITHMETIC_FUNCTION, DECIMAL_COLLATION, LOWER_FUNCTION, WORDS_FUNCTION,
};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

use super::{decimal_order, measures};

/// Begins the message of a calculation that failed; the field and the reason follow.
pub(crate) const ARITHMETIC_PREFIX: &str = "purlin arithmetic: ";

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_collation(DECIMAL_COLLATION, decimal_order::compare)?;
    connection.create_scalar_function(LOWER_FUNCTION, 1, flags, |context| match context.get_raw(0) {
        ValueRef::Text(text) => Ok(Value::Text(String::from_utf8_lossy(text).to_lowercase())),
        other => Ok(Value::try_from(other)?),
    })?;
    connection.create_scalar_function(ARITHMETIC_FUNCTION, 5, flags, arithmetic)?;
    connection.create_scalar_function(WORDS_FUNCTION, 3, flags, |context| {
        // What is no text has no words.
        let (ValueRef::Text(text), ValueRef::Text(wanted)) = (context.get_raw(0), context.get_raw(1)) else {
            return Ok(false);
        };
        let is_prefix = context.get_raw(2).as_i64()? != 0;
        let text = String::from_utf8_lossy(text);
        Ok(has_words(&text, &String::from_utf8_lossy(wanted), is_prefix))
    })?;
    connection.create_scalar_function(APPEND_FUNCTION, 2, flags, append)?;
    measures::register(connection)
}

/// `sign, type, a, b, field`. Null in, null out.
fn arithmetic(context: &Context<'_>) -> rusqlite::Result<Value> {
    let (sign, kind) = (context.get_raw(0).as_str()?, context.get_raw(1).as_str()?);
    let (left, right) = (context.get_raw(2), context.get_raw(3));
    if matches!(left, ValueRef::Null) || matches!(right, ValueRef::Null) {
        return Ok(Value::Null);
    }
    let result = match kind {
        "Int" => integer(sign, left, right).and_then(|number| {
            i32::try_from(number).map_err(|_| "the result must lie between -2147483648 and 2147483647")?;
            Ok(Value::Integer(number))
        }),
        "BigInt" => integer(sign, left, right).map(Value::Integer),
        "Decimal" => decimal(sign, left, right).map(Value::Text),
        _ => float(sign, left, right).map(Value::Real),
    };
    result.map_err(|reason| {
        let field = context.get_raw(4).as_str().unwrap_or_default();
        rusqlite::Error::UserFunctionError(format!("{ARITHMETIC_PREFIX}{field}: {reason}").into())
    })
}

const NO_DIVISOR: &str = "cannot be divided by zero";
const TOO_LARGE: &str = "the result is too large";

fn integer(sign: &str, left: ValueRef<'_>, right: ValueRef<'_>) -> Result<i64, BoxError> {
    let (left, right) = (left.as_i64()?, right.as_i64()?);
    let result = match sign {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        _ if right == 0 => return Err(NO_DIVISOR.into()),
        _ => left.checked_div(right),
    };
    result.ok_or_else(|| TOO_LARGE.into())
}

fn float(sign: &str, left: ValueRef<'_>, right: ValueRef<'_>) -> Result<f64, BoxError> {
    let (left, right) = (real(left)?, real(right)?);
    let result = match sign {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        _ if right == 0.0 => return Err(NO_DIVISOR.into()),
        _ => left / right,
    };
    if result.is_finite() { Ok(result) } else { Err(TOO_LARGE.into()) }
}

fn real(value: ValueRef<'_>) -> Result<f64, BoxError> {
    match value {
        ValueRef::Real(number) => Ok(number),
        #[expect(clippy::cast_precision_loss, reason = "a Float field holds no more")]
        ValueRef::Integer(number) => Ok(number as f64),
        other => Ok(other.as_f64()?),
    }
}

fn decimal(sign: &str, left: ValueRef<'_>, right: ValueRef<'_>) -> Result<String, BoxError> {
    let (left, right) = (exact(left)?, exact(right)?);
    let result: BigDecimal = match sign {
        "+" => left.as_big_decimal() + right.as_big_decimal(),
        "-" => left.as_big_decimal() - right.as_big_decimal(),
        "*" => left.as_big_decimal() * right.as_big_decimal(),
        _ if right.as_big_decimal().is_zero() => return Err(NO_DIVISOR.into()),
        // As many places as PostgreSQL's and MySQL's default columns keep.
        _ => (left.as_big_decimal() / right.as_big_decimal()).round(30),
    };
    let canonical = Decimal::parse(&result.to_plain_string()).map_err(|_| TOO_LARGE)?;
    Ok(canonical.to_string())
}

/// Also of columns that hold numbers.
fn exact(value: ValueRef<'_>) -> Result<Decimal, BoxError> {
    match value {
        ValueRef::Integer(number) => Ok(Decimal::from(number)),
        ValueRef::Real(number) => Ok(Decimal::parse(&number.to_string())?),
        other => Ok(Decimal::parse(other.as_str()?)?),
    }
}

/// Two JSON arrays as one; null counts as an empty one.
fn append(context: &Context<'_>) -> rusqlite::Result<Value> {
    let inner = |value: ValueRef<'_>| -> rusqlite::Result<String> {
        let text = match value {
            ValueRef::Null => return Ok(String::new()),
            other => other.as_str()?.trim().to_owned(),
        };
        let elements = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        elements
            .map(|elements| elements.trim().to_owned())
            .ok_or_else(|| rusqlite::Error::UserFunctionError("the column holds no list".into()))
    };
    let (list, elements) = (inner(context.get_raw(0))?, inner(context.get_raw(1))?);
    let comma = if list.is_empty() || elements.is_empty() { "" } else { "," };
    Ok(Value::Text(format!("[{list}{comma}{elements}]")))
}
