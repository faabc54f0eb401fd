//! Skin temperature.

use super::extract::{Part, covered, samples_within};
use super::signals::Signal;
use crate::Value;
use crate::statistics::SlidingMoments;
use crate::temp::Temperature;

/// The level of a window and its trend.
pub(super) struct Warmth<'a> {
    rate: f64,
    moments: SlidingMoments<'a>,
}

impl<'a> Warmth<'a> {
    /// Two samples a window must be there.
    pub(super) const LOWEST_RATE: f64 = 0.1;

    pub(super) fn new(signal: Signal<'a>) -> Warmth<'a> {
        Warmth {
            rate: signal.rate,
            moments: SlidingMoments::new(signal.samples),
        }
    }
}

impl Part for Warmth<'_> {
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64 {
        let end = start + length;
        let len = self.moments.signal().len();
        let (range, whole) = samples_within(start, end, self.rate, len);
        let moments = self.moments.window(range);
        let (coverage, enough) = covered(moments.count(), whole, row);
        if enough {
            let of = Temperature::of(&moments, self.rate);
            row.copy_from_slice(&[of.mean, of.std, of.min, of.max, of.range, of.slope]);
        }
        coverage
    }
}
