//! Which maxima of energy are QRS complexes: adaptive thresholds after Pan & Tompkins (1985).

use crate::peaks::median;
use crate::stretches::samples;

/// A maximum of the energy of an ECG's slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Sample of the stretch.
    pub(super) at: usize,
    /// Energy there.
    pub(super) energy: f64,
    /// Largest slope, up or down, in the complex.
    pub(super) steepest: f64,
}

/// Weight of a new beat or noise peak in the running estimates, and that of a beat found by searching back.
const WEIGHT: f64 = 0.125;
const WEIGHT_SEARCHED: f64 = 0.25;
/// Where the threshold lies between noise (0) and beats (1); that of the search back is half as high.
const THRESHOLD: f64 = 0.25;
/// A beat counts at most so many times the usual one, so that an artefact does not deafen the detector.
const LOUDEST: f64 = 4.0;
/// Search back after so many usual intervals without a beat.
const SEARCH_AFTER: f64 = 1.66;
/// A maximum so soon after a beat, in seconds, with less than half its slope, is a T wave.
const T_WAVE_SECONDS: f64 = 0.36;
/// Learn anew after so many seconds without a beat.
const LOST_SECONDS: f64 = 2.5;
/// Seconds from which the thresholds are learnt, and of the bins therein: each holds a beat of at least 40 a minute.
const LEARN_SECONDS: f64 = 9.0;
const BIN_SECONDS: f64 = 1.5;
/// Share of a stretch's usual beat energy below which nothing is a beat: 3 % in amplitude.
const QUIET: f64 = 1e-3;
/// A millionth of the largest sample, squared: what rounding leaves of a straight line.
const ROUNDING: f64 = 1e-12;

/// The QRS complexes among `candidates`, in order; `energy` is that of the whole stretch.
pub(super) fn select(candidates: &[Candidate], energy: &[f64], rate: f64) -> Vec<Candidate> {
    let floor = ROUNDING.max(QUIET * usual_maximum(energy, rate));
    let lost = samples(LOST_SECONDS, rate);
    let mut levels = Levels::learn(energy, 0, rate, floor);
    let mut beats = Vec::new();
    // Where the search for the next beat began: at the last beat, or where the detector gave up waiting for one.
    let mut start = Start {
        at: 0,
        next: 0,
        fresh: true,
    };
    let mut index = 0;
    loop {
        let now = candidates.get(index).map_or(energy.len(), |c| c.at);
        let silence = now - start.at;
        if silence as f64 > SEARCH_AFTER * usual_interval(&beats, rate) {
            if let Some(found) = levels.missed(candidates, start.next..index, &beats, rate) {
                levels.hear_beat(candidates[found].energy, WEIGHT_SEARCHED);
                beats.push(candidates[found]);
                start = Start::after(candidates, found);
                continue;
            }
            if silence > lost && !start.fresh {
                levels = Levels::learn(energy, start.at, rate, floor);
                start.fresh = true;
                index = start.next;
                continue;
            }
            if silence > lost {
                // Even fresh thresholds found nothing here.
                start = Start {
                    at: now,
                    next: index,
                    fresh: false,
                };
                // At the end of the stretch there is nothing left to wait for.
                if index < candidates.len() {
                    continue;
                }
            }
        }
        let Some(&candidate) = candidates.get(index) else {
            return beats;
        };
        if candidate.energy > levels.threshold() && !is_t_wave(&candidate, &beats, rate) {
            levels.hear_beat(candidate.energy, WEIGHT);
            beats.push(candidate);
            start = Start::after(candidates, index);
        } else {
            levels.hear_noise(candidate.energy);
        }
        index += 1;
    }
}

struct Start {
    /// Sample.
    at: usize,
    /// First candidate after it.
    next: usize,
    /// Whether the thresholds were learnt here.
    fresh: bool,
}

impl Start {
    fn after(candidates: &[Candidate], beat: usize) -> Start {
        Start {
            at: candidates[beat].at,
            next: beat + 1,
            fresh: false,
        }
    }
}

/// Running estimates of the energy of beats and of what is none.
struct Levels {
    beat: f64,
    noise: f64,
    floor: f64,
}

impl Levels {
    /// From the `LEARN_SECONDS` after sample `from`, or from the last ones of a stretch that ends before.
    fn learn(energy: &[f64], from: usize, rate: f64, floor: f64) -> Levels {
        let window = samples(LEARN_SECONDS, rate);
        let from = from.min(energy.len().saturating_sub(window));
        let heard = &energy[from..energy.len().min(from + window)];
        let beat = usual_maximum(heard, rate).max(floor);
        // Complexes fill a small part of the time, so the median is what lies between them.
        let noise = median(&mut heard.to_vec()).unwrap_or(0.0);
        Levels { beat, noise, floor }
    }

    fn threshold(&self) -> f64 {
        (self.noise + THRESHOLD * (self.beat - self.noise)).max(self.floor)
    }

    fn hear_beat(&mut self, energy: f64, weight: f64) {
        self.beat += weight * (energy.min(LOUDEST * self.beat) - self.beat);
    }

    fn hear_noise(&mut self, energy: f64) {
        self.noise += WEIGHT * (energy - self.noise);
    }

    /// The largest candidate in `range` above the lower threshold.
    fn missed(
        &self,
        candidates: &[Candidate],
        range: std::ops::Range<usize>,
        beats: &[Candidate],
        rate: f64,
    ) -> Option<usize> {
        let lower = (0.5 * self.threshold()).max(self.floor);
        range
            .filter(|&index| candidates[index].energy > lower)
            .filter(|&index| !is_t_wave(&candidates[index], beats, rate))
            .max_by(|&a, &b| candidates[a].energy.total_cmp(&candidates[b].energy))
    }
}

fn is_t_wave(candidate: &Candidate, beats: &[Candidate], rate: f64) -> bool {
    beats.last().is_some_and(|last| {
        candidate.at - last.at < samples(T_WAVE_SECONDS, rate)
            && candidate.steepest < 0.5 * last.steepest
    })
}

/// The median of the last eight intervals, in samples; a second while there is none.
fn usual_interval(beats: &[Candidate], rate: f64) -> f64 {
    let recent = &beats[beats.len().saturating_sub(9)..];
    let longest = LOST_SECONDS * rate;
    let mut intervals: Vec<f64> = recent
        .windows(2)
        .map(|pair| (pair[1].at - pair[0].at) as f64)
        .filter(|interval| *interval < longest)
        .collect();
    median(&mut intervals).unwrap_or(rate)
}

/// The median of the largest energies in bins long enough to hold a beat each.
fn usual_maximum(energy: &[f64], rate: f64) -> f64 {
    let bin = samples(BIN_SECONDS, rate).max(1);
    // A last bin that is cut short may hold no beat.
    let bins = (energy.len() / bin).max(1);
    let mut maxima: Vec<f64> = energy
        .chunks(bin)
        .take(bins)
        .map(|bin| bin.iter().copied().fold(0.0, f64::max))
        .collect();
    median(&mut maxima).unwrap_or(0.0)
}
