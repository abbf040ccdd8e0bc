//! The binary form of `numeric`: digits to the base of ten thousand, as PostgreSQL's `numeric_send` writes them.

use std::fmt::Write as _;

const NEGATIVE: u16 = 0x4000;
const SPECIAL: u16 = 0x8000;

/// Canonical: no exponent, no trailing zeros, no negative zero. `None` for what is no number.
pub(super) fn text(raw: &[u8]) -> Option<String> {
    let mut words = raw.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, _scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if sign & SPECIAL != 0 {
        return None;
    }
    let weight = weight.cast_signed();
    let digits: Vec<u16> = words.take(count.into()).collect();
    let digit = |place: i32| {
        usize::try_from(i32::from(weight) - place)
            .ok()
            .and_then(|index| digits.get(index))
            .copied()
            .unwrap_or(0)
    };
    let mut text = String::with_capacity(digits.len() * 4 + 4);
    for place in (0..=i32::from(weight)).rev() {
        if text.is_empty() {
            text.push_str(&digit(place).to_string());
        } else {
            let _ = write!(text, "{:04}", digit(place));
        }
        if text == "0" {
            text.clear();
        }
    }
    if text.is_empty() {
        text.push('0');
    }
    let last = i32::from(weight) - i32::try_from(digits.len()).ok()? + 1;
    if last < 0 {
        text.push('.');
        for place in (last..0).rev() {
            let _ = write!(text, "{:04}", digit(place));
        }
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
    }
    if sign == NEGATIVE && text != "0" {
        text.insert(0, '-');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[track_caller]
    fn check(words: &[u16], expected: &str) {
        let raw: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert_eq!(text(&raw).as_deref(), Some(expected));
    }

    #[test]
    fn digits() {
        check(&[0, 0, 0, 30], "0");
        check(&[2, 0, 0, 30, 12, 5000], "12.5");
        check(&[1, 1, 0x4000, 0, 1], "-10000");
        check(&[1, 0xFFFF, 0, 4, 1], "0.0001");
        check(&[1, 0xFFFE, 0, 8, 1200], "0.000012");
        check(&[3, 1, 0, 2, 1, 23, 4500], "10023.45");
    }
}
