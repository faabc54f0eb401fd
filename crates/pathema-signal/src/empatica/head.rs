//! The two lines before the samples.

use jiff::Timestamp;

use crate::FormatError;
use crate::error::quoted;
use crate::files::{Rows, number};

/// What to do about a head that is none.
const WAY_OUT: &str = "see whether it is a file that the E4 exported, and fetch it again";

/// Start in Unix seconds and rate in hertz; `None` for a file without a byte.
pub(super) fn regular(rows: &mut Rows, columns: usize) -> Result<Option<(f64, f64)>, FormatError> {
    let Some(first) = rows.next()? else {
        return Ok(None);
    };
    let start = same(rows, 1, &first, columns, "the start in Unix seconds")?;
    check_start(rows, &first, start)?;
    let expected = "the rate in hertz";
    let Some(second) = rows.next()? else {
        return Err(rows.off(2, "the end of the file", expected, WAY_OUT));
    };
    let rate = same(rows, 2, &second, columns, expected)?;
    if !(RATES.0..=RATES.1).contains(&rate) {
        let found = format!("a rate of {} Hz", second.trim());
        let expected = format!("one from {} to {} Hz", RATES.0, RATES.1);
        return Err(rows.off(2, found, &expected, WAY_OUT));
    }
    Ok(Some((start, rate)))
}

/// The start of the intervals between beats in Unix seconds, which the heading of the second column follows.
pub(super) fn intervals(rows: &mut Rows) -> Result<Option<f64>, FormatError> {
    let Some(first) = rows.next()? else {
        return Ok(None);
    };
    let start = first
        .split_once(',')
        .filter(|(_, heading)| heading.trim().eq_ignore_ascii_case("IBI"))
        .and_then(|(start, _)| exact(start));
    match start {
        Some(start) => check_start(rows, &first, start).map(|()| Some(start)),
        None => Err(rows.off(
            1,
            quoted(&first),
            "the start in Unix seconds, a comma and IBI",
            WAY_OUT,
        )),
    }
}

/// An instant of Unix seconds, to the microsecond.
pub(super) fn instant(seconds: f64) -> Option<Timestamp> {
    if !LIFETIME.contains(&seconds) {
        return None;
    }
    Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()
}

/// A number that fills a cell but for spaces.
pub(super) fn exact(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    number::decimal(cell.as_bytes())
        .filter(|&(value, length)| length == cell.len() && value.is_finite())
        .map(|(value, _)| value)
}

/// Slower than any sensor, and faster than any.
const RATES: (f64, f64) = (1e-3, 1e5);

/// From 1970 to the end of 2199. Milliseconds lie beyond it.
const LIFETIME: std::ops::RangeInclusive<f64> = 0.0..=7.258e9;

fn check_start(rows: &Rows, line: &str, start: f64) -> Result<(), FormatError> {
    match instant(start) {
        Some(_) => Ok(()),
        None => Err(rows.off(
            1,
            quoted(line),
            "the start in Unix seconds (not milliseconds)",
            WAY_OUT,
        )),
    }
}

/// The number that every column repeats.
fn same(
    rows: &Rows,
    line: u64,
    text: &str,
    columns: usize,
    expected: &str,
) -> Result<f64, FormatError> {
    let cells: Vec<&str> = text.split(',').collect();
    let expected = match columns {
        1 => expected.to_owned(),
        _ => format!("{expected}, once a column ({columns})"),
    };
    if cells.len() != columns {
        let found = format!("{} of {} columns", quoted(text), cells.len());
        return Err(rows.off(line, found, &expected, WAY_OUT));
    }
    let values: Option<Vec<f64>> = cells.into_iter().map(exact).collect();
    match values {
        Some(values) if values.iter().all(|value| *value == values[0]) => Ok(values[0]),
        Some(_) => {
            let found = format!("columns that do not agree: {}", quoted(text));
            Err(rows.off(line, found, &expected, WAY_OUT))
        }
        None => Err(rows.off(line, quoted(text), &expected, WAY_OUT)),
    }
}
