//! Dates and decimals: what is accepted, and the one form it takes.

use purlin_core::{DateTime, Decimal};

#[test]
fn dates() {
    for (text, expected) in [
        ("2026-01-31T09:30:00.000Z", Some("2026-01-31T09:30:00.000Z")),
        ("2026-01-31T09:30:00Z", Some("2026-01-31T09:30:00.000Z")),
        ("2026-01-31T09:30:00.123456Z", Some("2026-01-31T09:30:00.123Z")),
        ("2026-01-31T09:30:00+02:00", Some("2026-01-31T07:30:00.000Z")),
        ("2026-01-31", Some("2026-01-31T00:00:00.000Z")),
        ("1969-12-31T23:59:59.999Z", Some("1969-12-31T23:59:59.999Z")),
        ("0001-01-01T00:00:00.000Z", Some("0001-01-01T00:00:00.000Z")),
        ("2024-02-29", Some("2024-02-29T00:00:00.000Z")),
        ("2026-02-29", None),
        ("2026-01-31T09:30:00", None),
        ("-000001-01-01T00:00:00Z", None),
        ("+010000-01-01T00:00:00Z", None),
        ("31.01.2026", None),
        ("1769852400000", None),
        ("yesterday", None),
        ("", None),
    ] {
        let found = DateTime::parse(text).ok().map(|time| time.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

#[test]
fn dates_beyond_four_digits_are_refused() {
    assert!(DateTime::from_millis(i64::MAX).is_err());
    assert!(DateTime::from_millis(i64::MIN).is_err());
}

#[test]
fn decimals() {
    for (text, expected) in [
        ("1.50", Some("1.5")),
        ("-0", Some("0")),
        ("0.00", Some("0")),
        ("1e3", Some("1000")),
        ("12345678901234567890.123456789", Some("12345678901234567890.123456789")),
        ("+7", Some("7")),
        (".5", Some("0.5")),
        ("1e999999999", None),
        ("1e-999999999", None),
        ("1_000", None),
        ("NaN", None),
        ("0x10", None),
        ("1,5", None),
        ("", None),
        (" 1", None),
    ] {
        let found = Decimal::parse(text).ok().map(|number| number.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }
    assert!(Decimal::parse(&"9".repeat(34)).is_ok());
    assert!(Decimal::parse(&"9".repeat(35)).is_err());
    assert!(Decimal::parse(&format!("0.{}1", "0".repeat(29))).is_ok());
    assert!(Decimal::parse(&format!("0.{}1", "0".repeat(30))).is_err());
}
