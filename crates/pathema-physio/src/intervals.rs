//! Which intervals between beats can be trusted.

use crate::beat::Beat;
use crate::peaks::median;

/// What makes an interval between two beats plausible.
///
/// An interval must lie in a range that a heart can keep up, and near the median of its neighbours: a missed beat
/// doubles an interval, an invented one cuts it, and both stand out from the rhythm around them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plausibility {
    /// Shortest interval, in seconds.
    pub shortest: f64,
    /// Longest interval, in seconds.
    pub longest: f64,
    /// How many intervals, centred on the one judged and including it, form the local median. Only those within
    /// the range count, and fewer than three of them give no median: then the range alone decides.
    pub neighbours: usize,
    /// Largest deviation from the local median, as a fraction of it.
    pub deviation: f64,
}

impl Plausibility {
    /// For R peaks: 0.33–1.5 s (40–180 beats a minute) and within 25 % of the median of 11.
    pub const ECG: Plausibility = Plausibility {
        shortest: 0.33,
        longest: 1.5,
        neighbours: 11,
        deviation: 0.25,
    };

    /// For pulse peaks: as for R peaks, but within 20 %, since movement bends pulses more than it bends an ECG.
    pub const PULSE: Plausibility = Plausibility {
        deviation: 0.20,
        ..Plausibility::ECG
    };
}

/// Keeps the intervals (seconds) that are plausible and makes the others `None`.
///
/// `None` among `intervals` marks a place where the beat before is unknown; it stays `None`.
///
/// ```
/// use pathema_physio::intervals::{Plausibility, plausible};
/// // One beat was missed: 1.62 s is beyond any heart at work; 1.1 s is possible, but not in this rhythm.
/// let intervals = [0.8, 0.82, 1.62, 0.81, 0.79, 1.1, 0.8].map(Some);
/// let kept = plausible(&intervals, &Plausibility::ECG);
/// assert_eq!(kept[2], None);
/// assert_eq!(kept[5], None);
/// assert_eq!(kept.iter().flatten().count(), 5);
/// ```
pub fn plausible(intervals: &[Option<f64>], limits: &Plausibility) -> Vec<Option<f64>> {
    let in_range = |interval: &f64| (limits.shortest..=limits.longest).contains(interval);
    let reach = limits.neighbours / 2;
    (0..intervals.len())
        .map(|index| {
            let interval = intervals[index].filter(in_range)?;
            let first = index.saturating_sub(reach);
            let last = index.saturating_add(reach).min(intervals.len() - 1);
            let mut near: Vec<f64> = intervals[first..=last]
                .iter()
                .flatten()
                .copied()
                .filter(in_range)
                .collect();
            if near.len() >= 3
                && let Some(typical) = median(&mut near)
                && (interval - typical).abs() > limits.deviation * typical
            {
                return None;
            }
            Some(interval)
        })
        .collect()
}

/// Sets the intervals of beats that no gap parts.
pub(crate) fn set_intervals(beats: &mut [Beat], limits: &Plausibility) {
    let raw: Vec<Option<f64>> = beats
        .windows(2)
        .map(|pair| Some(pair[1].time - pair[0].time))
        .collect();
    for (beat, interval) in beats.iter_mut().skip(1).zip(plausible(&raw, limits)) {
        beat.interval = interval;
    }
}
