//! The streaming detector: gaps, flat stretches, and what lies between them.

use std::collections::VecDeque;

use super::cascade::Design;
use super::stretch::Stretch;
use super::{LOWEST_RATE, SIGNAL};
use crate::beat::{Beat, BeatError, check_rate};
use crate::stretches::flat_samples;

/// Finds R peaks while an ECG is being recorded, by the detector of Pan & Tompkins (*IEEE Trans. Biomed. Eng.* 32, 1985).
///
/// [`r_peaks`](crate::r_peaks) runs it over a whole recording; there is more on the method there. However the samples are
/// handed over, the beats are the same to the last bit. Memory is bounded: about 13 s of samples are kept.
///
/// A beat is reported within [`latency`](Self::latency), a little more than half a second, after its R peak. Four things
/// take longer: at the start of a stretch 2 s are heard before the thresholds are known; a beat that only the search back
/// finds comes after 1.66 usual intervals, or 2.5 s where the thresholds had to be learnt anew; and samples that repeat
/// one value wait for up to a second, until it is clear whether the signal is flat.
///
/// [`Beat::interval`] is the time since the beat before, plausible or not (`None` for the first beat of a stretch): a
/// judgement by the rhythm around it needs beats to come, and [`plausible`](crate::intervals::plausible) gives it.
///
/// ```
/// use pathema_physio::RPeakDetector;
/// let rate = 250.0;
/// let mut detector = RPeakDetector::new(rate)?;
/// let mut beats = Vec::new();
/// for sample in 0..5000 {
///     let phase = (sample as f64 / rate) % 0.8 - 0.4;
///     beats.extend(detector.push((-0.5 * (phase / 0.012).powi(2)).exp()));
/// }
/// beats.extend(detector.finish());
/// assert_eq!(beats.len(), 25);
/// assert!((beats[20].time - 16.4).abs() < 1e-3);
/// assert!((beats[20].interval.unwrap() - 0.8).abs() < 1e-3);
/// # Ok::<(), pathema_physio::BeatError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RPeakDetector {
    rate: f64,
    design: Design,
    /// Samples heard.
    heard: u64,
    /// The value of the latest samples and how many they are: they wait until it is clear whether they are flat.
    value: f64,
    run: usize,
    /// How many make a flat stretch.
    flat: usize,
    stretch: Option<Stretch>,
    beats: VecDeque<Beat>,
}

/// Samples handled at once: few enough to stay in the processor's cache.
const CHUNK: usize = 4096;

impl RPeakDetector {
    /// For an ECG of `rate` samples per second, in any unit and of either polarity.
    ///
    /// # Errors
    /// [`BeatError::Rate`] for a rate outside 100 Hz to 100 kHz.
    pub fn new(rate: f64) -> Result<RPeakDetector, BeatError> {
        check_rate(SIGNAL, rate, LOWEST_RATE)?;
        Ok(RPeakDetector {
            rate,
            design: Design::new(rate),
            heard: 0,
            value: f64::NAN,
            run: 0,
            flat: flat_samples(rate),
            stretch: None,
            beats: VecDeque::new(),
        })
    }

    /// Samples per second.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Seconds after an R peak within which it is reported, with the exceptions above.
    pub fn latency(&self) -> f64 {
        let groups = self.design.certain + 1;
        (groups * self.design.group + 1) as f64 / self.rate
    }

    /// Hears one sample; NaN is a missing one, and so is an infinite one. Gives a beat that is certain now, if there is one.
    ///
    /// Where several become certain at once, as at the end of learning, the next calls give the others.
    pub fn push(&mut self, sample: f64) -> Option<Beat> {
        self.hear(&[sample]);
        self.beats.pop_front()
    }

    /// Hears samples, and gives all beats that are certain now.
    pub fn extend(&mut self, samples: &[f64]) -> Vec<Beat> {
        samples.chunks(CHUNK).for_each(|chunk| self.hear(chunk));
        self.beats.drain(..).collect()
    }

    /// Ends the signal, and gives the beats that were not certain yet.
    pub fn finish(mut self) -> Vec<Beat> {
        if self.run < self.flat {
            self.release(self.run, self.heard);
        }
        self.close();
        self.beats.into()
    }

    fn hear(&mut self, samples: &[f64]) {
        let changed = samples.iter().position(|&sample| sample != self.value);
        let (waiting, rest) = samples.split_at(changed.unwrap_or(samples.len()));
        self.hear_each(waiting);
        if !rest.is_empty() && self.is_plain(rest) {
            self.hear_plain(rest);
        } else {
            self.hear_each(rest);
        }
    }

    /// Whether it is certain at a glance that all samples are there and none of them are flat.
    fn is_plain(&self, samples: &[f64]) -> bool {
        // Without a way out, so that many are looked at in one step.
        let present = samples
            .iter()
            .fold(true, |present, sample| present & sample.is_finite());
        // A flat run covers two neighbours of a grid that is half as wide.
        let grid = (self.flat / 2).max(1);
        let flat = samples
            .iter()
            .step_by(grid)
            .zip(samples.iter().skip(grid).step_by(grid))
            .any(|(one, next)| one == next);
        present && !flat
    }

    /// Hears samples that are there and not flat, the first of which is another than the last one heard.
    fn hear_plain(&mut self, samples: &[f64]) {
        let start = self.heard;
        if self.run < self.flat {
            self.release(self.run, start);
        }
        let Some(&last) = samples.last() else { return };
        let run = samples
            .iter()
            .rev()
            .take_while(|&&sample| sample == last)
            .count();
        self.pass(&samples[..samples.len() - run], start);
        (self.value, self.run) = (last, run);
        self.heard += samples.len() as u64;
    }

    fn hear_each(&mut self, samples: &[f64]) {
        let start = self.heard;
        // How many samples of the run came before these, and the first of these that was not passed on.
        let (mut before, mut from) = (self.run, 0);
        for (index, &sample) in samples.iter().enumerate() {
            if sample == self.value {
                self.run += 1;
                if self.run < self.flat {
                    continue;
                }
                if self.run == self.flat {
                    let first = (index + 1).saturating_sub(self.run).max(from);
                    self.pass(&samples[from..first], start + from as u64);
                    self.close();
                }
                (before, from) = (0, index + 1);
                continue;
            }
            if before > 0 && self.run < self.flat {
                self.release(before, start);
            }
            before = 0;
            self.value = sample;
            self.run = 1;
            if !sample.is_finite() {
                self.pass(&samples[from..index], start + from as u64);
                self.close();
                (self.value, self.run, from) = (f64::NAN, 0, index + 1);
            }
        }
        self.heard += samples.len() as u64;
        // The last run waits. It may have begun before these samples, or be flat.
        let first = samples.len().saturating_sub(self.run).max(from);
        self.pass(&samples[from..first], start + from as u64);
    }

    /// Passes on the `count` samples of the run that came before sample number `end`.
    fn release(&mut self, count: usize, end: u64) {
        let first = end - count as u64;
        for index in 0..count {
            self.pass(&[self.value], first + index as u64);
        }
    }

    /// Passes on samples, the first of which is number `first`.
    fn pass(&mut self, samples: &[f64], first: u64) {
        if samples.is_empty() {
            return;
        }
        let stretch = self
            .stretch
            .get_or_insert_with(|| Stretch::new(first, self.rate));
        stretch.extend(samples, &self.design, &mut self.beats);
    }

    /// Ends the stretch before a gap.
    fn close(&mut self) {
        if let Some(stretch) = self.stretch.take() {
            stretch.finish(&self.design, &mut self.beats);
        }
    }
}
