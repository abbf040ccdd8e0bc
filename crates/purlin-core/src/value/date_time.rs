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

impl fmt::Display for DateTime {
    /// `2026-01-31T09:30:00.000Z`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(formatter, "{timestamp:.3}")
    }
}
