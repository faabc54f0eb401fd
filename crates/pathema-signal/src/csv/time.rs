//! Times that are instants.

use super::TimeUnit;

/// Nanoseconds since 1970 of a decimal number of units.
pub(super) fn unix(field: &[u8], decimal: u8, unit: TimeUnit) -> Option<i128> {
    let (negative, digits) = match field.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, field),
    };
    let mut parts = digits.splitn(2, |&byte| byte == decimal);
    let (whole, fraction) = (parts.next()?, parts.next().unwrap_or_default());
    let numeric = whole.iter().chain(fraction).all(u8::is_ascii_digit);
    if whole.is_empty() || whole.len() > 19 || !numeric {
        return None;
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'))
    };
    // More digits than nanoseconds have.
    let fraction = &fraction[..fraction.len().min(15)];
    let unit = i128::from(unit.nanoseconds());
    let scale = 10_i128.pow(fraction.len() as u32);
    let nanoseconds = number(whole) * unit + (number(fraction) * unit + scale / 2) / scale;
    Some(if negative { -nanoseconds } else { nanoseconds })
}

/// Nanoseconds since 1970 of a date and time with its zone.
pub(super) fn rfc3339(field: &[u8]) -> Option<i128> {
    let instant: jiff::Timestamp = std::str::from_utf8(field).ok()?.parse().ok()?;
    Some(instant.as_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        for (text, unit, expected) in [
            ("1495437325", TimeUnit::S, Some(1_495_437_325_000_000_000)),
            (
                "1495437325.25",
                TimeUnit::S,
                Some(1_495_437_325_250_000_000),
            ),
            ("-1.5", TimeUnit::Ms, Some(-1_500_000)),
            (
                "1495437325123",
                TimeUnit::Ms,
                Some(1_495_437_325_123_000_000),
            ),
            ("", TimeUnit::S, None),
            ("1e9", TimeUnit::S, None),
            ("-", TimeUnit::S, None),
        ] {
            assert_eq!(unix(text.as_bytes(), b'.', unit), expected, "{text}");
        }
        assert_eq!(rfc3339(b"1970-01-01T01:00:00.5+01:00"), Some(500_000_000));
        assert_eq!(rfc3339(b"1970-01-01T01:00:00"), None);
    }
}
