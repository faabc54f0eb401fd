//! The tables that the terminal shows.

use std::fmt::Write;

use super::rows::{Row, rows};
use super::{Detector, Evaluation};
use crate::physio::table::aligned;

/// The evaluation as text: a table for each detector and tolerance, then what could not be judged.
pub fn table(evaluation: &Evaluation) -> String {
    let count = evaluation.records.len();
    let mut text = format!("{}: {count} records\n", evaluation.folder);
    let rows = rows(evaluation);
    for detector in Detector::ALL {
        for criteria in &evaluation.criteria {
            let these: Vec<&Row> = rows
                .iter()
                .filter(|row| row.detector == detector && row.tolerance == criteria.tolerance)
                .collect();
            if these.is_empty() {
                continue;
            }
            let _ = write!(
                text,
                "\n{} within {:.0} ms of the annotated beats",
                detector.name(),
                1000.0 * criteria.tolerance
            );
            if criteria.from.is_finite() {
                let _ = write!(text, ", from {} s on", criteria.from);
            }
            text += "\n";
            let mut cells = vec![head(detector)];
            cells.extend(these.iter().map(|row| line(row)));
            text += &aligned(&cells, 2);
        }
    }
    for record in &evaluation.records {
        if let Some(error) = &record.error {
            let _ = write!(text, "\n{}: error: {error}", record.record);
        }
    }
    if !text.ends_with('\n') {
        text += "\n";
    }
    text
}

fn head(detector: Detector) -> Vec<String> {
    let mut head = vec!["record", "signal"];
    if detector == Detector::PulsePeaks {
        head.push("delay ms");
    }
    head.extend(["TP", "FP", "FN", "Se %", "P+ %", "offset ms", "jitter ms"]);
    head.extend(["RMSSD ms", "found ms", "error %"]);
    head.into_iter().map(str::to_owned).collect()
}

fn line(row: &Row) -> Vec<String> {
    let number = |value: Option<f64>, factor: f64, decimals: usize| match value {
        Some(value) => {
            let text = format!("{:.decimals$}", factor * value);
            // What rounds to nothing has no sign.
            match text.strip_prefix('-') {
                Some(digits) if digits.chars().all(|c| matches!(c, '0' | '.')) => digits.to_owned(),
                _ => text,
            }
        }
        None => "–".to_owned(),
    };
    let count = |count: Option<usize>| count.map_or("–".to_owned(), |count| count.to_string());
    let mut cells = vec![row.record.clone(), row.signal.clone().unwrap_or_default()];
    if row.detector == Detector::PulsePeaks {
        cells.push(number(row.delay, 1000.0, 0));
    }
    cells.extend([count(row.tp), count(row.fp), count(row.missed)]);
    cells.extend([
        number(row.sensitivity, 100.0, 2),
        number(row.predictivity, 100.0, 2),
        number(row.offset, 1000.0, 1),
        number(row.jitter, 1000.0, 1),
        number(row.rmssd_reference, 1000.0, 1),
        number(row.rmssd_found, 1000.0, 1),
        number(row.rmssd_error, 100.0, 1),
    ]);
    cells
}
