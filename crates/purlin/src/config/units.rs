//! Durations and sizes as people write them: `30s`, `15m`, `1MB`.

use std::time::Duration;

/// `ms`, `s`, `m`, `h`, `d`; a whole number and one unit.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

/// In the largest unit that it is a whole number of.
pub(super) fn written(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let found = units.into_iter().find(|(_, unit)| milliseconds > 0 && milliseconds.is_multiple_of(*unit));
    found.map_or_else(|| format!("{milliseconds}ms"), |(name, unit)| format!("{}{name}", milliseconds / unit))
}

/// `B`, `KB`, `MB`, `GB`, in steps of 1,024.
pub(crate) fn size_bytes(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let bytes = match unit.to_ascii_uppercase().as_str() {
        "B" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(bytes)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::{duration, size_bytes};

    #[test]
    fn durations() {
        for (text, expected) in [
            ("250ms", Some(250)),
            ("30s", Some(30_000)),
            ("15 m", Some(900_000)),
            ("7d", Some(604_800_000)),
            ("30", None),
            ("s", None),
            ("-1s", None),
            ("1.5s", None),
            ("1year", None),
            ("99999999999999999999s", None),
            ("9999999999999999999d", None),
        ] {
            let found = duration(text).map(|duration| duration.as_millis());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, expected) in [
            ("512B", Some(512)),
            ("1MB", Some(1_048_576)),
            ("2 kb", Some(2_048)),
            ("1GB", Some(1_073_741_824)),
            ("1", None),
            ("1TB", None),
            ("99999999999999999GB", None),
        ] {
            assert_eq!(size_bytes(text), expected, "{text}");
        }
    }
}
