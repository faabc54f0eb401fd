//! The beats of a stretch without gaps, as it is being recorded.

use std::collections::VecDeque;

use super::REFRACTORY_SECONDS;
use super::cascade::Design;
use super::localise::Localiser;
use super::rhythm::Rhythm;
use super::scan::Scan;
use super::thresholds::{Candidate, Order, Thresholds, WEIGHT, WEIGHT_SEARCHED};
use crate::beat::Beat;
use crate::peaks::median;

/// Seconds from which the thresholds are learnt.
const LEARN_SECONDS: f64 = 2.0;
/// A maximum so soon after a beat, in seconds, with less than half its slope, is a T wave.
const T_WAVE_SECONDS: f64 = 0.36;
/// Learn anew after so many seconds without a beat.
const LOST_SECONDS: f64 = 2.5;
/// Seconds of the ECG that are kept: twice as long as until it is lost, and a second for the filters and the baseline.
const KEPT_SECONDS: f64 = 2.0 * LOST_SECONDS + 1.0;
/// Share of the usual beat energy below which nothing is a beat: 3 % in amplitude. Some beats say what is usual.
const QUIET: f64 = 1e-3;
const USUAL_OF: usize = 8;
const USUAL_FROM: usize = 4;
/// Slopes of a 32,768th of the range while learning are what rounding leaves of a straight line, squared.
const ROUNDING: f64 = (1u64 << 10) as f64;

/// A stretch of an ECG.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    rate: f64,
    /// The latest samples, and the number of the first of them since the start of the stream.
    ecg: Vec<f64>,
    first: u64,
    /// What reads them, once there are enough to learn from.
    scan: Option<Scan>,
    /// Where it started or, while there is none, where the next starts.
    origin: u64,
    /// The exponent of the scale that `last` and `energies` are in.
    exponent: Option<i32>,
    learning: Learning,
    thresholds: Option<Thresholds>,
    rhythm: Rhythm,
    localiser: Localiser,
    last: Option<Last>,
    /// Energies of the latest beats, in the scale of `scan`, and what share of the usual one is too quiet.
    energies: VecDeque<f64>,
    floor: f64,
    /// Maxima since the last beat that were taken for noise.
    rejected: Vec<Candidate>,
    /// Search back once all before this sample is known; `None` once that was done and found nothing.
    search_at: Option<u64>,
    /// Since which sample no beat has been found, and none was searched for with fresh thresholds.
    silent_from: u64,
}

/// What is learnt from.
#[derive(Clone, Debug, Default)]
struct Learning {
    energies: Vec<i64>,
    bands: Vec<i64>,
    candidates: Vec<Candidate>,
}

/// The last beat: where, in samples since the start of the stream, and its slope in the scale of the scan.
#[derive(Clone, Copy, Debug)]
struct Last {
    position: f64,
    slope: f64,
}

impl Stretch {
    /// A stretch whose first sample is number `first` of the stream.
    pub(super) fn new(first: u64, rate: f64, design: &Design) -> Stretch {
        Stretch {
            rate,
            ecg: Vec::new(),
            first,
            scan: None,
            origin: first,
            exponent: None,
            learning: Learning::default(),
            thresholds: None,
            rhythm: Rhythm::default(),
            localiser: Localiser::new(rate, design),
            last: None,
            energies: VecDeque::with_capacity(USUAL_OF),
            floor: 0.0,
            rejected: Vec::new(),
            search_at: None,
            silent_from: first,
        }
    }

    /// Adds samples.
    pub(super) fn extend(&mut self, samples: &[f64], design: &Design, beats: &mut VecDeque<Beat>) {
        self.ecg.extend_from_slice(samples);
        self.run(false, design, beats);
        let kept = (KEPT_SECONDS * self.rate) as usize;
        if self.ecg.len() > 2 * kept {
            let forgotten = self.ecg.len() - kept;
            self.ecg.drain(..forgotten);
            self.first += forgotten as u64;
        }
    }

    /// Ends the stretch: what was waiting for more samples is decided without.
    pub(super) fn finish(mut self, design: &Design, beats: &mut VecDeque<Beat>) {
        self.run(true, design, beats);
    }

    fn end(&self) -> u64 {
        self.first + self.ecg.len() as u64
    }

    fn run(&mut self, last: bool, design: &Design, beats: &mut VecDeque<Beat>) {
        while self.begin(design) {
            let Some(scan) = &mut self.scan else { return };
            let next = scan.next(design);
            let end = self.first + self.ecg.len() as u64;
            let candidate = if next + design.group as u64 <= end {
                let at = (next - self.first) as usize;
                scan.read(&self.ecg[at..at + design.group], design)
            } else if last && scan.horizon(design) < end {
                scan.repeat(design)
            } else {
                return;
            };
            self.step(candidate, design, beats);
        }
    }

    /// Starts a scan where none runs, if there is enough to learn from; says whether one runs.
    #[inline]
    fn begin(&mut self, design: &Design) -> bool {
        if self.scan.is_some() {
            return true;
        }
        let at = (self.origin - self.first) as usize;
        let needed = learning_groups(design) * design.group;
        let Some(learning) = self.ecg.get(at..at + needed) else {
            return false;
        };
        let scan = Scan::new(self.origin, learning, design);
        if let Some(before) = self.exponent.replace(scan.exponent()) {
            self.rescale(scan.exponent() - before, design);
        }
        self.thresholds = None;
        self.learning = Learning::default();
        self.rejected.clear();
        self.scan = Some(scan);
        true
    }

    /// Carries what is remembered over to another scale, 2 to the power of `change` times the one before.
    #[cold]
    fn rescale(&mut self, change: i32, design: &Design) {
        let factor = 2f64.powi(change);
        self.energies
            .iter_mut()
            .for_each(|energy| *energy *= factor * factor);
        if let Some(last) = &mut self.last {
            last.slope *= factor;
        }
        self.set_floor(design);
    }

    /// After each group.
    #[inline]
    fn step(&mut self, candidate: Option<Candidate>, design: &Design, beats: &mut VecDeque<Beat>) {
        let Some(scan) = &self.scan else { return };
        if self.thresholds.is_none() {
            let (energy, band) = scan.latest();
            self.learning.energies.push(energy);
            self.learning.bands.push(band);
            self.learning.candidates.extend(candidate);
            if scan.groups() == learning_groups(design) {
                self.learn(design, beats);
            }
            return;
        }
        let horizon = scan.horizon(design);
        if let Some(candidate) = candidate {
            self.judge(candidate, design, beats);
        }
        if self.search_at.is_some_and(|at| horizon > at) {
            self.search_back(horizon, design, beats);
        }
        if horizon > self.silent_from + (LOST_SECONDS * self.rate) as u64 {
            self.restart(horizon);
        }
    }

    #[cold]
    fn learn(&mut self, design: &Design, beats: &mut VecDeque<Beat>) {
        let mut learning = std::mem::take(&mut self.learning);
        let thresholds = Thresholds::learn(&mut learning.energies, &mut learning.bands);
        self.thresholds = Some(thresholds);
        self.set_floor(design);
        if self.localiser.is_undecided() {
            for candidate in &learning.candidates {
                if thresholds.exceeded(candidate, Order::First, self.floor) {
                    let (ecg, centre) = self.known(candidate, design);
                    self.localiser.vote(&self.ecg[..ecg], centre);
                }
            }
        }
        self.search_at = Some(self.search_after(self.last));
        for candidate in learning.candidates {
            self.judge(candidate, design, beats);
        }
    }

    /// Whether a maximum is a beat.
    #[cold]
    fn judge(&mut self, candidate: Candidate, design: &Design, beats: &mut VecDeque<Beat>) {
        let Some(thresholds) = &mut self.thresholds else {
            return;
        };
        // An irregular rhythm halves the first thresholds, which makes them those of the search back.
        let order = if self.rhythm.is_irregular() {
            Order::Second
        } else {
            Order::First
        };
        let after = self
            .last
            .map(|last| candidate.centre as f64 - last.position);
        if after.is_some_and(|after| after < REFRACTORY_SECONDS * self.rate) {
            return;
        }
        if thresholds.exceeded(&candidate, order, self.floor)
            && !is_t_wave(&candidate, self.last, self.rate)
        {
            self.accept(&candidate, WEIGHT, design, beats);
            return;
        }
        thresholds.hear_noise(&candidate);
        self.rejected.push(candidate);
        if self.search_at.is_none()
            && let Some(scan) = &self.scan
        {
            let horizon = scan.horizon(design);
            self.search_back(horizon, design, beats);
        }
    }

    /// Looks among the maxima since the last beat for the largest over the second thresholds.
    #[cold]
    fn search_back(&mut self, horizon: u64, design: &Design, beats: &mut VecDeque<Beat>) {
        loop {
            self.search_at = None;
            let Some(thresholds) = &self.thresholds else {
                return;
            };
            let found = (0..self.rejected.len())
                .filter(|&index| {
                    let candidate = &self.rejected[index];
                    thresholds.exceeded(candidate, Order::Second, self.floor)
                        && !is_t_wave(candidate, self.last, self.rate)
                })
                .max_by(|&a, &b| self.rejected[a].energy.total_cmp(&self.rejected[b].energy));
            let Some(found) = found else { return };
            let candidate = self.rejected.remove(found);
            if self.accept(&candidate, WEIGHT_SEARCHED, design, beats)
                && self.search_at.is_some_and(|at| horizon <= at)
            {
                return;
            }
        }
    }

    /// Takes a maximum for a beat, unless the ECG has no peak there; says whether it did.
    fn accept(
        &mut self,
        candidate: &Candidate,
        weight: f64,
        design: &Design,
        beats: &mut VecDeque<Beat>,
    ) -> bool {
        let (known, centre) = self.known(candidate, design);
        let ecg = &self.ecg[..known];
        let baseline = self.localiser.vote(ecg, centre);
        let Some(peak) = self.localiser.find(ecg, centre, baseline) else {
            return false;
        };
        // Whole numbers first: what was kept of the samples must not make a difference in the last digit.
        let position = (self.first + peak.at as u64) as f64 + peak.offset;
        let time = position / self.rate;
        // The difference of the times as they are reported, to the last digit.
        let interval = self.last.map(|last| time - last.position / self.rate);
        if interval.is_some_and(|interval| interval < REFRACTORY_SECONDS) {
            return false;
        }
        beats.push_back(Beat {
            time,
            amplitude: peak.amplitude,
            interval,
        });
        if let Some(interval) = interval.filter(|&interval| interval < LOST_SECONDS) {
            self.rhythm.hear(interval);
        }
        if let Some(thresholds) = &mut self.thresholds {
            thresholds.hear_beat(candidate, weight);
        }
        if self.energies.len() == USUAL_OF {
            self.energies.pop_front();
        }
        self.energies.push_back(candidate.energy);
        self.set_floor(design);
        self.rejected
            .retain(|other| other.centre > candidate.centre);
        let last = Some(Last {
            position,
            slope: candidate.slope,
        });
        self.last = last;
        self.search_at = Some(self.search_after(last));
        self.silent_from = self
            .silent_from
            .max((position + REFRACTORY_SECONDS * self.rate) as u64);
        true
    }

    /// Sets the energy below which nothing is a beat.
    fn set_floor(&mut self, design: &Design) {
        let mut sorted = [0.0; USUAL_OF];
        let sorted = &mut sorted[..self.energies.len()];
        for (slot, energy) in sorted.iter_mut().zip(&self.energies) {
            *slot = *energy;
        }
        let quiet = if self.energies.len() < USUAL_FROM {
            0.0
        } else {
            QUIET * median(sorted).unwrap_or(0.0)
        };
        self.floor = quiet.max(ROUNDING * design.window as f64);
    }

    fn search_after(&self, last: Option<Last>) -> u64 {
        let from = last.map_or(self.origin as f64, |last| last.position);
        (from + self.rhythm.missed_after() * self.rate) as u64
    }

    /// Learns anew from where it has been silent.
    #[cold]
    fn restart(&mut self, horizon: u64) {
        self.scan = None;
        self.origin = self.silent_from.max(self.first);
        self.silent_from = horizon;
    }

    /// How many of the kept samples may be looked at now, and which of them is the middle of a wave.
    ///
    /// What lies beyond the scan may be there or not, as the samples were handed over: it must make no difference.
    fn known(&self, candidate: &Candidate, design: &Design) -> (usize, usize) {
        let next = self
            .scan
            .as_ref()
            .map_or(self.first, |scan| scan.next(design));
        let known = next.min(self.end()) - self.first;
        let centre = candidate.centre.max(self.first) - self.first;
        (known as usize, centre.min(known.saturating_sub(1)) as usize)
    }
}

fn learning_groups(design: &Design) -> usize {
    (LEARN_SECONDS * design.rate) as usize
}

fn is_t_wave(candidate: &Candidate, last: Option<Last>, rate: f64) -> bool {
    last.is_some_and(|last| {
        (candidate.centre as f64) - last.position < T_WAVE_SECONDS * rate
            && candidate.slope < 0.5 * last.slope
    })
}
