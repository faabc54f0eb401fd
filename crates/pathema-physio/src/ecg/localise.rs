//! Where on the ECG itself the R peak of a QRS complex lies.

use super::cascade::Design;
use crate::peaks::{median, vertex};
use crate::stretches::samples;

/// Seconds around the middle of a complex in which its R peak lies.
const REACH_SECONDS: f64 = 0.06;
/// Seconds around a complex whose median is the local baseline: most of them lie between the waves.
const BASELINE_SECONDS: f64 = 0.3;
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

    pub(super) fn new(rate: f64, design: &Design) -> Localiser {
        Localiser {
            reach: samples(REACH_SECONDS, rate),
            baseline: samples(BASELINE_SECONDS, rate),
            step: design.group,
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

    /// Lets the complex around `centre` vote on the polarity, and gives its baseline, times `ROOM`.
    pub(super) fn vote(&mut self, ecg: &[f64], centre: usize) -> f64 {
        let baseline = self.baseline_around(ecg, centre);
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in &ecg[around(ecg, centre, self.reach)] {
            lowest = lowest.min(ROOM * value);
            highest = highest.max(ROOM * value);
        }
        let down = (highest - baseline) - (baseline - lowest) < 0.0;
        self.down = (self.down << 1 | u32::from(down)) & ((1 << Localiser::VOTES) - 1);
        self.votes = (self.votes + 1).min(Localiser::VOTES);
        baseline
    }

    /// The R peak of the complex around `centre`, which has voted; `baseline` is what that gave.
    ///
    /// A complex without an extremum within reach was a step, and one whose extremum is a plateau was saturated: they have
    /// none.
    pub(super) fn find(&mut self, ecg: &[f64], centre: usize, baseline: f64) -> Option<RPeak> {
        let points_down = 2 * self.down.count_ones() > self.votes;
        let sign = if points_down { -ROOM } else { ROOM };
        // One sample more on either side, for the neighbours of an extremum at the limit.
        let window = around(ecg, centre, self.reach + 1);
        self.scratch.clear();
        let upright = ecg[window.clone()].iter().map(|value| sign * value);
        self.scratch.extend(upright);
        let peak = highest_maximum(&self.scratch)?;
        if repeated(ecg, window.start + peak, self.plateau) {
            return None;
        }
        let (offset, height) = vertex(&self.scratch, peak);
        let amplitude = (if points_down { -height } else { height }) - baseline;
        Some(RPeak {
            at: window.start + peak,
            offset,
            amplitude: (amplitude / ROOM).clamp(f64::MIN, f64::MAX),
        })
    }

    /// The local baseline, times `ROOM`.
    fn baseline_around(&mut self, ecg: &[f64], centre: usize) -> f64 {
        self.scratch.clear();
        let near = ecg[around(ecg, centre, self.baseline)].iter();
        self.scratch.extend(near.step_by(self.step));
        ROOM * median(&mut self.scratch).unwrap_or(0.0)
    }
}

fn around(ecg: &[f64], at: usize, reach: usize) -> std::ops::Range<usize> {
    at.saturating_sub(reach)..(at + reach + 1).min(ecg.len())
}

/// The highest of the local maxima, or the middle of the highest plateau; the first of equals. The ends are none.
fn highest_maximum(signal: &[f64]) -> Option<usize> {
    let mut best: Option<usize> = None;
    let mut risen = None;
    for index in 1..signal.len() {
        if signal[index] > signal[index - 1] {
            risen = Some(index);
        } else if signal[index] < signal[index - 1]
            && let Some(first) = risen.take()
            && best.is_none_or(|best| signal[first] > signal[best])
        {
            best = Some((first + index - 1) / 2);
        }
    }
    best
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
