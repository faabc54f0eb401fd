//! The signal and its spectrum.

use std::ops::Range;

use super::{EmgError, check};
use crate::spectrum::{Spectrum, Welch, WelchPlan};
use crate::statistics::{SlidingMoments, SlidingQuantiles};
use crate::{Undefined, Value};

/// Edges of the seven bands, in Hz.
pub const BANDS: [f64; 8] = [0.0, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 350.0];

/// Hz. A whole number of samples makes a segment of a second.
const LOWEST_RATE: f64 = 10.0;

/// What the baseline of WESAD (Schmidt et al. 2018, table 1) tells of a window of muscle tension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmgFeatures {
    /// Mean, in the unit of the signal.
    pub mean: Value,
    /// Standard deviation, in the unit of the signal.
    pub std: Value,
    /// Greatest minus least sample, in the unit of the signal.
    pub range: Value,
    /// Integral of the magnitude, in the unit of the signal times seconds.
    pub absolute_integral: Value,
    /// Median, in the unit of the signal.
    pub median: Value,
    /// 10th percentile, in the unit of the signal.
    pub p10: Value,
    /// 90th percentile, in the unit of the signal.
    pub p90: Value,
    /// Mean of the frequencies, weighted by power, in Hz.
    pub mean_frequency: Value,
    /// Frequency that halves the power, in Hz.
    pub median_frequency: Value,
    /// Frequency with the most power, in Hz, 0 excluded.
    pub peak_frequency: Value,
    /// Power between neighbouring [`BANDS`], in the unit of the signal squared. Undefined where the rate does not reach.
    pub bands: [Value; 7],
}

/// Tells of any window of a recording.
///
/// The paper removes the constant part by a high-pass filter whose edge it does not tell. Here the signal is taken as it
/// is, so that the mean and the percentiles are those of what is given; the spectrum is that of each segment less its
/// mean, and does not see a constant. It is Welch's, of Hann-windowed segments of a second that overlap by half; segments
/// with a missing sample are left out.
///
/// The example is that of the [module](super).
#[derive(Clone, Debug)]
pub struct EmgWindows<'a> {
    rate: f64,
    moments: SlidingMoments<'a>,
    quantiles: SlidingQuantiles,
    plan: WelchPlan,
    spectrum: Spectrum,
}

impl<'a> EmgWindows<'a> {
    /// Of `emg` in any unit, `rate` in Hz (10 to 100,000); NaN marks missing samples.
    ///
    /// # Errors
    /// [`EmgError::Rate`] or [`EmgError::Infinite`].
    pub fn new(emg: &'a [f64], rate: f64) -> Result<EmgWindows<'a>, EmgError> {
        check(emg, rate, LOWEST_RATE)?;
        let segment = rate.round() as usize;
        Ok(EmgWindows {
            rate,
            moments: SlidingMoments::new(emg),
            quantiles: SlidingQuantiles::new(emg),
            plan: WelchPlan::new(rate, &Welch::of(segment))?,
            spectrum: Spectrum::default(),
        })
    }

    /// The features of the samples at `window`; what lies beyond the signal's end is missing.
    pub fn window(&mut self, window: Range<usize>) -> EmgFeatures {
        let moments = self.moments.window(window.clone());
        let percentile = |percent| self.quantiles.percentile(window.clone(), percent);
        let signal = self.moments.signal();
        let end = window.end.min(signal.len());
        let samples = &signal[window.start.min(end)..end];
        let estimate = match moments.range() {
            // Rounding would leave a spectrum of noise.
            Ok(0.0) => Err(Undefined::Constant { what: "samples" }),
            Ok(_) => self.plan.estimate(samples, &mut self.spectrum).map(|_| ()),
            Err(why) => Err(why),
        };
        let (spectrum, rate) = (&self.spectrum, self.rate);
        let of = |measure: fn(&Spectrum, f64, f64) -> Value, low, high| {
            estimate.and_then(|()| measure(spectrum, low, high))
        };
        let half_a_bin = 0.5 * rate / rate.round();
        EmgFeatures {
            mean: moments.mean(),
            std: moments.std(),
            range: moments.range(),
            absolute_integral: moments.absolute_integral(rate),
            median: percentile(50.0),
            p10: percentile(10.0),
            p90: percentile(90.0),
            mean_frequency: of(Spectrum::mean_frequency, 0.0, f64::INFINITY),
            median_frequency: of(Spectrum::median_frequency, 0.0, f64::INFINITY),
            peak_frequency: of(Spectrum::peak, half_a_bin, f64::INFINITY),
            bands: std::array::from_fn(|band| {
                let (low, high) = (BANDS[band], BANDS[band + 1]);
                if high > 0.5 * rate {
                    return Err(Undefined::Rate { rate, needed: high });
                }
                // The last band includes its upper end, which at 700 Hz is the last frequency there is.
                let beyond = if band == 6 { half_a_bin } else { 0.0 };
                of(Spectrum::power, low, high + beyond)
            }),
        }
    }
}
