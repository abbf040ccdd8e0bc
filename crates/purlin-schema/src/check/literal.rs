//! Texts that stand for values of other types: do they have the form of one?

/// `2024-01-31`, or with a time: `2024-01-31T12:30:00.5Z`, `2024-01-31T12:30:00+02:00`.
pub(super) fn is_date_time(text: &str) -> bool {
    let (date, time) = text.split_once(['T', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let (clock, offset) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, "Z"),
    };
    let is_offset = offset == "Z"
        || offset.get(1..).and_then(|it| it.split_once(':')).is_some_and(|(hours, minutes)| {
            number(hours, 2).is_some_and(|it| it < 24) && number(minutes, 2).is_some_and(|it| it < 60)
        });
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let limits = [24, 60, 60];
    let is_clock = (2..=3).contains(&parts.len())
        && parts.iter().zip(limits).all(|(part, limit)| number(part, 2).is_some_and(|it| it < limit));
    is_offset && is_clock && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
}

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let is_digits = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

/// Digits with at most one point between them and a sign before them.
pub(super) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Whole groups of four, padded.
pub(super) fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

#[cfg(test)]
mod tests {
    use super::{is_base64, is_date_time};

    #[test]
    fn dates() {
        let good =
            ["2024-02-29", "2024-01-31T00:00:00Z", "2024-01-31 10:00", "2024-01-31T23:59:59.123+02:00"];
        let bad = [
            "",
            "soon",
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "2024-01-31T24:00:00Z",
            "2024-01-31T10:00:00X",
            "2024-01-31T",
            "2024-01-31T10:00:00+2",
        ];
        good.iter().for_each(|text| assert!(is_date_time(text), "{text}"));
        bad.iter().for_each(|text| assert!(!is_date_time(text), "{text}"));
    }

    #[test]
    fn bytes() {
        assert!(is_base64("aGVsbG8=") && is_base64(""));
        assert!(!is_base64("aGVsbG8") && !is_base64("a=b=") && !is_base64("é"));
    }
}
