//! Skin temperature.

use crate::Value;
use crate::statistics::Moments;

/// What the baseline of WESAD (Schmidt et al. 2018, table 1) tells of a window of skin temperature.
///
/// The skin cools and warms over minutes, so that the slope says more than the level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    /// Mean, in °C.
    pub mean: Value,
    /// Standard deviation, in °C.
    pub std: Value,
    /// Least sample, in °C.
    pub min: Value,
    /// Greatest sample, in °C.
    pub max: Value,
    /// Greatest minus least sample, in °C.
    pub range: Value,
    /// Slope of the straight line through the window, in °C a second.
    pub slope: Value,
}

impl Temperature {
    /// Of a window's moments, sampled at `rate` Hz.
    ///
    /// ```
    /// use pathema_physio::statistics::SlidingMoments;
    /// use pathema_physio::temp::Temperature;
    /// // A minute at 4 Hz in which the skin cools by 0.6 °C.
    /// let samples: Vec<f64> = (0..240).map(|index| 34.0 - 0.0025 * index as f64).collect();
    /// let sliding = SlidingMoments::new(&samples);
    /// let temperature = Temperature::of(&sliding.window(0..240), 4.0);
    /// assert!((temperature.slope? + 0.01).abs() < 1e-12);
    /// assert!((temperature.range? - 0.5975).abs() < 1e-12);
    /// # Ok::<(), pathema_physio::Undefined>(())
    /// ```
    pub fn of(moments: &Moments, rate: f64) -> Temperature {
        Temperature {
            mean: moments.mean(),
            std: moments.std(),
            min: moments.min(),
            max: moments.max(),
            range: moments.range(),
            slope: moments.slope(rate),
        }
    }
}
