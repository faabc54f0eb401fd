//! Which beats and intervals of an unbroken stretch are wrong.

use super::Artefact;
use super::rolling::{around, median, quartile_deviation};

/// Quartile deviations that make a threshold.
const ALPHA: f64 = 5.2;
/// Values on either side that a threshold follows: 91 in all.
const THRESHOLD_REACH: usize = 45;
/// Intervals on either side that form a median: 11 in all.
const MEDIAN_REACH: usize = 5;
/// The least threshold, in seconds: beats of an even rhythm jitter by a sampling period or so.
const LEAST: f64 = 0.005;
/// Slope and offset of the lines beyond which an ectopic beat lies.
const ECTOPIC_SLOPE: f64 = 0.13;
const ECTOPIC_OFFSET: f64 = 0.17;
/// How many times as large as its flank the difference behind a beat out of place is, at least; twice, were it not for the
/// rhythm.
const FLANK: f64 = 1.4;
/// Thresholds from the median beyond which an interval is long or short, whatever its neighbours.
const FAR: f64 = 3.0;
/// Fewer intervals tell no rhythm.
const FEWEST: usize = 4;

/// The intervals of a stretch, and what they are compared with. Interval k lies between beats k and k + 1.
pub(super) struct Rhythm {
    pub(super) intervals: Vec<f64>,
    /// The median around each interval.
    pub(super) medians: Vec<f64>,
    /// Threshold of the distances from the median, in seconds.
    pub(super) thresholds: Vec<f64>,
    /// Difference from the interval before, in thresholds of its own.
    differences: Vec<f64>,
    /// Distance from the median, in thresholds; double below it.
    distances: Vec<f64>,
}

/// What was found in a stretch.
pub(super) enum Finding {
    /// Beat k is ectopic or misplaced.
    Ectopic(usize),
    /// A beat was missed in interval k.
    Missed(usize),
    /// Beat k is one too many.
    Extra(usize),
    /// Interval k is long or short.
    Off(usize, Artefact),
}

impl Rhythm {
    pub(super) fn new(times: &[f64]) -> Rhythm {
        let intervals: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let medians = around(&intervals, MEDIAN_REACH, median);
        let raw: Vec<f64> = intervals
            .iter()
            .zip(&medians)
            .map(|(interval, median)| {
                let distance = interval - median;
                if distance < 0.0 {
                    2.0 * distance
                } else {
                    distance
                }
            })
            .collect();
        let thresholds = following(&raw);
        let distances = raw
            .iter()
            .zip(&thresholds)
            .map(|(raw, threshold)| raw / threshold)
            .collect();
        let steps: Vec<f64> = intervals.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The first interval has none before it to differ from.
        let differences = std::iter::once(0.0)
            .chain(
                steps
                    .iter()
                    .zip(following(&steps))
                    .map(|(step, threshold)| step / threshold),
            )
            .take(intervals.len())
            .collect();
        Rhythm {
            intervals,
            medians,
            thresholds,
            differences,
            distances,
        }
    }

    /// Difference k, zero beyond the ends.
    fn difference(&self, index: usize) -> f64 {
        self.differences.get(index).copied().unwrap_or(0.0)
    }

    /// Whether the difference at k lies between opposite ones, as a beat out of place makes them.
    fn ectopic(&self, index: usize) -> bool {
        let here = self.difference(index);
        let (before, after) = (self.difference(index - 1), self.difference(index + 1));
        let edge = -ECTOPIC_SLOPE * here;
        (here > 1.0 && before.max(after) < edge - ECTOPIC_OFFSET)
            || (here < -1.0 && before.min(after) > edge + ECTOPIC_OFFSET)
    }

    /// Whether the difference at k is a flank of an ectopic one beside it.
    ///
    /// A beat out of place by d changes three differences, by d, −2d and d. The outer ones may look ectopic as well, where breath
    /// swings the other way before or after them.
    fn flank(&self, index: usize) -> bool {
        let least = FLANK * self.difference(index).abs();
        [index - 1, index + 1].into_iter().any(|beside| {
            beside > 0 && self.difference(beside).abs() > least && self.ectopic(beside)
        })
    }

    /// Whether interval k is long or short. A difference that is `explained` does not make up for it.
    fn off(&self, index: usize, explained: &[bool]) -> Option<Artefact> {
        let here = self.difference(index);
        let [next, second] = [index + 1, index + 2].map(|later| match explained[later] {
            true => 0.0,
            false => self.difference(later),
        });
        let distance = self.distances[index];
        if (here > 1.0 && next.min(second) < -1.0) || distance > FAR {
            Some(Artefact::Long)
        } else if (here < -1.0 && next.max(second) > 1.0) || distance < -FAR {
            Some(Artefact::Short)
        } else {
            None
        }
    }

    /// How far an interval, put in place of interval k, lies from the rhythm; `None` beyond the threshold.
    pub(super) fn fits(&self, index: usize, interval: f64) -> Option<f64> {
        let distance = (interval - self.medians[index]).abs();
        (distance < self.thresholds[index]).then_some(distance)
    }
}

/// Thresholds that follow the sizes of values.
fn following(values: &[f64]) -> Vec<f64> {
    let sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    around(&sizes, THRESHOLD_REACH, |sorted| {
        (ALPHA * quartile_deviation(sorted)).max(LEAST)
    })
}

/// Finds what is wrong, in the order of the stretch but for ectopic beats, which come first.
pub(super) fn classify(rhythm: &Rhythm) -> Vec<Finding> {
    let count = rhythm.intervals.len();
    let mut findings = Vec::new();
    if count < FEWEST {
        return findings;
    }
    // Intervals whose difference from the one before is explained.
    let mut explained = vec![false; count + 3];
    let mut touched = vec![false; count + 1];

    // In a row of them, as of every second beat, the early ones are the ectopic ones: those between a short interval
    // and a long one. Early first, therefore, but a flank of what is larger only where that turned out to be none.
    for (flank, early) in [(false, true), (false, false), (true, true), (true, false)] {
        for index in 1..count {
            let free = !explained[index] && (rhythm.difference(index) > 0.0) == early;
            if free && rhythm.ectopic(index) && rhythm.flank(index) == flank {
                findings.push(Finding::Ectopic(index));
                explained[index - 1..=index + 1].fill(true);
                touched[index] = true;
            }
        }
    }
    for index in 0..count {
        if explained[index] {
            continue;
        }
        match rhythm.off(index, &explained) {
            Some(Artefact::Long) if rhythm.fits(index, 0.5 * rhythm.intervals[index]).is_some() => {
                findings.push(Finding::Missed(index));
                explained[index + 1] = true;
            }
            Some(Artefact::Short) if let Some(beat) = extra(rhythm, index, &touched) => {
                findings.push(Finding::Extra(beat));
                touched[beat] = true;
                explained[beat..=beat + 1].fill(true);
            }
            Some(artefact) => {
                findings.push(Finding::Off(index, artefact));
                explained[index + 1] = true;
            }
            None => {}
        }
    }
    findings
}

/// Which beat at the ends of interval k is one too many: the one without which the interval fits the rhythm best.
fn extra(rhythm: &Rhythm, index: usize, touched: &[bool]) -> Option<usize> {
    let last = rhythm.intervals.len() - 1;
    [index, index + 1]
        .into_iter()
        .filter(|&beat| beat > 0 && beat <= last && !touched[beat])
        .filter_map(|beat| {
            let joined = rhythm.intervals[beat - 1] + rhythm.intervals[beat];
            Some((rhythm.fits(index, joined)?, beat))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, beat)| beat)
}
