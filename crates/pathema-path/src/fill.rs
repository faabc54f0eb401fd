//! Values put in the place of missing ones before a fit, for the schemes that do so.

use std::ops::Range;

use crate::{FitGradient, Observations};

/// Consecutive samples in which a channel was not observed.
struct Gap {
    samples: Range<usize>,
    /// The observations around it.
    before: Option<usize>,
    after: Option<usize>,
}

/// Whether a channel was observed after it had been missing.
pub(crate) fn any_gap_closes(observations: &Observations) -> bool {
    let mut rows = observations.rows();
    let Some(mut before) = rows.next() else {
        return false;
    };
    rows.any(|row| {
        let closes = before
            .iter()
            .zip(row)
            .any(|(x, y)| x.is_nan() && !y.is_nan());
        before = row;
        closes
    })
}

/// Every channel's ends filled flat with its first and its last value; inner
/// gaps and channels without an observation stay as they are.
pub(crate) fn flat_ends(observations: &Observations) -> Observations {
    let mut filled = observations.clone();
    for channel in 0..observations.channels {
        for gap in gaps(observations, channel) {
            if let (None, Some(seen)) | (Some(seen), None) = (gap.before, gap.after) {
                let value = observations.row(seen)[channel];
                filled.set(gap.samples, channel, |_| value);
            }
        }
    }
    filled
}

/// As [`flat_ends`], inner gaps filled by straight lines, and channels without an
/// observation with zeros.
pub(crate) fn lines(observations: &Observations) -> Observations {
    let mut filled = flat_ends(observations);
    for channel in 0..observations.channels {
        for gap in gaps(observations, channel) {
            match (gap.before, gap.after) {
                (Some(before), Some(after)) => {
                    let (x, y) = (
                        observations.row(before)[channel],
                        observations.row(after)[channel],
                    );
                    filled.set(gap.samples, channel, |sample| {
                        x + (y - x) * share(&observations.times, before, sample, after)
                    });
                }
                (None, None) => filled.set(gap.samples, channel, |_| 0.0),
                _ => {}
            }
        }
    }
    filled
}

/// What a gradient with respect to filled observations is with respect to those
/// observed: of [`flat_ends`] and [`lines`] alike, since inner gaps and unseen
/// channels have no gradient where they were not filled.
pub(crate) fn pull_back(observations: &Observations, mut filled: FitGradient) -> FitGradient {
    let (times, channels) = (&observations.times, observations.channels);
    for channel in 0..channels {
        for gap in gaps(observations, channel) {
            for sample in gap.samples.clone() {
                let gradient = std::mem::take(&mut filled.values[sample * channels + channel]);
                match (gap.before, gap.after) {
                    (Some(before), Some(after)) => {
                        let share = share(times, before, sample, after);
                        filled.values[before * channels + channel] += gradient * (1.0 - share);
                        filled.values[after * channels + channel] += gradient * share;
                        let rise =
                            observations.row(after)[channel] - observations.row(before)[channel];
                        let to_time = gradient * rise / (times[after] - times[before]);
                        filled.times[sample] += to_time;
                        filled.times[before] -= to_time * (1.0 - share);
                        filled.times[after] -= to_time * share;
                    }
                    (Some(seen), None) | (None, Some(seen)) => {
                        filled.values[seen * channels + channel] += gradient;
                    }
                    (None, None) => {}
                }
            }
        }
    }
    filled
}

fn gaps(observations: &Observations, channel: usize) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let (mut before, mut open) = (None, false);
    for (sample, row) in observations.rows().enumerate() {
        if !row[channel].is_nan() {
            if let Some(gap) = gaps.last_mut().filter(|_| open) {
                gap.after = Some(sample);
            }
            (before, open) = (Some(sample), false);
        } else if let Some(gap) = gaps.last_mut().filter(|_| open) {
            gap.samples.end = sample + 1;
        } else {
            open = true;
            gaps.push(Gap {
                samples: sample..sample + 1,
                before,
                after: None,
            });
        }
    }
    gaps
}

/// How much of the time from one sample to another has passed at a third.
fn share(times: &[f64], before: usize, sample: usize, after: usize) -> f64 {
    (times[sample] - times[before]) / (times[after] - times[before])
}

impl Observations {
    fn set(&mut self, samples: Range<usize>, channel: usize, value: impl Fn(usize) -> f64) {
        for sample in samples {
            self.values[sample * self.channels + channel] = value(sample);
        }
    }
}
