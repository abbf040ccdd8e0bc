//! Points in time: UTC, milliseconds, years 0000 to 9999 (what ISO 8601 writes in four digits).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 8601 date and time such as 2026-01-31T09:30:00.000Z")]
pub struct DateTimeError;

/// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;
/// Jiff's own upper limit lies a little below; nothing real is lost.
const JIFF_MAX: i64 = 253_402_207_200_999;

impl DateTime {
    pub fn from_millis(millis: i64) -> Result<Self, DateTimeError> {
        if RANGE.contains(&millis) && millis <= JIFF_MAX { Ok(Self(millis)) } else { Err(DateTimeError) }
    }

    /// Cut to milliseconds. A time beyond the range becomes the epoch, which no clock shows.
    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self::from_millis(timestamp.as_millisecond()).unwrap_or(Self(0))
    }

    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// An ISO 8601 date and time with `Z` or an offset, or a bare date, which is midnight UTC.
    pub fn parse(text: &str) -> Result<Self, DateTimeError> {
        if !text.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(DateTimeError);
        }
        let timestamp = if text.len() == 10 {
            let date: Date = text.parse().map_err(|_| DateTimeError)?;
            date.to_zoned(TimeZone::UTC).map_err(|_| DateTimeError)?.timestamp()
        } else {
            text.parse::<Timestamp>().map_err(|_| DateTimeError)?
        };
        Self::from_millis(timestamp.as_millisecond())
    }
}

/// `2026-01-31T09:30:00.000Z`, without an allocation.
#[derive(Clone, Copy, Debug)]
pub struct DateTimeText([u8; 24]);

impl DateTimeText {
    pub fn as_str(&self) -> &str {
        // Only digits and the signs between them.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl DateTime {
    /// Every row that is made has some: digits are placed by hand, which is much faster than formatting.
    pub fn text(self) -> DateTimeText {
        let timestamp = Timestamp::from_millisecond(self.0).unwrap_or_default();
        let civil = TimeZone::UTC.to_datetime(timestamp);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut place = |mut end: usize, digits: usize, number: i16| {
            let mut rest = number.unsigned_abs();
            for _ in 0..digits {
                if let Some(byte) = text.get_mut(end) {
                    *byte = b'0' + u8::try_from(rest % 10).unwrap_or_default();
                }
                rest /= 10;
                end = end.saturating_sub(1);
            }
        };
        place(3, 4, civil.year());
        place(6, 2, civil.month().into());
        place(9, 2, civil.day().into());
        place(12, 2, civil.hour().into());
        place(15, 2, civil.minute().into());
        place(18, 2, civil.second().into());
        place(22, 3, civil.millisecond());
        DateTimeText(text)
    }
}

impl fmt::Display for DateTime {
    /// `2026-01-31T09:30:00.000Z`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.text().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_the_calendar() {
        let mut millis = *RANGE.start();
        while let Ok(time) = DateTime::from_millis(millis) {
            let expected = format!("{:.3}", Timestamp::from_millisecond(millis).unwrap());
            assert_eq!(time.to_string(), expected);
            assert_eq!(DateTime::parse(&expected).unwrap(), time);
            // Not a divisor of anything.
            millis += 7_919_000_003;
        }
        assert_eq!(DateTime::from_millis(0).unwrap().to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(DateTime::from_millis(-1).unwrap().to_string(), "1969-12-31T23:59:59.999Z");
    }
}
