//! Times as decimal fractions: what a file writes as `+0.1` is a tenth, and sums of such texts stay exact.

/// Digits after the point that are kept; the rest is far below any clock's.
const DIGITS: usize = 24;

/// Seconds, exact to 24 digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal(i128);

impl Decimal {
    pub(super) const ZERO: Decimal = Decimal(0);

    /// Reads `12`, `+0.5`, `-3.25`; no exponent. `None` for anything else, and for 10¹² s and more.
    pub(super) fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 12 {
            return None;
        }
        let kept = &fraction[..fraction.len().min(DIGITS)];
        let mut value: i128 = 0;
        for digit in whole.bytes().chain(kept.bytes()) {
            value = value * 10 + i128::from(digit - b'0');
        }
        value *= 10_i128.pow((DIGITS - kept.len()) as u32);
        Some(Decimal(if negative { -value } else { value }))
    }

    /// The shortest decimal that reads back as `value`.
    pub(super) fn from_f64(value: f64) -> Option<Decimal> {
        Decimal::parse(&value.to_string())
    }

    /// The nearest double.
    pub(super) fn to_f64(self) -> f64 {
        // What `text` writes is a number that Rust reads.
        self.text().parse().unwrap_or(f64::NAN)
    }

    /// Nanoseconds, rounded to the nearest.
    pub(super) fn nanoseconds(self) -> i128 {
        let unit = 10_i128.pow(DIGITS as u32 - 9);
        (self.0 + unit / 2).div_euclid(unit)
    }

    pub(super) fn from_nanoseconds(nanoseconds: i64) -> Decimal {
        Decimal(i128::from(nanoseconds) * 10_i128.pow(DIGITS as u32 - 9))
    }

    pub(super) fn plus(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_add(other.0))
    }

    pub(super) fn minus(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_sub(other.0))
    }

    /// So many of it; as much as can be held where that is more.
    pub(super) fn times(self, count: u64) -> Decimal {
        Decimal(self.0.saturating_mul(i128::from(count)))
    }

    pub(super) fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// As few digits as say it exactly.
    pub(super) fn text(self) -> String {
        let unit = 10_u128.pow(DIGITS as u32);
        let size = self.0.unsigned_abs();
        let sign = if self.is_negative() { "-" } else { "" };
        let whole = format!("{sign}{}", size / unit);
        if size.is_multiple_of(unit) {
            return whole;
        }
        let fraction = format!("{:024}", size % unit);
        format!("{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts() {
        for (text, expected) in [
            ("+0", Some("0")),
            ("-1.50", Some("-1.5")),
            ("007.25", Some("7.25")),
            ("12.", Some("12")),
            ("", None),
            ("+", None),
            (".5", None),
            ("1e3", None),
            ("1,5", None),
            ("+-1", None),
            ("1000000000000", None),
        ] {
            let read = Decimal::parse(text).map(Decimal::text);
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn doubles_come_back(value in -1e9_f64..1e9) {
            prop_assert_eq!(Decimal::from_f64(value).unwrap().to_f64(), value);
        }
    }
}
