//! Points in time as found in files: ours, and those of other tools (integers of milliseconds,
//! SQLite's own `YYYY-MM-DD HH:MM:SS`, ISO text with other precision or an offset).

use purlin_core::value::DateTime;

/// Exactly `2026-01-31T09:30:00.000Z`, which needs neither parsing nor escaping.
pub(super) fn is_canonical(text: &str) -> bool {
    const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            other => byte == *other,
        })
}

/// Any form that is known.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse(text) {
        return Some(time);
    }
    if let Ok(millis) = text.parse::<i64>() {
        return DateTime::from_millis(millis).ok();
    }
    // Without an offset it is UTC, as everything that SQLite makes.
    DateTime::parse(&format!("{}Z", text.replacen(' ', "T", 1))).ok()
}

pub(super) fn from_real(millis: f64) -> Option<DateTime> {
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut off at the ends of the range")]
    DateTime::from_millis(millis as i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn forms_of_other_tools() {
        check("2026-01-31T09:30:00.000Z", Some("2026-01-31T09:30:00.000Z"));
        check("2026-01-31 09:30:00", Some("2026-01-31T09:30:00.000Z"));
        check("2026-01-31T09:30:00+02:00", Some("2026-01-31T07:30:00.000Z"));
        check("2026-01-31 09:30:00.123456", Some("2026-01-31T09:30:00.123Z"));
        check("2026-01-31", Some("2026-01-31T00:00:00.000Z"));
        check("1769851800000", Some("2026-01-31T09:30:00.000Z"));
        check("yesterday", None);
    }

    #[test]
    fn canonical_text_is_recognised() {
        assert!(is_canonical("2026-01-31T09:30:00.000Z"));
        assert!(!is_canonical("2026-01-31T09:30:00.000\""));
        assert!(!is_canonical("2026-01-31 09:30:00.000Z"));
    }
}
