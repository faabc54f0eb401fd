//! Beats against those that are known.

use pathema_physio::Beat;
use pathema_physio::compare::{Comparison, Criteria};

pub(crate) fn times(beats: &[Beat]) -> Vec<f64> {
    beats.iter().map(|beat| beat.time).collect()
}

/// Found beats against reference times, matched within `tolerance` seconds.
#[track_caller]
pub(crate) fn compared(reference: &[f64], beats: &[Beat], tolerance: f64) -> Comparison {
    Comparison::new(reference, &times(beats), &Criteria::within(tolerance)).unwrap()
}

/// One line of a table for people.
pub(crate) fn row(comparison: &Comparison) -> String {
    let statistics = comparison.statistics();
    format!(
        "TP {}, FN {}, FP {}, Se {:.4}, P+ {:.4}, offset {:.2} ms, jitter {:.2} ms",
        comparison.matched(),
        comparison.missed(),
        comparison.invented(),
        statistics.sensitivity.unwrap_or(f64::NAN),
        statistics.predictivity.unwrap_or(f64::NAN),
        1e3 * statistics.offset.unwrap_or(f64::NAN),
        1e3 * statistics.jitter.unwrap_or(f64::NAN),
    )
}
