//! Muscle tension.

use super::extract::{Part, covered, samples_within};
use super::signals::{FeatureError, Signal};
use crate::Value;
use crate::emg::{Bursts, EmgWindows, Peak, peaks};
use crate::statistics::SlidingMoments;

/// The signal and its spectrum over the last seconds of a window, the bursts over all of it.
pub(super) struct Muscle<'a> {
    signal: Signal<'a>,
    /// For what is present.
    moments: SlidingMoments<'a>,
    windows: EmgWindows<'a>,
    peaks: Vec<Peak>,
    last: Option<f64>,
}

impl<'a> Muscle<'a> {
    /// Bursts lie below 50 Hz.
    pub(super) const LOWEST_RATE: f64 = 125.0;

    pub(super) fn new(signal: Signal<'a>, last: Option<f64>) -> Result<Muscle<'a>, FeatureError> {
        Ok(Muscle {
            signal,
            moments: SlidingMoments::new(signal.samples),
            windows: EmgWindows::new(signal.samples, signal.rate)?,
            peaks: peaks(signal.samples, signal.rate)?,
            last,
        })
    }
}

impl Part for Muscle<'_> {
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64 {
        let end = start + length;
        let Signal { samples, rate } = self.signal;
        let (range, whole) = samples_within(start, end, rate, samples.len());
        let present = self.moments.window(range.clone()).count();
        let (coverage, enough) = covered(present, whole, row);
        if !enough {
            return coverage;
        }
        let bursts = Bursts::of(&self.peaks, start..end);
        // The last of a window may be missing where all of it is not.
        let begin = self.last.map_or(start, |last| start.max(end - last));
        let (range, whole) = samples_within(begin, end, rate, samples.len());
        let (first, rest) = row.split_at_mut(17);
        if covered(self.moments.window(range.clone()).count(), whole, first).1 {
            let of = self.windows.window(range);
            let values = [
                of.mean,
                of.std,
                of.range,
                of.absolute_integral,
                of.median,
                of.p10,
                of.p90,
                of.mean_frequency,
                of.median_frequency,
                of.peak_frequency,
            ];
            let values = values.into_iter().chain(of.bands);
            first
                .iter_mut()
                .zip(values)
                .for_each(|(place, value)| *place = value);
        }
        rest.copy_from_slice(&[
            Ok(bursts.count as f64),
            bursts.amplitude_mean,
            bursts.amplitude_std,
            Ok(bursts.sum),
            bursts.normalised_sum,
        ]);
        coverage
    }
}
