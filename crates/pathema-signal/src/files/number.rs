//! Numbers of text files, read fast and exactly.

/// The decimal number that `bytes` begin with, and how many bytes it takes; `None` where none stands there.
///
/// A number is a sign or none, digits with a point among them or none, and an exponent or none. The value is the one
/// nearest to it in double precision, as Rust's own parser and Python's `float` give it.
#[inline]
pub(crate) fn decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    let (negative, first) = sign(bytes);
    let (whole, mut at) = digits(bytes, first, 0);
    let mut mantissa = whole;
    let mut count = at - first;
    let mut decimals = 0;
    if bytes.get(at) == Some(&b'.') {
        let point = at + 1;
        (mantissa, at) = digits(bytes, point, mantissa);
        decimals = at - point;
        count += decimals;
    }
    if count == 0 {
        return None;
    }
    // Both numbers are exact in double precision, so that their quotient is rounded once (Clinger 1990).
    if count <= 19
        && mantissa <= 1 << 53
        && let Some(power) = POWERS.get(decimals)
        && !matches!(bytes.get(at), Some(b'e' | b'E'))
    {
        let value = mantissa as f64 / power;
        return Some((if negative { -value } else { value }, at));
    }
    slow(bytes, at)
}

/// A whole number that `bytes` begin with, and how many bytes it takes; a point may follow with nothing but zeros.
/// `None` where none stands there or it does not fit.
#[inline]
pub(crate) fn whole<T: TryFrom<i64>>(bytes: &[u8]) -> Option<(T, usize)> {
    let (negative, first) = sign(bytes);
    let (magnitude, mut at) = digits(bytes, first, 0);
    // 18 digits are below 2^63, whatever they are.
    if at == first || at - first > 18 {
        return None;
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        while bytes.get(at) == Some(&b'0') {
            at += 1;
        }
        if bytes.get(at).is_some_and(u8::is_ascii_digit) {
            return None;
        }
    }
    let magnitude = magnitude as i64;
    let value = if negative { -magnitude } else { magnitude };
    Some((T::try_from(value).ok()?, at))
}

#[inline]
fn sign(bytes: &[u8]) -> (bool, usize) {
    match bytes.first() {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    }
}

/// Takes digits in from `at` on, and says where they end. Too many of them overflow: the caller counts.
#[inline]
fn digits(bytes: &[u8], mut at: usize, mut value: u64) -> (u64, usize) {
    while let Some(&byte) = bytes.get(at) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (value, at)
}

/// Many digits or an exponent: by the standard library.
#[cold]
fn slow(bytes: &[u8], mut at: usize) -> Option<(f64, usize)> {
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let (_, signed) = sign(bytes.get(at + 1..)?);
        let first = at + 1 + signed;
        let (_, end) = digits(bytes, first, 0);
        if end == first {
            return None;
        }
        at = end;
    }
    let text = std::str::from_utf8(&bytes[..at]).ok()?;
    Some((text.parse().ok()?, at))
}

/// The powers of ten that are exact in double precision.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn same(text: &str) {
        let (value, length) = decimal(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
        let expected: f64 = text.parse().unwrap();
        assert_eq!(
            (value.to_bits(), length),
            (expected.to_bits(), text.len()),
            "{text}"
        );
    }

    #[test]
    fn numbers_as_the_standard_library_reads_them() {
        for text in [
            "0",
            "-0.00",
            "+1.5",
            ".5",
            "5.",
            "1495437325.000000",
            "382.18",
            "1e-5",
            "-2.5E+3",
            "9007199254740993",
            "9007199254740992.5",
            "0.1234567890123456789012345",
            "1e400",
            "123456789012345678901234567890",
            "2.2250738585072011e-308",
            "0.000000000000000000000001",
        ] {
            same(text);
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", ".", "+.", "e5", "nan", "inf", "x1", " 1", "1e", "1e+", "--1",
        ] {
            assert_eq!(decimal(text.as_bytes()), None, "{text}");
        }
        assert_eq!(decimal(b"0,25"), Some((0.0, 1)));
        assert_eq!(decimal(b"1.5.2"), Some((1.5, 3)));
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(whole::<i16>(b"-128,"), Some((-128, 4)));
        assert_eq!(whole::<u16>(b"65535\t"), Some((65535, 5)));
        assert_eq!(whole::<i16>(b"12.00\n"), Some((12, 5)));
        assert_eq!(whole::<u16>(b"65536"), None);
        assert_eq!(whole::<u16>(b"-1"), None);
        assert_eq!(whole::<i16>(b"1.5"), None);
        assert_eq!(whole::<i16>(b"99999999999999999999"), None);
        assert_eq!(whole::<i16>(b""), None);
    }

    proptest! {
        #[test]
        fn what_follows_a_number_is_not_read(
            text in r"-?[0-9]{1,9}(\.[0-9]{1,9})?", rest in r"[,; \n\tx/:][ -~\n]{0,12}",
        ) {
            let all = format!("{text}{rest}");
            let (value, length) = decimal(all.as_bytes()).unwrap();
            prop_assert_eq!((value, length), (text.parse().unwrap(), text.len()));
        }

        #[test]
        fn any_number_is_read_as_the_standard_library_does(
            text in r"[+-]?([0-9]{1,24}\.?[0-9]{0,24}|\.[0-9]{1,24})([eE][+-]?[0-9]{1,3})?",
        ) {
            same(&text);
        }

        #[test]
        fn any_double_comes_back(value in proptest::num::f64::NORMAL) {
            same(&value.to_string());
            same(&format!("{value:e}"));
        }
    }
}
