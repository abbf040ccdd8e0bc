//! Exact decimal numbers in canonical form: no exponent, no trailing zeros, no negative zero.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, Zero};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(BigDecimal);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a decimal number such as 12.50, of at most 34 digits, 30 of them after the point")]
pub struct DecimalError;

/// What every engine holds: MongoDB's `Decimal128` has so many digits in all,
const MAX_DIGITS: usize = 34;
/// and the default columns of `PostgreSQL` and `MySQL` so many after the point.
const MAX_PLACES: i64 = 30;

impl Decimal {
    /// Digits with an optional sign, point and exponent.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        // A huge exponent would be expanded to its digits: refuse it by length and by scale first.
        if text.is_empty() || text.len() > 2 * MAX_DIGITS || text.bytes().any(|byte| byte == b'_') {
            return Err(DecimalError);
        }
        let number = BigDecimal::from_str(text).map_err(|_| DecimalError)?;
        if number.is_zero() {
            return Ok(Self(BigDecimal::zero()));
        }
        let limit = i64::try_from(MAX_DIGITS).unwrap_or(i64::MAX);
        let scale = number.fractional_digit_count();
        let digits = i64::try_from(number.digits()).unwrap_or(i64::MAX);
        if scale.abs() > 4 * limit || digits - scale > limit {
            return Err(DecimalError);
        }
        let number = number.normalized();
        if number.fractional_digit_count() > MAX_PLACES || number.digits() > MAX_DIGITS as u64 {
            return Err(DecimalError);
        }
        Ok(Self(number))
    }

    pub fn as_big_decimal(&self) -> &BigDecimal {
        &self.0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_plain_string())
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(BigDecimal::from(number).normalized())
    }
}
