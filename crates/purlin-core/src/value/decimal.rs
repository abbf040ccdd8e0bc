//! Exact decimal numbers in canonical form: no exponent, no trailing zeros, no negative zero.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, Zero};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(BigDecimal);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a decimal number such as 12.50, of at most 65 digits")]
pub struct DecimalError;

/// As many as `PostgreSQL` and `MySQL` columns hold by default.
const MAX_DIGITS: usize = 65;

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
        if scale.abs() > 2 * limit || digits.max(digits - scale) > limit {
            return Err(DecimalError);
        }
        Ok(Self(number.normalized()))
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
