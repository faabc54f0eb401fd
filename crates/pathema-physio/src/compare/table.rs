//! Comparisons of many records, for people.

use std::fmt;

use super::{Comparison, Statistics, average, gross};
use crate::undefined::Value;

/// Comparisons by record. As text: a line a record with the raw counts and the statistics, then the gross and the average
/// statistics where there are several records. An undefined statistic is a dash.
///
/// ```
/// use pathema_physio::compare::{Comparison, ComparisonTable, Criteria};
/// let mut table = ComparisonTable::default();
/// let criteria = Criteria::within(0.15);
/// table.push("100", Comparison::new(&[1.0, 2.0, 3.0], &[1.01, 2.01], &criteria)?);
/// let text = table.to_string();
/// assert!(text.lines().nth(1).unwrap().starts_with("100 "));
/// assert!(text.contains("66.67"));
/// # Ok::<(), pathema_physio::compare::CompareError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComparisonTable {
    rows: Vec<(String, Comparison)>,
}

impl ComparisonTable {
    /// Adds a record.
    pub fn push(&mut self, record: impl Into<String>, comparison: Comparison) {
        self.rows.push((record.into(), comparison));
    }

    /// The records and their comparisons, in the order in which they were added.
    pub fn rows(&self) -> &[(String, Comparison)] {
        &self.rows
    }

    /// The statistics of all records taken together.
    pub fn gross(&self) -> Statistics {
        gross(&self.comparisons())
    }

    /// The means of the statistics of the records.
    pub fn average(&self) -> Statistics {
        average(&self.comparisons())
    }

    fn comparisons(&self) -> Vec<&Comparison> {
        self.rows.iter().map(|(_, comparison)| comparison).collect()
    }
}

impl fmt::Display for ComparisonTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.rows.iter().map(|(name, _)| name.chars().count());
        let width = names.max().unwrap_or(0).max("average".len());
        write!(f, "{:<width$}", "record")?;
        for name in ["TP", "FN", "FP"] {
            write!(f, " {name:>8}")?;
        }
        for (name, _) in columns(&self.gross()) {
            write!(f, " {name:>9}")?;
        }
        for (name, comparison) in &self.rows {
            let counts = [
                comparison.matched(),
                comparison.missed(),
                comparison.invented(),
            ];
            line(f, width, name, Some(counts), &comparison.statistics())?;
        }
        if self.rows.len() > 1 {
            let sum = |count: fn(&Comparison) -> usize| {
                self.rows.iter().map(|(_, record)| count(record)).sum()
            };
            let counts = [
                sum(Comparison::matched),
                sum(Comparison::missed),
                sum(Comparison::invented),
            ];
            line(f, width, "gross", Some(counts), &self.gross())?;
            line(f, width, "average", None, &self.average())?;
        }
        Ok(())
    }
}

/// Names and values as they are shown: parts in percent, times in milliseconds.
fn columns(row: &Statistics) -> [(&'static str, Value); 7] {
    let times = |value: Value, factor: f64| value.map(|value| factor * value);
    [
        ("Se %", times(row.sensitivity, 100.0)),
        ("P+ %", times(row.predictivity, 100.0)),
        ("F1 %", times(row.f1, 100.0)),
        ("offset ms", times(row.offset, 1e3)),
        ("jitter ms", times(row.jitter, 1e3)),
        ("|off.| ms", times(row.distance, 1e3)),
        ("RMSSD %", times(row.rmssd_error, 100.0)),
    ]
}

fn line(
    f: &mut fmt::Formatter<'_>,
    width: usize,
    name: &str,
    counts: Option<[usize; 3]>,
    row: &Statistics,
) -> fmt::Result {
    write!(f, "\n{name:<width$}")?;
    for index in 0..3 {
        match counts {
            Some(counts) => write!(f, " {:>8}", counts[index])?,
            None => write!(f, " {:>8}", "")?,
        }
    }
    for (_, value) in columns(row) {
        match value {
            Ok(value) => write!(f, " {value:>9.2}")?,
            Err(_) => write!(f, " {:>9}", "–")?,
        }
    }
    Ok(())
}
