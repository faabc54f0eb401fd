//! Acceleration.

use super::extract::{Part, covered, samples_within};
use super::signals::{FeatureError, Signal};
use crate::Value;
use crate::acc::AccWindows;

/// Acceleration over the last seconds of a window.
pub(super) struct Acceleration {
    windows: AccWindows<'static>,
    len: usize,
    rate: f64,
    last: Option<f64>,
}

impl Acceleration {
    pub(super) const LOWEST_RATE: f64 = 1.0;

    pub(super) fn new(signal: Signal, last: Option<f64>) -> Result<Acceleration, FeatureError> {
        Ok(Acceleration {
            windows: AccWindows::of_rows(signal.samples, signal.rate)?,
            len: signal.samples.len() / 3,
            rate: signal.rate,
            last,
        })
    }
}

impl Part for Acceleration {
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64 {
        let end = start + length;
        let start = self.last.map_or(start, |last| start.max(end - last));
        let (range, whole) = samples_within(start, end, self.rate, self.len);
        let features = self.windows.window(range);
        let (coverage, enough) = covered(features.present, whole, row);
        if enough {
            let axes = features.axes.iter().chain([&features.magnitude]);
            let values = axes
                .flat_map(|axis| [axis.mean, axis.std, axis.absolute_integral])
                .chain(features.peak_frequency);
            row.iter_mut()
                .zip(values)
                .for_each(|(place, value)| *place = value);
        }
        coverage
    }
}
