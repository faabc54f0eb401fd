//! What stands in the place of artefacts.

use std::ops::Range;

use super::ArtefactError;
use super::detect::check;
use crate::pulse_peaks;
use crate::stretches::constant_run;

/// Longest artefact that pulses are drawn over, in seconds: nobody knows what the heart did meanwhile.
const LONGEST_SECONDS: f64 = 10.0;
/// Seconds between a neighbouring beat and the artefact within which the beat is a neighbour.
const NEAR_SECONDS: f64 = 2.0;
/// Intervals that a beating heart keeps up, in seconds.
const INTERVALS: [f64; 2] = [0.33, 1.5];

/// What to put in the place of artefacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Removal {
    /// Nothing: the samples become NaN. A gap is honest.
    #[default]
    Excise,
    /// Pulses made from the last whole beat before and the first after, where both are clean and the artefact lasts 10 s
    /// or less; else nothing. The number of beats is the one that fits the two intervals best.
    ///
    /// For what cannot take gaps, such as a plot or a filter. The beats are invented: variability of the heart rate must
    /// not be computed from them.
    Pulses,
}

/// `bvp` (any unit, `rate` in Hz, 25 to 10,000) without `artefacts`, ranges of samples such as
/// [`detect`](super::detect()) gives; what they have beyond the signal does not count.
///
/// # Errors
/// [`ArtefactError::Rate`] or [`ArtefactError::Infinite`]; [`ArtefactError::Beats`] where [`pulse_peaks`] refuses the rate.
///
/// ```
/// use pathema_physio::artefacts::{Removal, remove};
/// let wave = |index: usize| (std::f64::consts::TAU * 1.25 * index as f64 / 64.0).sin();
/// let bvp: Vec<f64> = (0..1_280).map(|index| if (500..600).contains(&index) { 9.0 } else { wave(index) }).collect();
/// let filled = remove(&bvp, 64.0, &[490..610], Removal::Pulses)?;
/// assert!((490..610).all(|index| (filled[index] - wave(index)).abs() < 0.2));
/// # Ok::<(), pathema_physio::artefacts::ArtefactError>(())
/// ```
pub fn remove(
    bvp: &[f64],
    rate: f64,
    artefacts: &[Range<usize>],
    removal: Removal,
) -> Result<Vec<f64>, ArtefactError> {
    check(bvp, rate)?;
    let mut kept = bvp.to_vec();
    for range in artefacts {
        let end = range.end.min(kept.len());
        kept[range.start.min(end)..end].fill(f64::NAN);
    }
    if removal == Removal::Excise {
        return Ok(kept);
    }
    let beats: Vec<f64> = pulse_peaks(&kept, rate)?
        .iter()
        .map(|beat| beat.time * rate)
        .collect();
    let mut filled = kept.clone();
    for range in artefacts {
        let end = range.end.min(kept.len());
        let range = range.start.min(end)..end;
        if let Some(bridge) = Bridge::over(&range, &beats, &kept, rate) {
            for index in range {
                filled[index] = bridge.at(index as f64);
            }
        }
    }
    Ok(filled)
}

/// Pulses between two whole beats. All times are in samples.
struct Bridge<'a> {
    before: Cycle<'a>,
    after: Cycle<'a>,
    /// How many beats lie between the end of the one and the start of the other.
    count: f64,
}

impl<'a> Bridge<'a> {
    fn over(range: &Range<usize>, beats: &[f64], kept: &'a [f64], rate: f64) -> Option<Bridge<'a>> {
        if range.is_empty() || range.len() as f64 > LONGEST_SECONDS * rate {
            return None;
        }
        let (start, end) = (range.start as f64, range.end as f64);
        let next = beats.partition_point(|beat| *beat < start);
        let &[.., first, last] = &beats[..next] else {
            return None;
        };
        let later = &beats[next..];
        let &[third, fourth, ..] = &later[later.partition_point(|beat| *beat < end)..] else {
            return None;
        };
        if start - last > NEAR_SECONDS * rate || third - end > NEAR_SECONDS * rate {
            return None;
        }
        let before = Cycle::new(kept, first, last, rate)?;
        let after = Cycle::new(kept, third, fourth, rate)?;
        let interval = 0.5 * (before.length() + after.length());
        Some(Bridge {
            count: ((third - last) / interval).round().max(1.0),
            before,
            after,
        })
    }

    fn at(&self, time: f64) -> f64 {
        let part = (time - self.before.last) / (self.after.first - self.before.last);
        let phase = (part * self.count).fract();
        (1.0 - part) * self.before.at(phase) + part * self.after.at(phase)
    }
}

/// The samples from one beat to the next.
struct Cycle<'a> {
    signal: &'a [f64],
    first: f64,
    last: f64,
}

impl<'a> Cycle<'a> {
    /// If it is whole and as long as a beat.
    fn new(signal: &'a [f64], first: f64, last: f64, rate: f64) -> Option<Cycle<'a>> {
        let samples = signal.get(first as usize..last as usize + 2)?;
        let whole = samples.iter().all(|value| value.is_finite());
        let beats = (INTERVALS[0]..=INTERVALS[1]).contains(&((last - first) / rate));
        let alive = whole && constant_run(samples, 0) < samples.len();
        (alive && beats).then_some(Cycle {
            signal,
            first,
            last,
        })
    }

    fn length(&self) -> f64 {
        self.last - self.first
    }

    /// The value at a phase in [0, 1), on a baseline tilted so that the cycle ends where it began.
    fn at(&self, phase: f64) -> f64 {
        let drift = self.sample(self.last) - self.sample(self.first);
        self.sample(self.first + phase * self.length()) + (0.5 - phase) * drift
    }

    fn sample(&self, time: f64) -> f64 {
        let below = time as usize;
        let part = time - below as f64;
        self.signal[below] + part * (self.signal[below + 1] - self.signal[below])
    }
}
