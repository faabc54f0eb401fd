//! The evaluation as rows: for JSON and for files.

use pathema_physio::Value;
use pathema_physio::compare::{Comparison, Statistics, average, gross};
use pathema_signal::FormatError;
use pathema_signal::table::{Column, Table, Values};
use serde::Serialize;

use super::{Detector, Evaluation};

/// One record, or all of them together, by one detector and one tolerance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The record, or `gross` or `average`.
    pub record: String,
    /// Which detector.
    pub detector: Detector,
    /// The signal, by name; nothing for rows of several records.
    pub signal: Option<String>,
    /// Seconds that were taken off the found beats.
    pub delay: Option<f64>,
    /// How far a found beat may lie from an annotated one, in seconds.
    pub tolerance: f64,
    /// True positives; nothing for the average.
    pub tp: Option<usize>,
    /// False positives.
    pub fp: Option<usize>,
    /// False negatives.
    #[serde(rename = "fn")]
    pub missed: Option<usize>,
    /// TP / (TP + FN).
    pub sensitivity: Option<f64>,
    /// TP / (TP + FP).
    pub predictivity: Option<f64>,
    /// Mean of found − annotated, in seconds.
    pub offset: Option<f64>,
    /// Its standard deviation, in seconds.
    pub jitter: Option<f64>,
    /// RMSSD of the annotated beats, in seconds; nothing for rows of several records.
    pub rmssd_reference: Option<f64>,
    /// RMSSD of the found beats, in seconds.
    pub rmssd_found: Option<f64>,
    /// RMSSD of the found beats over that of the annotated ones, minus 1.
    pub rmssd_error: Option<f64>,
}

/// All rows: detector by detector and tolerance by tolerance the records, then `gross` (all beats together) and `average`
/// (of the records).
pub fn rows(evaluation: &Evaluation) -> Vec<Row> {
    let mut rows = Vec::new();
    for detector in Detector::ALL {
        for (index, criteria) in evaluation.criteria.iter().enumerate() {
            let found: Vec<_> = evaluation
                .records
                .iter()
                .flat_map(|record| record.detectors.iter().map(move |found| (record, found)))
                .filter(|(_, found)| found.detector == detector)
                .filter_map(|(record, found)| Some((record, found, found.comparisons.get(index)?)))
                .collect();
            let tolerance = criteria.tolerance;
            for (record, found, comparison) in &found {
                rows.push(Row {
                    signal: Some(found.signal.clone()),
                    delay: Some(found.delay),
                    rmssd_reference: comparison.rmssd_reference().ok(),
                    rmssd_found: comparison.rmssd_found().ok(),
                    ..row(
                        &record.record,
                        detector,
                        tolerance,
                        &[comparison],
                        &comparison.statistics(),
                    )
                });
            }
            let all: Vec<&Comparison> = found.iter().map(|(.., comparison)| *comparison).collect();
            if all.len() > 1 {
                rows.push(row("gross", detector, tolerance, &all, &gross(&all)));
                rows.push(row("average", detector, tolerance, &[], &average(&all)));
            }
        }
    }
    rows
}

fn row(
    record: &str,
    detector: Detector,
    tolerance: f64,
    counted: &[&Comparison],
    statistics: &Statistics,
) -> Row {
    let sum = |count: fn(&Comparison) -> usize| {
        (!counted.is_empty()).then(|| counted.iter().map(|one| count(one)).sum())
    };
    let value = |value: Value| value.ok();
    Row {
        record: record.to_owned(),
        detector,
        signal: None,
        delay: None,
        tolerance,
        tp: sum(Comparison::matched),
        fp: sum(Comparison::invented),
        missed: sum(Comparison::missed),
        sensitivity: value(statistics.sensitivity),
        predictivity: value(statistics.predictivity),
        offset: value(statistics.offset),
        jitter: value(statistics.jitter),
        rmssd_reference: None,
        rmssd_found: None,
        rmssd_error: value(statistics.rmssd_error),
    }
}

impl Evaluation {
    /// The [`rows`] as a table to be written.
    ///
    /// # Errors
    /// None that is known: the columns are of one length and have names of their own.
    pub fn to_table(&self) -> Result<Table, FormatError> {
        let rows = rows(self);
        let text = |of: fn(&Row) -> Option<String>| Values::Text(rows.iter().map(of).collect());
        let count = |of: fn(&Row) -> Option<usize>| {
            let counts = rows.iter().map(of);
            Values::I64(
                counts
                    .map(|count| count.map(|count| count as i64))
                    .collect(),
            )
        };
        let number = |of: fn(&Row) -> Option<f64>| Values::F64(rows.iter().map(of).collect());
        let mut table = Table::new(
            "detected beats",
            "Detected against annotated beats, a row a record, detector and tolerance; gross: all beats together, average: of \
             the records.",
        );
        let columns = [
            (
                "record",
                "",
                "the record, gross or average",
                text(|row| Some(row.record.clone())),
            ),
            (
                "detector",
                "",
                "which detector",
                text(|row| Some(row.detector.name().to_owned())),
            ),
            (
                "signal",
                "",
                "the signal, by name",
                text(|row| row.signal.clone()),
            ),
            (
                "delay",
                "s",
                "taken off the found beats",
                number(|row| row.delay),
            ),
            (
                "tolerance",
                "s",
                "how far a found beat may lie from an annotated one",
                number(|row| Some(row.tolerance)),
            ),
            (
                "tp",
                "",
                "annotated beats that were found",
                count(|row| row.tp),
            ),
            ("fp", "", "found beats that are none", count(|row| row.fp)),
            (
                "fn",
                "",
                "annotated beats that were missed",
                count(|row| row.missed),
            ),
            (
                "sensitivity",
                "",
                "TP / (TP + FN)",
                number(|row| row.sensitivity),
            ),
            (
                "predictivity",
                "",
                "TP / (TP + FP)",
                number(|row| row.predictivity),
            ),
            (
                "offset",
                "s",
                "mean of found − annotated",
                number(|row| row.offset),
            ),
            (
                "jitter",
                "s",
                "standard deviation of found − annotated",
                number(|row| row.jitter),
            ),
            (
                "rmssd_reference",
                "s",
                "RMSSD of the annotated beats",
                number(|row| row.rmssd_reference),
            ),
            (
                "rmssd_found",
                "s",
                "RMSSD of the found beats",
                number(|row| row.rmssd_found),
            ),
            (
                "rmssd_error",
                "",
                "RMSSD found over annotated, minus 1",
                number(|row| row.rmssd_error),
            ),
        ];
        for (name, unit, description, values) in columns {
            table.push(Column::new(name, values).unit(unit).described(description))?;
        }
        Ok(table)
    }
}
