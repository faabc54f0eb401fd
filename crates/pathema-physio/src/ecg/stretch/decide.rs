//! Which maxima of energy are beats.

use std::collections::VecDeque;

use super::{LOST_SECONDS, Last, Stretch, USUAL_OF};
use crate::beat::Beat;
use crate::ecg::REFRACTORY_SECONDS;
use crate::ecg::cascade::Design;
use crate::ecg::thresholds::{Candidate, Order, WEIGHT, WEIGHT_SEARCHED};

/// A maximum so soon after a beat, in seconds, with less than half its slope, is a T wave.
const T_WAVE_SECONDS: f64 = 0.36;
impl Stretch {
    /// Whether a maximum is a beat.
    #[cold]
    pub(super) fn judge(
        &mut self,
        candidate: Candidate,
        design: &Design,
        beats: &mut VecDeque<Beat>,
    ) {
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
    pub(super) fn search_back(
        &mut self,
        horizon: u64,
        design: &Design,
        beats: &mut VecDeque<Beat>,
    ) {
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
        let Some(peak) = self.localiser.find(ecg, centre, &baseline) else {
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

    /// The sample from which on a beat was missed, `last` being the last one.
    pub(super) fn search_after(&self, last: Option<Last>) -> u64 {
        let from = last.map_or(self.origin as f64, |last| last.position);
        (from + self.rhythm.missed_after() * self.rate) as u64
    }
}

fn is_t_wave(candidate: &Candidate, last: Option<Last>, rate: f64) -> bool {
    last.is_some_and(|last| {
        (candidate.centre as f64) - last.position < T_WAVE_SECONDS * rate
            && candidate.slope < 0.5 * last.slope
    })
}
