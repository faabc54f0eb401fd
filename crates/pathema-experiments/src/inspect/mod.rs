//! What recordings are like, as a table for the terminal, as JSON and as a page with the signals drawn.

mod page;
mod shell;
mod table;

#[cfg(test)]
mod tests;

pub use page::page;
pub(crate) use shell::Shell;
pub use table::table;

use pathema_signal::inspect::Report;
use serde::Serialize;

/// What was found at a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// What was looked at.
    pub path: String,
    /// Its format, in words.
    pub format: String,
    /// Whether the files say that they are simulated.
    pub simulated: bool,
    /// Recording by recording.
    pub recordings: Vec<Inspected>,
}

/// One recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspected {
    /// Its name in the data set.
    pub name: String,
    /// What it is like, if it can be read.
    pub report: Option<Report>,
    /// Why it cannot be read.
    pub error: Option<String>,
}

/// Hours, minutes and seconds, as many of them as there are: `1:41:26`, `0:07`.
pub(crate) fn clock(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "?".to_owned();
    }
    let sign = if seconds <= -0.5 { "−" } else { "" };
    let whole = seconds.abs().round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{sign}{minutes}:{seconds:02}"),
        _ => format!("{sign}{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A value with about four digits.
pub(crate) fn short(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(0.0) => "0".to_owned(),
        Some(value) if !(1e-3..1e6).contains(&value.abs()) => format!("{value:.2e}"),
        Some(value) => {
            let decimals = (3 - value.abs().log10().floor() as i32).clamp(0, 5) as usize;
            let text = format!("{value:.decimals$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
    }
}

/// A rate in hertz, without needless digits.
pub(crate) fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(
        || "own times".to_owned(),
        |rate| format!("{} Hz", short(Some(rate))),
    )
}
