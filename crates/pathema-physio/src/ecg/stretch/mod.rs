//! The beats of a stretch without gaps, as it is being recorded.

mod decide;

use std::collections::VecDeque;

use super::cascade::Design;
use super::localise::Localiser;
use super::rhythm::Rhythm;
use super::scan::Scan;
use super::thresholds::{Candidate, Order, Thresholds};
use crate::beat::Beat;
use crate::peaks::median;

/// Seconds from which the thresholds are learnt.
const LEARN_SECONDS: f64 = 2.0;
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
    pub(super) fn new(first: u64, rate: f64) -> Stretch {
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
            localiser: Localiser::new(rate),
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
