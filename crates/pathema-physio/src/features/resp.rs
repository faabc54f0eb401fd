//! Respiration.

use super::extract::{Part, covered, samples_within};
use super::signals::{FeatureError, Signal};
use crate::Value;
use crate::resp::{Breath, Respiration, breaths};
use crate::statistics::SlidingMoments;

/// The breaths that lie wholly in a window.
pub(super) struct Breathing<'a> {
    signal: Signal<'a>,
    /// For what is present.
    moments: SlidingMoments<'a>,
    breaths: Vec<Breath>,
}

impl<'a> Breathing<'a> {
    pub(super) const LOWEST_RATE: f64 = 1.0;

    pub(super) fn new(signal: Signal<'a>) -> Result<Breathing<'a>, FeatureError> {
        Ok(Breathing {
            signal,
            moments: SlidingMoments::new(signal.samples),
            breaths: breaths(signal.samples, signal.rate)?,
        })
    }
}

impl Part for Breathing<'_> {
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64 {
        let end = start + length;
        let (range, whole) =
            samples_within(start, end, self.signal.rate, self.signal.samples.len());
        let (coverage, enough) = covered(self.moments.window(range).count(), whole, row);
        if enough {
            let of = Respiration::of(&self.breaths, start..end);
            row.copy_from_slice(&[
                of.inhalation_mean,
                of.inhalation_std,
                of.exhalation_mean,
                of.exhalation_std,
                of.ratio,
                of.stretch,
                of.volume,
                of.rate,
                of.duration,
            ]);
        }
        coverage
    }
}
