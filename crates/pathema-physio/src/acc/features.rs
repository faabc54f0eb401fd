//! What the baseline of WESAD tells of windows of acceleration.

use std::borrow::Cow;
use std::ops::Range;

use thiserror::Error;

use super::magnitude;
use crate::spectrum::{Spectrum, Welch, WelchPlan};
use crate::statistics::{Moments, SlidingMoments};
use crate::{Undefined, Value};

/// Hz, of both ends.
const RATES: [f64; 2] = [0.1, 100_000.0];

/// Why acceleration could not be described.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum AccError {
    /// The sampling rate is none.
    #[error("ACC: a sampling rate of {rate} Hz is outside {}–{} Hz; give the rate in samples per second", RATES[0], RATES[1])]
    Rate {
        /// The rate given, in Hz.
        rate: f64,
    },
    /// The axes were not recorded together.
    #[error("ACC: the axes have {}, {} and {} samples; give all three the same number", lengths[0], lengths[1], lengths[2])]
    Lengths {
        /// Samples of x, y and z.
        lengths: [usize; 3],
    },
}

/// What is known of one axis, or of the length of the vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Mean, in the unit of the signal.
    pub mean: Value,
    /// Standard deviation, in the unit of the signal.
    pub std: Value,
    /// Integral of the magnitude, in the unit of the signal times seconds.
    pub absolute_integral: Value,
}

/// What the baseline of WESAD (Schmidt et al. 2018, table 1) tells of a window of acceleration; the windows there last 5 s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccFeatures {
    /// How many samples have all three axes.
    pub present: usize,
    /// x, y and z.
    pub axes: [Axis; 3],
    /// Length of the vector.
    pub magnitude: Axis,
    /// For x, y and z, the frequency in Hz with the most power, 0 excluded: the maximum of the periodogram of the window
    /// less its mean. Undefined where a sample is missing or all are the same.
    pub peak_frequency: [Value; 3],
}

/// Tells of any window of a recording.
///
/// ```
/// use pathema_physio::acc::AccWindows;
/// // The arm swings along x at 2 Hz, and z bears gravity.
/// let rate = 32.0;
/// let x: Vec<f64> = (0..640).map(|index| 0.1 * (std::f64::consts::TAU * 2.0 * index as f64 / rate).sin()).collect();
/// let (y, z) = (vec![0.0; 640], vec![1.0; 640]);
/// let mut windows = AccWindows::new([&x, &y, &z], rate)?;
/// let features = windows.window(80..240);
/// assert_eq!(features.peak_frequency[0], Ok(2.0));
/// assert!(features.peak_frequency[1].is_err());
/// assert_eq!(features.axes[2].absolute_integral, Ok(5.0));
/// # Ok::<(), pathema_physio::acc::AccError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AccWindows<'a> {
    rate: f64,
    axes: [SlidingMoments<'a>; 3],
    magnitude: SlidingMoments<'a>,
    /// For windows of the length last asked for.
    plan: Option<(usize, WelchPlan)>,
    spectrum: Spectrum,
}

impl<'a> AccWindows<'a> {
    /// Of x, y and z in any one unit, `rate` in Hz (0.1 to 100,000); NaN marks missing samples.
    ///
    /// # Errors
    /// [`AccError`] for a rate out of range or axes of different length.
    pub fn new(axes: [&'a [f64]; 3], rate: f64) -> Result<AccWindows<'a>, AccError> {
        AccWindows::of(axes.map(Cow::Borrowed), rate)
    }

    /// Of rows of x, y and z, as recordings hold them. Values after the last whole row are left out.
    ///
    /// # Errors
    /// [`AccError`] for a rate out of range.
    pub fn of_rows(rows: &[f64], rate: f64) -> Result<AccWindows<'static>, AccError> {
        let whole = &rows[..rows.len() - rows.len() % 3];
        let axis = |axis| whole.iter().skip(axis).step_by(3).copied().collect();
        AccWindows::of([axis(0), axis(1), axis(2)].map(Cow::Owned), rate)
    }

    fn of(axes: [Cow<'a, [f64]>; 3], rate: f64) -> Result<AccWindows<'a>, AccError> {
        if !(RATES[0]..=RATES[1]).contains(&rate) {
            return Err(AccError::Rate { rate });
        }
        let lengths = [axes[0].len(), axes[1].len(), axes[2].len()];
        if lengths.iter().any(|length| *length != lengths[0]) {
            return Err(AccError::Lengths { lengths });
        }
        let magnitude = magnitude([&axes[0], &axes[1], &axes[2]]);
        Ok(AccWindows {
            rate,
            axes: axes.map(SlidingMoments::new),
            magnitude: SlidingMoments::new(magnitude),
            plan: None,
            spectrum: Spectrum::default(),
        })
    }

    /// The features of the samples at `window`; what lies beyond the signal's end is missing.
    ///
    /// A window of another length than the one before plans its transform anew.
    pub fn window(&mut self, window: Range<usize>) -> AccFeatures {
        let moments = [0, 1, 2].map(|axis| self.axes[axis].window(window.clone()));
        let rate = self.rate;
        let all = self.magnitude.window(window.clone());
        AccFeatures {
            present: all.count(),
            axes: moments.map(|moments| axis(&moments, rate)),
            magnitude: axis(&all, rate),
            peak_frequency: [0, 1, 2]
                .map(|axis| self.peak_frequency(axis, &moments[axis], window.clone())),
        }
    }

    fn peak_frequency(&mut self, axis: usize, moments: &Moments, window: Range<usize>) -> Value {
        /// A period and its middle.
        const NEEDED: usize = 3;
        let length = window.len();
        if moments.count() < length || length < NEEDED {
            return Err(Undefined::TooFew {
                what: "samples",
                found: moments.count(),
                needed: length.max(NEEDED),
            });
        }
        // Rounding would leave a spectrum of noise.
        if moments.range()? == 0.0 {
            return Err(Undefined::Constant { what: "samples" });
        }
        let unplanned = self.plan.as_ref().is_none_or(|(of, _)| *of != length);
        if unplanned {
            let plan = WelchPlan::new(self.rate, &Welch::periodogram(length));
            let plan = plan.map_err(|_| Undefined::Absent {
                what: "transform of so many samples",
            })?;
            self.plan = Some((length, plan));
        }
        let Some((_, plan)) = &mut self.plan else {
            return Err(Undefined::Absent { what: "transform" });
        };
        plan.estimate(&self.axes[axis].signal()[window], &mut self.spectrum)?;
        let half_a_bin = 0.5 * self.rate / length as f64;
        self.spectrum.peak(half_a_bin, f64::INFINITY)
    }
}

fn axis(moments: &Moments, rate: f64) -> Axis {
    Axis {
        mean: moments.mean(),
        std: moments.std(),
        absolute_integral: moments.absolute_integral(rate),
    }
}
