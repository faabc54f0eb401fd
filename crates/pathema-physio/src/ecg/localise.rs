//! Where on the ECG itself the R peak of a QRS complex lies.

use crate::peaks::{median, vertex};
use crate::stretches::samples;

/// Seconds around the middle of a complex in which its R peak lies.
const REACH_SECONDS: f64 = 0.06;
/// Seconds around a complex whose median is the local baseline, and whose halves' medians are its slope: most of them lie
/// between the waves.
const BASELINE_SECONDS: f64 = 0.3;
/// How many samples are enough for such a median.
const BASELINE_OF: usize = 60;
/// Longest repetition of one value at a peak, in seconds: beyond, the amplifier saturated or the lead was off.
const PLATEAU_SECONDS: f64 = 0.1;
/// Differences of the largest numbers there are must not overflow.
const ROOM: f64 = 0.25;

/// An R peak.
#[derive(Clone, Copy, Debug)]
pub(super) struct RPeak {
    /// Sample of the slice that was searched.
    pub(super) at: usize,
    /// How far from it the parabola puts the peak, in samples.
    pub(super) offset: f64,
    /// Above the local baseline; negative where the peak points down.
    pub(super) amplitude: f64,
}

/// Finds R peaks near the middles of complexes, with one polarity for a stretch: that of most of the recent complexes, so
/// that R does not change places with S from beat to beat.
#[derive(Clone, Debug)]
pub(super) struct Localiser {
    reach: usize,
    baseline: usize,
    /// Of the samples for the baseline one in so many is taken.
    step: usize,
    plateau: usize,
    /// A bit for each of the recent complexes, the newest lowest: whether it points down.
    down: u32,
    votes: u32,
    scratch: Vec<f64>,
}

impl Localiser {
    /// How many complexes decide on the polarity.
    const VOTES: u32 = 17;

    pub(super) fn new(rate: f64) -> Localiser {
        Localiser {
            reach: samples(REACH_SECONDS, rate),
            baseline: samples(BASELINE_SECONDS, rate),
            step: (2 * samples(BASELINE_SECONDS, rate) / BASELINE_OF).max(1),
            plateau: samples(PLATEAU_SECONDS, rate),
            down: 0,
            votes: 0,
            scratch: Vec::new(),
        }
    }

    /// Whether no complex has voted yet.
    pub(super) fn is_undecided(&self) -> bool {
        self.votes == 0
    }

    /// Lets the complex around `centre` vote on the polarity, and gives its baseline.
    pub(super) fn vote(&mut self, ecg: &[f64], centre: usize) -> Baseline {
        let baseline = self.baseline_around(ecg, centre);
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for index in around(ecg, centre, self.reach) {
            let value = ROOM * ecg[index] - baseline.at(index);
            lowest = lowest.min(value);
            highest = highest.max(value);
        }
        let down = highest + lowest < 0.0;
        self.down = (self.down << 1 | u32::from(down)) & ((1 << Localiser::VOTES) - 1);
        self.votes = (self.votes + 1).min(Localiser::VOTES);
        baseline
    }

    /// The R peak of the complex around `centre`, which has voted; `baseline` is what that gave.
    ///
    /// A complex without an extremum within reach was a step, and one whose extremum is a plateau was saturated: they have
    /// none.
    pub(super) fn find(
        &mut self,
        ecg: &[f64],
        centre: usize,
        baseline: &Baseline,
    ) -> Option<RPeak> {
        let points_down = 2 * self.down.count_ones() > self.votes;
        let sign = if points_down { -ROOM } else { ROOM };
        // One sample more on either side, for the neighbours of an extremum at the limit.
        let window = around(ecg, centre, self.reach + 1);
        self.scratch.clear();
        let upright = ecg[window.clone()].iter().map(|value| sign * value);
        self.scratch.extend(upright);
        // On a slope of the baseline, what is highest is not what stands out.
        let upright = if points_down { -1.0 } else { 1.0 };
        let peak = highest_maximum(&self.scratch, |index| {
            upright * baseline.at(window.start + index)
        })?;
        if repeated(ecg, window.start + peak, self.plateau) {
            return None;
        }
        let (offset, height) = vertex(&self.scratch, peak);
        let amplitude = (if points_down { -height } else { height }) - baseline.level;
        Some(RPeak {
            at: window.start + peak,
            offset,
            amplitude: (amplitude / ROOM).clamp(f64::MIN, f64::MAX),
        })
    }

    fn baseline_around(&mut self, ecg: &[f64], centre: usize) -> Baseline {
        let near = around(ecg, centre, self.baseline);
        let halves = [near.start..centre, centre..near.end];
        let distance = 0.5 * near.len() as f64;
        let is_short = halves.iter().any(|half| half.len() < self.reach);
        let mut median_of = |part: std::ops::Range<usize>| {
            self.scratch.clear();
            let samples = ecg[part].iter().step_by(self.step);
            self.scratch.extend(samples);
            ROOM * median(&mut self.scratch).unwrap_or(0.0)
        };
        let [before, after] = halves.map(&mut median_of);
        Baseline {
            centre: centre as f64,
            level: median_of(near),
            slope: if is_short {
                0.0
            } else {
                (after - before) / distance
            },
        }
    }
}

/// The line that a complex stands on, times `ROOM`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Baseline {
    centre: f64,
    level: f64,
    /// Per sample.
    slope: f64,
}

impl Baseline {
    fn at(&self, index: usize) -> f64 {
        self.level + self.slope * (index as f64 - self.centre)
    }
}

fn around(ecg: &[f64], at: usize, reach: usize) -> std::ops::Range<usize> {
    at.saturating_sub(reach)..(at + reach + 1).min(ecg.len())
}

/// The local maximum, or the middle of the plateau, that is highest above a `baseline`; the first of equals. The ends are
/// none.
fn highest_maximum(signal: &[f64], baseline: impl Fn(usize) -> f64) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    let mut risen = None;
    for index in 1..signal.len() {
        if signal[index] > signal[index - 1] {
            risen = Some(index);
        } else if signal[index] < signal[index - 1]
            && let Some(first) = risen.take()
        {
            let middle = (first + index - 1) / 2;
            let height = signal[first] - baseline(middle);
            if best.is_none_or(|(_, highest)| height > highest) {
                best = Some((middle, height));
            }
        }
    }
    best.map(|(peak, _)| peak)
}

/// Whether the value at `at` is that of `count` samples in a row around it.
fn repeated(signal: &[f64], at: usize, count: usize) -> bool {
    let same = |value: &&f64| **value == signal[at];
    let after = signal[at..].iter().take(count).take_while(same).count();
    let before = signal[..at]
        .iter()
        .rev()
        .take(count)
        .take_while(same)
        .count();
    before + after >= count
}
