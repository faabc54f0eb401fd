//! How numbers are written.

const DASH: &str = "–";
const MINUS: char = '−';

/// Three digits without the leading zero, as in `.871`; a dash for what is not a number.
pub(crate) fn share(value: f64) -> String {
    if !value.is_finite() {
        return DASH.into();
    }
    let text = format!("{:.3}", value.abs());
    let text = text.strip_prefix('0').map_or(text.clone(), str::to_owned);
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        format!("{MINUS}{text}")
    } else {
        text
    }
}

/// As [`share`], or a dash.
pub(crate) fn share_or_dash(value: Option<f64>) -> String {
    share(value.unwrap_or(f64::NAN))
}

/// A difference, always with its sign: `+.012`, `−.003`, `±.000`.
pub(crate) fn signed(value: f64) -> String {
    let text = share(value);
    match text.chars().next() {
        Some(MINUS) | Some('–') => text,
        _ if text == ".000" => "±.000".into(),
        _ => format!("+{text}"),
    }
}

/// `.832–.905`; a dash where either end is not a number.
pub(crate) fn interval((low, high): (f64, f64)) -> String {
    if low.is_finite() && high.is_finite() {
        format!(
            "{}{}{}",
            share(low),
            if low < 0.0 || high < 0.0 {
                " to "
            } else {
                "–"
            },
            share(high)
        )
    } else {
        DASH.into()
    }
}

/// `.043`, `< .001`, and never a p of nought.
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 { "< .001".into() } else { share(p) }
}

/// Whole, with a narrow space between thousands.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Three significant digits and a prefix: `1.27 M`, `340 k`, `12`.
pub(crate) fn quantity(value: f64) -> String {
    if !value.is_finite() {
        return DASH.into();
    }
    let prefixes = [
        (1e12, " T"),
        (1e9, " G"),
        (1e6, " M"),
        (1e3, " k"),
        (1.0, ""),
    ];
    let size = value.abs();
    // 999.6 is a thousand to three digits.
    let (unit, prefix) = prefixes
        .into_iter()
        .find(|(unit, _)| size >= unit * 0.9995)
        .unwrap_or((1.0, ""));
    let scaled = value / unit;
    let decimals = match scaled.abs() {
        scaled if scaled >= 99.95 || scaled == 0.0 => 0,
        scaled if scaled >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{prefix}")
}

/// `1 h 4 min`, `16 min 40 s`, `12.3 s`.
pub(crate) fn duration(seconds: f64) -> String {
    if !(seconds.is_finite() && seconds >= 0.0) {
        return DASH.into();
    }
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_three_digits_and_no_nought_before_them() {
        let written = [0.8712, 1.0, 0.0, -0.0004, -0.25, f64::NAN, f64::INFINITY].map(share);
        assert_eq!(
            written,
            [".871", "1.000", ".000", ".000", "−.250", "–", "–"]
        );
        assert_eq!(
            [0.0121, -0.003, 0.0].map(signed),
            ["+.012", "−.003", "±.000"]
        );
        assert_eq!(interval((0.832, 0.905)), ".832–.905");
        assert_eq!(interval((-0.02, 0.01)), "−.020 to .010");
        assert_eq!(interval((f64::NAN, 0.9)), "–");
        assert_eq!(
            [0.0, 0.0431, 1.0, f64::NAN].map(p_value),
            ["< .001", ".043", "1.000", "–"]
        );
    }

    #[test]
    fn sizes_have_three_significant_digits() {
        let written = [0.0, 12.0, 0.5, 999.7, 26_948.0, 1_270_000.0, 1e15, f64::NAN].map(quantity);
        assert_eq!(
            written,
            ["0", "12", "0.5", "1 k", "26.9 k", "1.27 M", "1000 T", "–"]
        );
        assert_eq!(
            [12.34, 1000.0, 3840.0, -1.0].map(duration),
            ["12.3 s", "16 min 40 s", "1 h 4 min", "–"]
        );
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
