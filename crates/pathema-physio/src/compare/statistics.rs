//! What the counts and offsets come to, for one record and for many.

use super::Comparison;
use crate::peaks::median;
use crate::undefined::{Undefined, Value};

/// Statistics of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Se = TP / (TP + FN): the part of the reference beats that was found.
    pub sensitivity: Value,
    /// P+ = TP / (TP + FP): the part of the found beats that are beats.
    pub predictivity: Value,
    /// F1 = 2 TP / (2 TP + FP + FN), the harmonic mean of both.
    pub f1: Value,
    /// Mean of found − reference over the pairs, in seconds.
    pub offset: Value,
    /// Standard deviation of found − reference (divided by their number), in seconds.
    pub jitter: Value,
    /// Median of |found − reference|, in seconds.
    pub distance: Value,
    /// RMSSD of the found beats over that of the reference, minus 1.
    pub rmssd_error: Value,
}

impl Comparison {
    /// The statistics of this record.
    pub fn statistics(&self) -> Statistics {
        let ratio = match (self.rmssd_reference, self.rmssd_found) {
            (Err(undefined), _) | (_, Err(undefined)) => Err(undefined),
            (Ok(0.0), _) => Err(Undefined::Zero {
                what: "RMSSD of the reference beats",
            }),
            (Ok(reference), Ok(found)) => Ok(found / reference - 1.0),
        };
        statistics(self.missed, self.invented, self.offsets.clone(), ratio)
    }
}

/// Gross statistics: those of all records taken together, so that each beat counts the same.
///
/// The RMSSD is one of a record; its error is the mean of those of the records, each counting as its reference beats do.
///
/// ```
/// use pathema_physio::compare::{Comparison, Criteria, average, gross};
/// let criteria = Criteria::within(0.1);
/// let long = Comparison::new(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0], &criteria)?;
/// let short = Comparison::new(&[1.0], &[], &criteria)?;
/// assert_eq!(gross(&[&long, &short]).sensitivity, Ok(0.8));
/// assert_eq!(average(&[&long, &short]).sensitivity, Ok(0.5));
/// # Ok::<(), pathema_physio::compare::CompareError>(())
/// ```
pub fn gross(records: &[&Comparison]) -> Statistics {
    let sum = |count: fn(&Comparison) -> usize| records.iter().map(|record| count(record)).sum();
    let offsets = records.iter().flat_map(|record| &record.offsets);
    let (mut weighted, mut weight) = (0.0, 0);
    for record in records {
        if let Ok(error) = record.statistics().rmssd_error {
            weighted += error * record.reference() as f64;
            weight += record.reference();
        }
    }
    let rmssd_error = if weight == 0 {
        Err(NO_RECORD)
    } else {
        Ok(weighted / weight as f64)
    };
    statistics(
        sum(Comparison::missed),
        sum(Comparison::invented),
        offsets.copied().collect(),
        rmssd_error,
    )
}

/// Average statistics: the means of those of the records, so that each record counts the same. A record in which a
/// statistic is undefined does not count for that one.
pub fn average(records: &[&Comparison]) -> Statistics {
    let each: Vec<Statistics> = records.iter().map(|record| record.statistics()).collect();
    let mean = |field: fn(&Statistics) -> Value| {
        let defined: Vec<f64> = each.iter().filter_map(|row| field(row).ok()).collect();
        if defined.is_empty() {
            return Err(NO_RECORD);
        }
        Ok(defined.iter().sum::<f64>() / defined.len() as f64)
    };
    Statistics {
        sensitivity: mean(|row| row.sensitivity),
        predictivity: mean(|row| row.predictivity),
        f1: mean(|row| row.f1),
        offset: mean(|row| row.offset),
        jitter: mean(|row| row.jitter),
        distance: mean(|row| row.distance),
        rmssd_error: mean(|row| row.rmssd_error),
    }
}

const NO_RECORD: Undefined = Undefined::TooFew {
    what: "records in which it is defined",
    found: 0,
    needed: 1,
};

fn statistics(
    missed: usize,
    invented: usize,
    mut offsets: Vec<f64>,
    rmssd_error: Value,
) -> Statistics {
    let matched = offsets.len();
    let part = |what, of: usize| match of {
        0 => Err(Undefined::TooFew {
            what,
            found: 0,
            needed: 1,
        }),
        _ => Ok(matched as f64 / of as f64),
    };
    let of_pairs = |value: f64| match matched {
        0 => Err(Undefined::TooFew {
            what: "pairs of beats",
            found: 0,
            needed: 1,
        }),
        _ => Ok(value),
    };
    let count = matched as f64;
    let offset = offsets.iter().sum::<f64>() / count;
    let variance = offsets
        .iter()
        .map(|value| (value - offset).powi(2))
        .sum::<f64>()
        / count;
    offsets.iter_mut().for_each(|value| *value = value.abs());
    Statistics {
        sensitivity: part("reference beats", matched + missed),
        predictivity: part("found beats", matched + invented),
        f1: part("beats", 2 * matched + missed + invented).map(|half| 2.0 * half),
        offset: of_pairs(offset),
        jitter: of_pairs(variance.sqrt()),
        distance: of_pairs(median(&mut offsets).unwrap_or(0.0)),
        rmssd_error,
    }
}
