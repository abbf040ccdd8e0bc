//! The order of decimals that are stored as text. Canonical text is compared digit by digit;
//! anything else that is a number by its value; what is no number comes last.

use std::cmp::Ordering;
use std::str::FromStr;

use bigdecimal::BigDecimal;

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match (Plain::parse(left), Plain::parse(right)) {
        (Some(left), Some(right)) => left.order(&right),
        _ => compare_values(left, right),
    }
}

fn compare_values(left: &str, right: &str) -> Ordering {
    match (parse(left), parse(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// Longer text, or a huge exponent, would take long to compare.
fn parse(text: &str) -> Option<BigDecimal> {
    let exponent = text.split(['e', 'E']).nth(1).map_or(Ok(0), i32::from_str).ok()?;
    if text.len() > 200 || exponent.abs() > 400 {
        return None;
    }
    BigDecimal::from_str(text).ok()
}

/// A sign, digits without leading zeros, and digits without trailing zeros.
struct Plain<'a> {
    is_negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
}

impl<'a> Plain<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || whole.is_empty() || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0').as_bytes();
        let fraction = fraction.trim_end_matches('0').as_bytes();
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self { is_negative: is_negative && !is_zero, whole, fraction })
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.order_digits(other),
            (true, true) => other.order_digits(self),
        }
    }

    fn order_digits(&self, other: &Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &str, right: &str, expected: Ordering) {
        assert_eq!(compare(left, right), expected, "{left} ? {right}");
        assert_eq!(compare(right, left), expected.reverse(), "{right} ? {left}");
    }

    #[test]
    fn numbers_compare_by_value() {
        check("2", "10", Ordering::Less);
        check("-2", "-10", Ordering::Greater);
        check("-1", "1", Ordering::Less);
        check("1.5", "1.50", Ordering::Equal);
        check("0", "-0.00", Ordering::Equal);
        check("1.05", "1.5", Ordering::Less);
        check("0.1", "0.09", Ordering::Greater);
        check("1e2", "100", Ordering::Equal);
        check("1.0e+20", "99", Ordering::Greater);
        check("5", "abc", Ordering::Less);
        check("abc", "abd", Ordering::Less);
        check("1e999999999", "1", Ordering::Greater);
    }
}
