//! Numbers as bytes.

/// The powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The number that `bytes` are, with this decimal mark; the nearest double, as the standard library has it.
#[inline]
pub(super) fn parse(bytes: &[u8], decimal: u8) -> Option<f64> {
    let (negative, digits) = match bytes.first()? {
        b'-' => (true, &bytes[1..]),
        b'+' => (false, &bytes[1..]),
        _ => (false, bytes),
    };
    // Up to 18 digits never overflow; below 2⁵³ whole number and power are exact, so that one division rounds once.
    if (1..=19).contains(&digits.len()) {
        let (mut whole, mut after) = (0_u64, 0);
        let mut marked = false;
        for &byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
                after += usize::from(marked);
            } else if byte == decimal && !marked && digits.len() > 1 {
                marked = true;
            } else {
                return slow(bytes, decimal);
            }
        }
        if whole < 1 << 53 && (marked || digits.len() <= 18) {
            let value = whole as f64 / POWERS[after];
            return Some(if negative { -value } else { value });
        }
    }
    slow(bytes, decimal)
}

#[cold]
fn slow(bytes: &[u8], decimal: u8) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?;
    if decimal == b'.' {
        return text.parse().ok();
    }
    // With another mark a point would be a thousands separator: it is none of ours.
    if text.contains('.') {
        return None;
    }
    text.replace(char::from(decimal), ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn odd_numbers() {
        for (text, decimal, expected) in [
            ("1.5", b'.', Some(1.5)),
            ("-0.25", b'.', Some(-0.25)),
            ("+3", b'.', Some(3.0)),
            (".5", b'.', Some(0.5)),
            ("5.", b'.', Some(5.0)),
            ("1e-3", b'.', Some(1e-3)),
            ("inf", b'.', Some(f64::INFINITY)),
            ("1,5", b',', Some(1.5)),
            ("1.5", b',', None),
            ("1,5", b'.', None),
            (".", b'.', None),
            ("", b'.', None),
            ("-", b'.', None),
            ("--1", b'.', None),
            ("1.2.3", b'.', None),
            ("9007199254740993", b'.', Some(9007199254740992.0)),
            ("1234567890123456789", b'.', Some(1234567890123456789.0)),
            (
                "0.1234567890123456789",
                b'.',
                Some(0.123_456_789_012_345_68),
            ),
        ] {
            assert_eq!(parse(text.as_bytes(), decimal), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn as_the_standard_library(text in "[+-]?[0-9]{0,12}(\\.[0-9]{0,12})?(e[+-]?[0-9]{1,2})?") {
            prop_assert_eq!(parse(text.as_bytes(), b'.'), text.parse().ok(), "{}", text);
        }

        #[test]
        fn any_double_comes_back(value in any::<f64>().prop_filter("a number", |value| !value.is_nan())) {
            let text = format!("{value:?}");
            prop_assert_eq!(parse(text.as_bytes(), b'.').map(f64::to_bits), Some(value.to_bits()));
            prop_assert_eq!(parse(text.replace('.', ",").as_bytes(), b','), Some(value));
        }
    }
}
