//! Times between milliseconds since 1970 and ISO 8601 text.

/// `YYYY-MM-DDTHH:MM:SS.sssZ`, for the years 0 to 9999.
pub(crate) fn iso_8601(millis: i64) -> [u8; 24] {
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Days since the first of March of year 0, so that a leap day ends its year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    written([year, month, day, rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60, rest % 1_000])
}

/// Year, month, day, hour, minute, second and millisecond as text.
pub(crate) fn written(parts: [i64; 7]) -> [u8; 24] {
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let places = [(0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2), (20, 3)];
    for ((start, length), mut value) in places.into_iter().zip(parts) {
        for digit in text[start..start + length].iter_mut().rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
    }
    text
}

/// The other way; `None` for any other form.
pub(crate) fn millis_of(text: &str) -> Option<i64> {
    let text = text.as_bytes();
    if text.len() != 24 || !text.is_ascii() {
        return None;
    }
    let number = |start: usize, length: usize| {
        text[start..start + length]
            .iter()
            .try_fold(0i64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (year, march_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    Some(
        days * 86_400_000
            + number(11, 2)? * 3_600_000
            + number(14, 2)? * 60_000
            + number(17, 2)? * 1_000
            + number(20, 3)?,
    )
}
